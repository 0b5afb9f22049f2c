import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  acceptedOf,
  addBooks,
  Books,
  type BooksSnapshot,
  type ConnectorBook,
  handledOf,
  newConnectorBook,
  sum,
  takenOf,
  tally,
  waitingOf,
} from '#infra/runtime/books.ts'

const book = (known: Partial<ConnectorBook>): ConnectorBook => ({ ...newConnectorBook(), ...known })

describe('the books', () => {
  it('count what a stage is given again on both sides, by stage and partition', () => {
    const books = new Books()
    const records = (offsets: readonly number[], type = 'mention.create') =>
      offsets.map((offset) => ({
        offset,
        key: null,
        value: new Uint8Array(),
        headers: { ce_type: type },
        timestamp: 1,
      }))
    const deliver = (stage: 'enrich' | 'index', partition: number, given: ReturnType<typeof records>): number => {
      const before = books.snapshot().carried[stage]
      books.delivered(stage, { partition, records: given })
      return books.snapshot().carried[stage] - before
    }
    expect(deliver('enrich', 0, records([0, 1, 2]))).toBe(0)
    expect(deliver('enrich', 1, records([0, 1]))).toBe(0)
    expect(deliver('index', 0, records([0]))).toBe(0)
    expect(deliver('enrich', 0, records([1, 2, 3]))).toBe(2)
    expect(deliver('enrich', 0, records([3, 4], 'heartbeat'))).toBe(0)
    expect(deliver('enrich', 0, [])).toBe(0)
    expect(deliver('enrich', 0, records([4, 5]))).toBe(1)
  })

  it('count what was in the log before the run as carried, once a stage has taken it', () => {
    const books = new Books()
    books.begin('enrich', [{ partition: 0, end: 2 }])
    const records = [0, 1, 2, 3].map((offset) => ({
      ...{ offset, key: null, value: new Uint8Array(), headers: { ce_type: 'mention.create' }, timestamp: 1 },
    }))
    expect(books.snapshot().carried.enrich).toBe(0)
    books.delivered('enrich', { partition: 0, records: records.slice(0, 3) })
    expect(books.snapshot().carried).toEqual({ enrich: 2, index: 0 })
    books.delivered('enrich', { partition: 0, records: records.slice(2) })
    expect(books.snapshot().carried.enrich).toBe(3)
    books.delivered('enrich', { partition: 1, records })
    expect(books.snapshot().carried.enrich).toBe(3)
  })

  it('add up what each connector has read, by reason', () => {
    const books = new Books()
    books.addRead('a', book({ read: 5, ignored: { like: 2 }, accepted: 3, observedAt: 10 }))
    books.addRead('b', book({ read: 1, unmatched: 1 }))
    books.addRead('a', book({ read: 4, ignored: { like: 1, pin: 1 }, dead: { BAD: 2 }, authors: 1, observedAt: 7 }))
    expect(books.snapshot().connectors).toEqual({
      a: book({ read: 9, ignored: { like: 3, pin: 1 }, dead: { BAD: 2 }, accepted: 3, authors: 1, observedAt: 10 }),
      b: book({ read: 1, unmatched: 1 }),
    })
  })

  it('do not change after they were read out, nor what was handed in', () => {
    const books = new Books()
    const read = book({ read: 1, ignored: { like: 1 } })
    books.addRead('a', read)
    const before = books.snapshot()
    books.addRead('a', read)
    books.index.new++
    tally(books.enrich.dropped, 'unmatched')
    expect(before.connectors.a).toEqual(read)
    expect(before).toMatchObject({ index: { new: 0 }, enrich: { dropped: {} } })
    expect(read).toEqual(book({ read: 1, ignored: { like: 1 } }))
  })

  const count = fc.nat(1_000)
  const reasons = fc.dictionary(fc.constantFrom('x', 'y', 'two words'), count)
  const enrich = fc.record({ passed: count, dropped: reasons, dead: reasons })
  const index = fc.record({
    new: count,
    replaced: count,
    stale: count,
    removed: count,
    dropped: reasons,
    dead: reasons,
  })
  const made = fc
    .record({ accepted: fc.array(count, { maxLength: 4 }), left: fc.tuple(count, count), enrich, index })
    .map(({ accepted, left, ...pages }) => {
      const books = new Books()
      for (const [i, n] of accepted.entries()) books.addRead(`c${i % 2}`, book({ read: n, accepted: n }))
      books.carry('enrich', left[0])
      books.carry('index', left[1])
      Object.assign(books.enrich, pages.enrich)
      Object.assign(books.index, pages.index)
      return books.snapshot()
    })

  it('know what is on the way, hop by hop: what came before a stage less what it took, whatever became of it', () => {
    fc.assert(
      fc.property(made, (books) => {
        const accepted = Object.values(books.connectors).reduce((total, { accepted: n }) => total + n, 0)
        const taken = {
          enrich: books.enrich.passed + sum(books.enrich.dropped) + sum(books.enrich.dead),
          index:
            books.index.new +
            books.index.replaced +
            books.index.stale +
            books.index.removed +
            sum(books.index.dropped) +
            sum(books.index.dead),
        }
        expect(acceptedOf(books)).toBe(accepted)
        expect(takenOf(books)).toEqual(taken)
        expect(handledOf(books)).toBe(taken.index + taken.enrich - books.enrich.passed)
        const waiting = waitingOf(books)
        expect(waiting.enrich).toBe(books.carried.enrich + accepted - taken.enrich)
        expect(waiting.index).toBe(books.carried.index + books.enrich.passed - taken.index)
      }),
    )
  })

  it('of several processes add up to one, in any order', () => {
    fc.assert(
      fc.property(fc.array(made, { maxLength: 4 }), (all) => {
        const together = addBooks(all)
        const total = (of: (books: BooksSnapshot) => number) => all.reduce((n, books) => n + of(books), 0)
        for (const count of [acceptedOf, handledOf]) expect(count(together)).toBe(total(count))
        for (const stage of ['enrich', 'index'] as const) {
          expect(takenOf(together)[stage]).toBe(total((books) => takenOf(books)[stage]))
          expect(waitingOf(together)[stage]).toBe(total((books) => waitingOf(books)[stage]))
        }
        expect(addBooks(all.toReversed())).toEqual(together)
      }),
    )
  })
})
