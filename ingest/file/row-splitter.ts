/** A text of 1 MB, escaped as a JSON writer may, with room to spare. */
const MAX_ROW_BYTES = 8 << 20
/** What is kept of a row that is longer. */
const MAX_EVIDENCE_BYTES = 64 << 10
const LINE_FEED = 10

/** The row goes on behind these bytes. */
export const UNFINISHED = -1
/** Its quotes do not fit, so that nobody can say where it ends. */
export const SPOILT = -2

/** Index behind the end of the row that begins at `from`, UNFINISHED or SPOILT. `last`: nothing follows these bytes. */
export type FindRowEnd = (bytes: Buffer, from: number, last: boolean) => number

/** Bytes before it, and the number of the line that begins or goes on there, from 1. */
export interface Place {
  readonly offset: number
  readonly line: number
}

export interface Piece {
  /** Without the line end. */
  readonly bytes: Buffer
  readonly line: number
  /** What comes behind it. */
  readonly next: Place
  /** False for a row without an end: `bytes` holds its first line, or the beginning of that. */
  readonly whole: boolean
}

/** Cuts a stream of bytes into rows and knows how far it came. Holds one row at most, and of an endless one a bounded part. */
export class RowSplitter {
  readonly #findEnd: FindRowEnd
  #rest: Buffer = Buffer.alloc(0)
  /** In an endless row, until its line ends. */
  #skipping = false
  #place: Place

  constructor(findEnd: FindRowEnd, start: Place) {
    this.#findEnd = findEnd
    this.#place = start
  }

  /** Where what is in no piece yet begins; null in the midst of an endless row, where no reading can begin. */
  get place(): Place | null {
    return this.#skipping ? null : this.#place
  }

  /** The rows that are complete with these bytes; blank lines are none. */
  push(chunk: Buffer, last: boolean): readonly Piece[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const pieces: Piece[] = []
    let at = this.#skipping ? this.#skip(bytes, last) : 0
    while (at < bytes.length) {
      let end = this.#findEnd(bytes, at, last)
      const whole = end >= 0
      if (!whole) {
        const lineFeed = bytes.indexOf(LINE_FEED, at)
        const mayEnd = !last && bytes.length - at <= MAX_ROW_BYTES
        if (mayEnd && (end === UNFINISHED || lineFeed < 0)) break
        end = lineFeed < 0 ? bytes.length : lineFeed + 1
        this.#skipping = lineFeed < 0 && !last
      }
      const { line } = this.#place
      this.#advance(bytes, at, end)
      const to = trimmedEnd(bytes, at, end, whole)
      if (to > at) pieces.push({ bytes: bytes.subarray(at, to), line, next: this.#place, whole })
      at = end
    }
    this.#rest = bytes.subarray(at)
    return pieces
  }

  #skip(bytes: Buffer, last: boolean): number {
    const lineFeed = bytes.indexOf(LINE_FEED)
    const end = lineFeed < 0 ? bytes.length : lineFeed + 1
    this.#skipping = lineFeed < 0 && !last
    this.#advance(bytes, 0, end)
    return end
  }

  #advance(bytes: Buffer, from: number, to: number): void {
    let { offset, line } = this.#place
    offset += to - from
    for (let at = bytes.indexOf(LINE_FEED, from); at >= 0 && at < to; at = bytes.indexOf(LINE_FEED, at + 1)) line++
    this.#place = { offset, line }
  }
}

/** NDJSON: a row is a line. */
export const findLineEnd: FindRowEnd = (bytes, from, last) => {
  const lineFeed = bytes.indexOf(LINE_FEED, from)
  if (lineFeed >= 0) return lineFeed - from > MAX_ROW_BYTES ? UNFINISHED : lineFeed + 1
  return last && bytes.length - from <= MAX_ROW_BYTES ? bytes.length : UNFINISHED
}

/** Without the line end, and of a row without an end no more than a sample. */
function trimmedEnd(bytes: Buffer, from: number, to: number, whole: boolean): number {
  let end = whole ? to : Math.min(to, from + MAX_EVIDENCE_BYTES)
  if (end > from && bytes[end - 1] === LINE_FEED) end--
  if (end > from && bytes[end - 1] === 13) end--
  return end
}
