import { clip } from './token.ts'

/** A flag, or a picture with its variation, skin tone and tags, joined to others by zero-width joiners (UTS #51). */
const EMOJI =
  /\p{Regional_Indicator}{2}|\p{Extended_Pictographic}[\ufe0e\ufe0f]?\p{Emoji_Modifier}?(?:[\u{e0020}-\u{e007e}]+\u{e007f})?(?:\u200d\p{Extended_Pictographic}[\ufe0e\ufe0f]?\p{Emoji_Modifier}?)*/gu
const HAS_EMOJI = /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u

export interface Emoji {
  /** Without variation selectors, so that ❤ and ❤️ are one. */
  readonly form: string
  readonly start: number
  readonly end: number
}

/** The emoji of a text in order. A sign that is read as letters, as ™ is, is none. */
export function emojiIn(text: string): Emoji[] {
  if (!HAS_EMOJI.test(text)) return []
  return [...text.matchAll(EMOJI)].flatMap(({ 0: written, index: start }) => {
    const form = written.replace(/[\ufe0e\ufe0f]/g, '')
    return form.normalize('NFKC') === form
      ? [{ form: clip(form, 0, form.length), start, end: start + written.length }]
      : []
  })
}

/** What is found by the emoji of a query: it as it is written, and without its skin tones. */
export function emojiForms({ form }: Emoji): readonly string[] {
  const plain = form.replace(/\p{Emoji_Modifier}/gu, '')
  return plain === form ? [form] : [form, plain]
}

/** The emoji that a part of a query consists of; null when there is anything else in it. */
export function onlyEmoji(text: string): readonly Emoji[] | null {
  const found = emojiIn(text)
  return found.length > 0 && found.reduce((length, { start, end }) => length + end - start, 0) === text.length
    ? found
    : null
}
