import type { Place } from './query.ts'
import { QueryError } from './query-error.ts'

export interface Lexeme {
  readonly kind: 'open' | 'close' | 'quoted' | 'word'
  /** As written; of quoted words what stands between the quotes. */
  readonly text: string
  readonly place: Place
}

/** Word processors turn straight quotes into these. */
const QUOTES = /["\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02]/g
const NOT_IN_WORD = /[\s()"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02]/g
const NOT_BLANK = /\S/g

/** Cuts a query into brackets, quoted words and words; comments are left out. Throws a QueryError for a quote or a comment that is never closed. */
export function readLexemes(source: string): Lexeme[] {
  const lexemes: Lexeme[] = []
  for (let start = nextLexeme(source, 0); start < source.length; ) {
    const lexeme = readLexeme(source, start)
    lexemes.push(lexeme)
    start = nextLexeme(source, lexeme.place.end)
  }
  return lexemes
}

/** Behind blanks and comments. */
function nextLexeme(source: string, from: number): number {
  let start = next(NOT_BLANK, source, from)
  while (source.startsWith('/*', start)) {
    const close = source.indexOf('*/', start + 2)
    if (close < 0)
      throw new QueryError('this comment is never closed: expected a */ after it', { start, end: start + 2 })
    start = next(NOT_BLANK, source, close + 2)
  }
  return start
}

function readLexeme(source: string, start: number): Lexeme {
  const first = source[start]!
  if (first === '(') return { kind: 'open', text: first, place: { start, end: start + 1 } }
  if (first === ')') return { kind: 'close', text: first, place: { start, end: start + 1 } }
  if (first.search(QUOTES) === 0) {
    const close = closingQuote(source, start + 1)
    if (close === source.length)
      throw new QueryError('this quote is never closed: expected a second " after the last word of the phrase', {
        start,
        end: start + 1,
      })
    const text = source.slice(start + 1, close).replaceAll('\\"', '"')
    return { kind: 'quoted', text, place: { start, end: close + 1 } }
  }
  const end = next(NOT_IN_WORD, source, start)
  const text = source.slice(start, end)
  // field:"several words" is one thing, so that an unknown field is told as such.
  if (end < source.length && /^[a-z_.]+:$/i.test(text) && next(QUOTES, source, end) === end) {
    const value = readLexeme(source, end)
    return { kind: 'word', text: text + value.text, place: { start, end: value.place.end } }
  }
  return { kind: 'word', text, place: { start, end } }
}

/** A quote behind a backslash belongs to the phrase. */
function closingQuote(source: string, from: number): number {
  let close = next(QUOTES, source, from)
  while (close < source.length && source[close] === '"' && source[close - 1] === '\\' && close > from)
    close = next(QUOTES, source, close + 1)
  return close
}

/** Where the pattern is found next, or the end of the text. */
function next(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
}
