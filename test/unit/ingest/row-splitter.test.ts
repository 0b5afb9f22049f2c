import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRowEnd } from '#ingest/file/csv-table.ts'
import { type FindRowEnd, findLineEnd, type Piece, RowSplitter } from '#ingest/file/row-splitter.ts'

const BEGIN = { offset: 0, line: 1 }

function split(bytes: Buffer, findEnd: FindRowEnd, cuts: readonly number[] = []): readonly Piece[] {
  const splitter = new RowSplitter(findEnd, BEGIN)
  const ends = [...cuts.filter((cut) => cut <= bytes.length).toSorted((a, b) => a - b), bytes.length]
  let from = 0
  const pieces = ends.flatMap((end) => {
    const chunk = bytes.subarray(from, end)
    from = end
    return splitter.push(chunk, false)
  })
  return [...pieces, ...splitter.push(Buffer.alloc(0), true)]
}

const texts = (pieces: readonly Piece[]): string[] => pieces.map(({ bytes }) => bytes.toString())

describe('RowSplitter', () => {
  it('gives lines without their ends, with number and place, and no blank ones', () => {
    const pieces = split(Buffer.from('one\r\n\r\n\nthree'), findLineEnd)
    expect(texts(pieces)).toEqual(['one', 'three'])
    expect(pieces.map(({ line }) => line)).toEqual([1, 4])
    expect(pieces.map(({ next }) => next)).toEqual([
      { offset: 5, line: 2 },
      { offset: 13, line: 4 },
    ])
  })

  it('keeps line ends between quotes in their row, and doubled quotes', () => {
    const csv = 'a,"two\nlines, ""quoted"""\r\nb,5" wide,"x"\nc,""\n'
    const pieces = split(Buffer.from(csv), csvRowEnd(','))
    expect(texts(pieces)).toEqual(['a,"two\nlines, ""quoted"""', 'b,5" wide,"x"', 'c,""'])
    expect(pieces.map(({ line }) => line)).toEqual([1, 3, 4])
  })

  it('gives up one line when a quote never closes, and goes on behind it', () => {
    for (const rest of ['b,2\nc,3\n', 'b,2\nc,"3"\n']) {
      const pieces = split(Buffer.from(`a,"open\n${rest}`), csvRowEnd(','))
      expect(texts(pieces)).toEqual(['a,"open', ...rest.trimEnd().split('\n')])
      expect(pieces.map(({ whole }) => whole)).toEqual([false, true, true])
    }
  })

  it('keeps the beginning of an endless line, and can be resumed only behind it', () => {
    const splitter = new RowSplitter(findLineEnd, BEGIN)
    const chunk = Buffer.alloc(1 << 20, 120)
    const pieces: Piece[] = []
    for (let megabyte = 0; megabyte < 20; megabyte++) pieces.push(...splitter.push(chunk, false))
    expect(splitter.place).toBeNull()
    pieces.push(...splitter.push(Buffer.from('end\nnext\n'), true))
    expect(pieces.map(({ whole, bytes, line }) => [whole, bytes.length, line])).toEqual([
      [false, 65_536, 1],
      [true, 4, 2],
    ])
    expect(splitter.place).toEqual({ offset: 20 * chunk.length + 9, line: 3 })
  })

  it('knows its place at the end of a file whose last line was endless', () => {
    const splitter = new RowSplitter(findLineEnd, BEGIN)
    splitter.push(Buffer.alloc(9 << 20, 120), false)
    expect(splitter.place).toBeNull()
    expect(splitter.push(Buffer.alloc(0), true)).toEqual([])
    expect(splitter.place).toEqual({ offset: 9 << 20, line: 1 })
  })

  it('gives the same pieces however the bytes are cut, from any place that it named', () => {
    const part = fc.constantFrom('a', ',', '"', '""', '\n', '\r\n', 'ü', ' ', ',"x\n""y"', '\n"x\ny",')
    const input = fc.array(part, { maxLength: 60 }).map((parts) => Buffer.from(parts.join('')))
    fc.assert(
      fc.property(input, fc.array(fc.nat({ max: 80 }), { maxLength: 6 }), fc.boolean(), (bytes, cuts, lines) => {
        const findEnd = lines ? findLineEnd : csvRowEnd(',')
        const whole = split(bytes, findEnd)
        expect(split(bytes, findEnd, cuts)).toEqual(whole)
        for (const [at, { next }] of whole.entries()) {
          const rest = new RowSplitter(findEnd, next).push(bytes.subarray(next.offset), true)
          expect(rest).toEqual(whole.slice(at + 1))
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
