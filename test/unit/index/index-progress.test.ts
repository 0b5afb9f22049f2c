import fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { IndexProgress, SavedProgress } from '#index/search/index-progress.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { Heartbeat } from '#schemas/generated.ts'
import { MemoryTable } from '../../support/memory-table.ts'
import { SkippingClock } from '../../support/skipping-clock.ts'

const seen = (connector: string, observedAt: number, exhausted = false): Heartbeat => ({
  source: { connector, platform: 'test', instance: null, latenessMs: 0 },
  observedAt,
  exhausted,
})

function open(partitions = 1) {
  const table = new MemoryTable()
  const clock = new SkippingClock(1_000)
  const join = () => new IndexProgress({ table, clock, logger: pino({ level: 'silent' }) })
  const through = async (connectors: readonly string[], since = 0) =>
    (await SavedProgress.read(table, partitions, since)).through(connectors)
  return { table, clock, join, progress: join(), through }
}

describe('the progress of the index', () => {
  it('is unknown until every connector has reported from every partition', async () => {
    const { progress, through } = open(2)
    expect(await through(['a'])).toBeNull()
    progress.record(0, seen('a', 10))
    await progress.save()
    expect(await through(['a'])).toBeNull()
    progress.record(1, seen('a', 20))
    expect(await through(['a'])).toBeNull()
    await progress.save()
    expect(await through(['a'])).toBe(10)
    expect(await through(['a', 'b'])).toBeNull()
  })

  it('is put together from what several processes have indexed, also when a partition changes hands', async () => {
    const { join, through } = open(2)
    const [one, two] = [join(), join()]
    one.record(0, seen('a', 10))
    one.record(0, seen('b', 11))
    two.record(1, seen('a', 20))
    two.record(1, seen('b', 21))
    await Promise.all([one.save(), two.save()])
    expect(await through(['a', 'b'])).toBe(10)
    two.record(0, seen('a', 30))
    await two.save()
    expect(await through(['a'])).toBe(20)
    expect(await through(['b'])).toBe(11)
  })

  it('waits for nobody when there is no source, and not for one that has ended', async () => {
    const { progress, through } = open()
    expect(await through([])).toBe(Number.POSITIVE_INFINITY)
    progress.record(0, seen('a', 10, true))
    progress.record(0, seen('b', 30))
    await progress.save()
    expect(await through(['a'])).toBe(Number.POSITIVE_INFINITY)
    expect(await through(['a', 'b'])).toBe(30)
  })

  it('waits again for a source that had ended in an earlier run: from the start, and when it goes on', async () => {
    const { progress, clock, through } = open()
    progress.record(0, seen('a', 10, true))
    await progress.save()
    expect(await through(['a'], clock.now())).toBe(Number.POSITIVE_INFINITY)
    expect(await through(['a'], clock.now() + 1)).toBe(10)
    progress.record(0, seen('a', 11))
    await progress.save()
    expect(await through(['a'])).toBe(11)
  })

  it('keeps what could not be saved, and saves it with what came since', async () => {
    const { table, progress, through } = open()
    progress.record(0, seen('a', 10))
    progress.record(0, seen('b', 10))
    table.failure = new PipelineError(ErrorClass.Transient, 'AWAY', 'away')
    await expect(progress.save()).rejects.toBe(table.failure)
    progress.record(0, seen('a', 12))
    table.failure = null
    await progress.save()
    expect(await through(['a'])).toBe(12)
    expect(await through(['b'])).toBe(10)
  })

  it('is saved again and again while it runs, through failures that pass; a bug ends it', async () => {
    const { table, progress, through } = open()
    const ended = new AbortController()
    table.failure = new PipelineError(ErrorClass.Transient, 'AWAY', 'away')
    progress.record(0, seen('a', 10))
    const running = progress.run(ended.signal)
    await expect(progress.save()).rejects.toBe(table.failure)
    table.failure = null
    await expect.poll(() => through(['a'])).toBe(10)
    ended.abort()
    await running
    table.failure = new Error('bug')
    progress.record(0, seen('a', 11))
    await expect(progress.run(new AbortController().signal)).rejects.toBe(table.failure)
  })

  it('is the least of the latest reports, whoever saved them and when', async () => {
    const report = fc.record({
      connector: fc.constantFrom('a', 'b', 'c'),
      partition: fc.nat(2),
      observedAt: fc.nat(1_000),
      exhausted: fc.boolean(),
      saves: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(report, { maxLength: 60 }), async (reports) => {
        const { join, through } = open(3)
        const processes = [join(), join(), join()] as const // the owners of the partitions
        const latest = new Map<string, number>()
        for (const { connector, partition, observedAt, exhausted, saves } of reports) {
          const process = processes[partition] as IndexProgress
          process.record(partition, seen(connector, observedAt, exhausted))
          latest.set(`${connector} ${partition}`, exhausted ? Number.POSITIVE_INFINITY : observedAt)
          if (saves) await process.save()
        }
        for (const process of processes) await process.save()
        const all = ['a', 'b', 'c'].flatMap((name) => [0, 1, 2].map((partition) => latest.get(`${name} ${partition}`)))
        const least = Math.min(...all.map((point) => point ?? Number.NaN))
        expect(await through(['a', 'b', 'c'])).toBe(Number.isNaN(least) ? null : least)
      }),
    )
  })
})
