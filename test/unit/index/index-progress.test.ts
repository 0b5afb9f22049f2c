import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IndexProgress } from '#index/search/index-progress.ts'
import type { Heartbeat } from '#schemas/generated.ts'

const seen = (connector: string, observedAt: number, exhausted = false): Heartbeat => ({
  source: { connector, platform: 'test', instance: null, latenessMs: 0 },
  observedAt,
  exhausted,
})

describe('the progress of the index', () => {
  it('is unknown until every connector has reported from every partition', () => {
    const progress = new IndexProgress(2)
    expect(progress.through(['a'])).toBeNull()
    progress.record(0, seen('a', 10))
    expect(progress.through(['a'])).toBeNull()
    progress.record(1, seen('a', 20))
    expect(progress.through(['a'])).toBe(10)
    expect(progress.through(['a', 'b'])).toBeNull()
  })

  it('waits for nobody when there is no source, and not for one that has ended', () => {
    const progress = new IndexProgress(1)
    expect(progress.through([])).toBe(Number.POSITIVE_INFINITY)
    progress.record(0, seen('a', 10, true))
    progress.record(0, seen('b', 30))
    expect(progress.through(['a'])).toBe(Number.POSITIVE_INFINITY)
    expect(progress.through(['a', 'b'])).toBe(30)
  })

  it('waits again for a source that had ended in an earlier run and goes on in this one', () => {
    const progress = new IndexProgress(1)
    progress.record(0, seen('a', 10, true))
    progress.record(0, seen('a', 11))
    expect(progress.through(['a'])).toBe(11)
  })

  it('is the least of the latest reports', () => {
    const report = fc.record({
      connector: fc.constantFrom('a', 'b', 'c'),
      partition: fc.nat(2),
      observedAt: fc.nat(1_000),
      exhausted: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(report, { maxLength: 60 }), (reports) => {
        const progress = new IndexProgress(3)
        const latest = new Map<string, number>()
        for (const { connector, partition, observedAt, exhausted } of reports) {
          progress.record(partition, seen(connector, observedAt, exhausted))
          latest.set(`${connector} ${partition}`, exhausted ? Number.POSITIVE_INFINITY : observedAt)
        }
        const all = ['a', 'b', 'c'].flatMap((name) => [0, 1, 2].map((partition) => latest.get(`${name} ${partition}`)))
        const least = Math.min(...all.map((point) => point ?? Number.NaN))
        expect(progress.through(['a', 'b', 'c'])).toBe(Number.isNaN(least) ? null : least)
      }),
    )
  })
})
