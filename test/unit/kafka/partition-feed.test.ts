import fc from 'fast-check'
import type { KafkaMessage } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { PartitionFeed } from '#infra/kafka/partition-feed.ts'

const message = (offset: number, bytes = 10): KafkaMessage => {
  const value = Buffer.alloc(bytes, String(offset % 10))
  return { offset: String(offset), key: null, value, headers: {}, timestamp: '1', attributes: 0 }
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

/** A consumer as kafkajs is one: it fetches where it stands, and a seek moves it. */
class Source {
  position: number
  paused = false
  constructor(position: number) {
    this.position = position
  }
  readonly control = {
    pause: () => {
      this.paused = true
    },
    resume: () => {
      this.paused = false
    },
    seek: (offset: number) => {
      this.position = offset
    },
    jumped() {},
  }
  /** What the log holds is a number per offset; compaction has left out those in `gone`. */
  fetch(count: number, end: number, gone: ReadonlySet<number>) {
    const from = this.position
    const next = Math.min(from + count, end)
    this.position = next
    return {
      partition: 0,
      from,
      next,
      end,
      messages: range(from, next)
        .filter((o) => !gone.has(o))
        .map((o) => message(o)),
    }
  }
}

describe('a partition feed', () => {
  it('gives every record from its start on, once and in order, whatever is fetched early, late or from a wrong place', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('fetch' as const), count: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ kind: fc.constant('take' as const), count: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ kind: fc.constant('begin' as const) }),
    )
    const gone = fc.array(fc.nat({ max: 39 }), { maxLength: 12 })
    const offset = fc.nat({ max: 39 })
    fc.assert(
      fc.property(offset, offset, gone, fc.array(step, { maxLength: 60 }), (start, wrong, left, steps) => {
        const missing = new Set(left)
        const source = new Source(wrong)
        const feed = new PartitionFeed(source.control)
        const seen: number[] = []
        let begun = false
        const begin = () => {
          if (!begun) feed.begin(start, 40)
          begun = true
        }
        const take = (count: number) => {
          if (begun) seen.push(...feed.take(count, 1_000).map((record) => record.offset))
        }
        for (const { kind, ...rest } of steps) {
          if (kind === 'begin') begin()
          else if (kind === 'take') take((rest as { count: number }).count)
          else if (!source.paused) feed.push(source.fetch((rest as { count: number }).count, 40, missing))
        }
        begin()
        for (let i = 0; i < 60; i++) {
          feed.push(source.fetch(9, 40, missing))
          take(9)
        }
        while (!feed.isEmpty) take(9)
        expect(seen).toEqual(range(start, 40).filter((o) => !missing.has(o)))
      }),
      { numRuns: 500 },
    )
  })

  it('does not take the fetch of an earlier assignment for its own', () => {
    const sought: number[] = []
    const feed = new PartitionFeed({ pause() {}, resume() {}, jumped() {}, seek: (offset) => sought.push(offset) })
    feed.push({ partition: 0, from: 9, next: 11, end: 20, messages: [message(9), message(10)] })
    feed.begin(5, 20)
    expect([sought, feed.isEmpty]).toEqual([[5], true])
    feed.push({ partition: 0, from: 5, next: 7, end: 20, messages: [message(5), message(6)] })
    feed.push({ partition: 0, from: 5, next: 7, end: 20, messages: [message(5), message(6)] })
    expect(feed.take(10, 1_000).map(({ offset }) => offset)).toEqual([5, 6])
  })

  it('stops fetching when it holds 4 MB, and goes on below 2 MB', () => {
    const source = new Source(0)
    const feed = new PartitionFeed(source.control)
    feed.begin(0, 10)
    const megabyte = (offset: number) => {
      return { partition: 0, from: offset, next: offset + 1, end: 10, messages: [message(offset, 1 << 20)] }
    }
    const paused: boolean[] = []
    for (const offset of range(0, 5)) {
      feed.push(megabyte(offset))
      paused.push(source.paused)
    }
    expect(paused).toEqual([false, false, false, true, true])
    const left: boolean[] = []
    for (let i = 0; i < 5; i++) {
      feed.take(1, 1)
      left.push(source.paused)
    }
    expect(left).toEqual([true, true, true, false, false])
  })
})
