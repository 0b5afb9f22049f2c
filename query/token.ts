/** `gap` stands between two fields of a mention; no query matches it and nothing is near across it. */
export type TokenKind = 'word' | 'hashtag' | 'handle' | 'url' | 'gap'

/** What one position of a text holds. Positions are counted over all kinds. */
export interface Token {
  readonly kind: TokenKind
  /** What queries compare: a folded word or hashtag body, a handle in lower case, a URL's host. Empty only for a URL without host and a gap. */
  readonly form: string
  /** A word as it is written; the form for all other kinds. */
  readonly cased: string
}

/** A token with its half-open range of UTF-16 offsets in the text as it was given. */
export interface TextToken extends Token {
  start: number
  end: number
}

/** Longer words and tags are cut, so that a token of the index string stays below the 300 characters that Elasticsearch takes. */
export const MAX_WORD = 140

/** `text.slice(start, end)`, at most MAX_WORD long and never ending inside a surrogate pair. */
export function clip(text: string, start: number, end: number): string {
  if (end - start <= MAX_WORD) return text.slice(start, end)
  const cut = start + MAX_WORD
  return text.slice(start, (text.charCodeAt(cut - 1) & 0xfc00) === 0xd800 ? cut - 1 : cut)
}
