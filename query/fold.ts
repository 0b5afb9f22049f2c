/**
 * The folded form in which words are compared: lower case, without diacritics and inner apostrophes. Never empty: of a word
 * of marks only, the marks stay.
 */
export function fold(cased: string): string {
  const lower = cased.toLowerCase()
  // NFC at the end puts Hangul syllables together again; nothing else is left to compose.
  return (
    lower
      .normalize('NFD')
      .replace(/[\p{M}']/gu, '')
      .normalize('NFC') || lower
  )
}

/** Marks are letters in Thai and change the sound in Kana: in scripts without blanks only variation selectors go. */
export function foldUnspaced(cased: string): string {
  if (/^[\u0e00-\u0eff\u2e80-\u9fff]*$/.test(cased)) return cased
  return cased.replace(/[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu, '').toLowerCase() || cased
}
