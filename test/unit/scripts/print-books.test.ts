import { describe, expect, it } from 'vitest'
import { Books, newConnectorBook } from '#infra/runtime/books.ts'
import { booksJson, printBooks } from '#scripts/print-books.ts'
import type { Paint } from '#scripts/terminal/paint.ts'

const plain: Paint = (_style, text) => text

function books({ waiting = 0, carried = 0 } = {}) {
  const made = new Books()
  made.addRead('news', {
    ...newConnectorBook(),
    ...{ read: 1_500, ignored: { pinned: 2, like: 1 }, unmatched: 4, dead: { BAD: 1 }, accepted: 1_492, authors: 2 },
  })
  made.addRead('file', { ...newConnectorBook(), read: 8, accepted: 8 })
  made.carry(carried)
  Object.assign(made.pipeline, {
    ...{ new: 1_400 + carried - waiting, replaced: 50, stale: 20, removed: 10 },
    ...{ dropped: { unmatched: 15, 'author deleted': 4 }, dead: { TOO_SLOW: 1 } },
  })
  return made.snapshot()
}

describe('the books in print', () => {
  it('show every term of both equations, with reasons, and that they balance', () => {
    expect(printBooks(books(), plain)).toEqual([
      'books',
      '  news: read 1,500 = ignored 3 (pinned 2, like 1) + unmatched 4 + dead 1 (BAD 1) + accepted 1,492; 2 author operations',
      '  file: read 8 = unmatched 0 + accepted 8',
      '  pipeline: accepted 1,500 = new 1,400 + replaced 50 + stale 20 + removed 10 + dropped 19 (unmatched 15, author deleted 4) + dead 1 (TOO_SLOW 1)',
      '  the books balance',
    ])
  })

  it('say what an earlier run had left, and what is still on the way', () => {
    const lines = printBooks(books({ waiting: 1_001, carried: 7 }), plain)
    expect(lines.at(-2)).toMatch(/^ {2}pipeline: carried over 7 \+ accepted 1,500 = new 406 \+/)
    expect(lines.at(-1)).toBe('  1,001 still on the way')
  })

  it('give machines the same sums', () => {
    expect(booksJson(books({ waiting: 3 }))).toMatchObject({
      ...{ accepted: 1_500, handled: 1_497, waiting: 3, carried: 0 },
      connectors: { file: { read: 8 } },
    })
  })
})
