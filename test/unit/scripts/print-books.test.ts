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
  made.carry('index', carried)
  Object.assign(made.enrich, { passed: 1_499 - waiting, dead: { TOO_SLOW: 1 } })
  Object.assign(made.index, {
    ...{ new: 1_400 + carried - 2 * waiting, replaced: 50, stale: 20, removed: 10 },
    ...{ dropped: { unmatched: 15, 'author deleted': 4 } },
  })
  return made.snapshot()
}

describe('the books in print', () => {
  it('show every term of both equations, with reasons, and that they balance', () => {
    expect(printBooks(books(), plain)).toEqual([
      'books',
      '  news: read 1,500 = ignored 3 (pinned 2, like 1) + unmatched 4 + dead 1 (BAD 1) + accepted 1,492; 2 author operations',
      '  file: read 8 = unmatched 0 + accepted 8',
      '  enrich: took 1,500 = passed on 1,499 + dead 1 (TOO_SLOW 1)',
      '  index: took 1,499 = new 1,400 + replaced 50 + stale 20 + removed 10 + dropped 19 (unmatched 15, author deleted 4)',
      '  the books balance',
    ])
  })

  it('say what an earlier run had left, and what is still on the way', () => {
    expect(printBooks(books({ waiting: 101, carried: 7 }), plain).at(-1)).toBe(
      '  still on the way: 101 before enrich, 101 before index, with what an earlier run had left or was handled twice: 7 before index',
    )
  })

  it('of a process that others work beside claim nothing about the whole', () => {
    expect(printBooks(books({ waiting: 101 }), plain, true).at(-1)).toBe(
      '  of this process; other processes work beside it: earshot status',
    )
  })

  it('give machines the same sums', () => {
    expect(booksJson(books({ waiting: 3 }))).toMatchObject({
      ...{ accepted: 1_500, taken: { enrich: 1_497, index: 1_493 }, handled: 1_494 },
      ...{ waiting: { enrich: 3, index: 3 }, carried: { enrich: 0, index: 0 } },
      connectors: { file: { read: 8 } },
    })
  })
})
