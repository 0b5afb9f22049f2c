/** What the tokenizer has to know about a code point, as bits. */
export const SPACE = 1
/** Letter or number. */
export const ALNUM = 2
export const MARK = 4
/** Written without blanks between words: Han, Kana, Thai, Lao, Khmer, Burmese. */
export const UNSPACED = 8
/** More than a change of ASCII case away from its folded form. */
export const FOLDS = 16
export const UPPER = 32
/** `cleanText` may change, move or remove it. */
export const UNCLEAN = 64
/** May join or reorder with what stands before it: marks, Hangul vowels and finals, and what NFKC turns into these. */
export const CONTINUES = 128
const KNOWN = 256

const properties = new Uint16Array(0x110000)

/** The bits of a code point; each is worked out once, when it is first met. */
export function propertiesOf(codePoint: number): number {
  const known = properties[codePoint]!
  if (known !== 0) return known
  const found = classify(codePoint)
  properties[codePoint] = found
  return found
}

/** Of the code point that starts at `at` in units with a 0 behind them; none in the middle of a pair. */
export function propertiesAt(units: Uint16Array, at: number): number {
  const unit = units[at]!
  if (unit < 0xd800 || unit >= 0xdc00) return propertiesOf(unit)
  const low = units[at + 1]!
  return propertiesOf((low & 0xfc00) === 0xdc00 ? 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff) : unit)
}

/** U+200B..U+200F, U+2060 and U+FEFF: taken out of a text before anything else is read. */
export const isRemoved = (code: number): boolean =>
  (code >= 0x200b && code <= 0x200f) || code === 0x2060 || code === 0xfeff

/** `'` and what is typed for it. */
export const isApostrophe = (code: number): boolean =>
  code === 0x27 || code === 0x2019 || code === 0x2018 || code === 0x2bc

/** Variation selectors and the enclosing marks of keycaps: they follow emoji, and no normalization moves them. */
export const isEmojiMark = (code: number): boolean =>
  (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0x20dd && code <= 0x20e4) || (code >= 0xe0100 && code <= 0xe01ef)

function classify(codePoint: number): number {
  if (codePoint >= 0xd800 && codePoint < 0xe000) return KNOWN // a lone one: no token holds it
  const character = String.fromCodePoint(codePoint)
  const normal = character.normalize('NFKC')
  // Blanks of all kinds, and `…` or `‼`, which become several signs that join nothing.
  if (/^\s+$/u.test(normal) && codePoint !== 0xfeff) return KNOWN | SPACE
  if (/^[.!?]{2,}$/.test(normal)) return KNOWN

  let bits = KNOWN
  if (isApostrophe(codePoint)) return codePoint === 0x27 ? bits : bits | FOLDS
  if (/[\p{L}\p{N}]/u.test(character)) bits |= ALNUM
  if (/\p{M}/u.test(character)) bits |= MARK
  if (codePoint >= 0x41 && codePoint <= 0x5a) bits |= UPPER
  if (codePoint >= 0x80) bits |= FOLDS
  if ((bits & (ALNUM | MARK)) !== 0 && isUnspaced(codePoint)) bits |= UNSPACED
  if (normal !== character || isRemoved(codePoint)) bits |= UNCLEAN
  if (/^[\p{M}\u1160-\u11ff\u{16d67}]/u.test(normal)) {
    bits |= CONTINUES
    if (!isEmojiMark(codePoint)) bits |= UNCLEAN
  }
  return bits
}

function isUnspaced(codePoint: number): boolean {
  if (codePoint < 0xe00) return false
  return (
    codePoint <= 0xeff || // Thai, Lao
    (codePoint >= 0x1000 && codePoint <= 0x109f) || // Burmese
    (codePoint >= 0x1780 && codePoint <= 0x17ff) || // Khmer
    (codePoint >= 0x3005 && codePoint <= 0x30ff) || // ideographic marks, Hiragana, Katakana
    (codePoint >= 0x31f0 && codePoint <= 0x31ff) ||
    (codePoint >= 0x3400 && codePoint <= 0x9fff) || // Han
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0x1aff0 && codePoint <= 0x1b16f) || // rare Kana
    (codePoint >= 0x20000 && codePoint <= 0x3ffff) // rare Han
  )
}
