import type { Mention } from '#schemas/generated.ts'
import type { TextToken } from './token.ts'
import { tokenize } from './tokenize.ts'

export type MentionTexts = Pick<Mention, 'title' | 'text' | 'context' | 'links'>

/**
 * The texts that queries see of a mention, live and in every index: its title, text, side texts and links, each a field of its
 * own. A platform may show a link shortened in the text, or not at all.
 */
export function mentionFields({ title, text, context, links }: MentionTexts): string[] {
  const fields = title === null ? [] : [title]
  if (text !== null) fields.push(text)
  for (const side of context) fields.push(side)
  for (const { url } of links) if (!text?.includes(url)) fields.push(url)
  return fields
}

/**
 * The tokens of its fields. One gap token stands between two fields that have tokens; it breaks phrases, and NEAR does not
 * reach across it. Offsets are those of the fields joined by newlines, so that in title and text they are offsets into
 * `mentionText`.
 */
export function mentionTokens(mention: MentionTexts): TextToken[] {
  let tokens: TextToken[] = []
  let offset = 0
  for (const field of mentionFields(mention)) {
    const found = tokenize(field)
    if (offset === 0) tokens = found
    else {
      if (tokens.length > 0 && found.length > 0)
        tokens.push({ kind: 'gap', form: '', cased: '', start: offset, end: offset })
      for (const token of found) {
        token.start += offset
        token.end += offset
        tokens.push(token)
      }
    }
    offset += field.length + 1
  }
  return tokens
}
