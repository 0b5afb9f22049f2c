import type { Place } from './query.ts'

const LINE_SHOWN = 100

/** A query that cannot be read; the message says what was expected and what to write instead. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly place: Place

  constructor(message: string, place: Place) {
    super(message)
    this.place = place
  }

  /** The message with the line it is about and a caret under each character. */
  withPlace(source: string): string {
    return `${this.message}\n${pointAt(source, this.place)}`
  }
}

/** Two lines: the part of the query around a place, and carets under it. */
export function pointAt(source: string, { start, end }: Place): string {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1
  const newline = source.indexOf('\n', start)
  const lineEnd = newline < 0 ? source.length : newline
  const from = Math.max(lineStart, Math.min(start - LINE_SHOWN / 2, lineEnd - LINE_SHOWN))
  const until = Math.min(lineEnd, from + LINE_SHOWN)
  const before = (from > lineStart ? '…' : '') + plain(source.slice(from, start))
  const marked = plain(source.slice(start, Math.min(end, until)))
  const after = plain(source.slice(Math.min(end, until), until)) + (until < lineEnd ? '…' : '')
  return `  ${before}${marked}${after}\n  ${' '.repeat(width(before))}${'^'.repeat(Math.max(1, width(marked)))}`
}

/** Control characters would move the carets or do worse to a terminal. */
const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ').toWellFormed()

const width = (text: string): number => [...text].length
