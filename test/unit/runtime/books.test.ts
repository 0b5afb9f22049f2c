import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  acceptedOf,
  Books,
  type ConnectorBook,
  handledOf,
  newConnectorBook,
  sum,
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
    const deliver = (stage: string, partition: number, given: ReturnType<typeof records>): number => {
      const before = books.snapshot().carried
      books.delivered(stage, { partition, records: given })
      return books.snapshot().carried - before
    }
    expect(deliver('enrich', 0, records([0, 1, 2]))).toBe(0)
    expect(deliver('enrich', 1, records([0, 1]))).toBe(0)
    expect(deliver('index', 0, records([0]))).toBe(0)
    expect(deliver('enrich', 0, records([1, 2, 3]))).toBe(2)
    expect(deliver('enrich', 0, records([3, 4], 'heartbeat'))).toBe(0)
    expect(deliver('enrich', 0, [])).toBe(0)
    expect(deliver('enrich', 0, records([4, 5]))).toBe(1)
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
    books.pipeline.new++
    tally(books.pipeline.dropped, 'unmatched')
    expect(before.connectors.a).toEqual(read)
    expect(before.pipeline).toMatchObject({ new: 0, dropped: {} })
    expect(read).toEqual(book({ read: 1, ignored: { like: 1 } }))
  })

  it('know what is on the way: carried and accepted less what was handled, whatever became of it', () => {
    const count = fc.nat(1_000)
    const reasons = fc.dictionary(fc.constantFrom('x', 'y', '__proto__', 'constructor'), count)
    const ends = fc.record({
      new: count,
      replaced: count,
      stale: count,
      removed: count,
      dropped: reasons,
      dead: reasons,
    })
    fc.assert(
      fc.property(fc.array(count, { maxLength: 4 }), count, ends, (accepted, carried, pipeline) => {
        const books = new Books()
        for (const [i, n] of accepted.entries()) books.addRead(`c${i % 2}`, book({ read: n, accepted: n }))
        books.carry(carried)
        Object.assign(books.pipeline, pipeline)
        const total = accepted.reduce((a, b) => a + b, 0)
        const handled =
          pipeline.new +
          pipeline.replaced +
          pipeline.stale +
          pipeline.removed +
          sum(pipeline.dropped) +
          sum(pipeline.dead)
        expect(acceptedOf(books.snapshot())).toBe(total)
        expect(handledOf(books.snapshot())).toBe(handled)
        expect(waitingOf(books.snapshot())).toBe(carried + total - handled)
      }),
    )
  })
})
