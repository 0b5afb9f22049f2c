import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { IndexProgress, SavedProgress } from '#index/search/index-progress.ts'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { Books, waitingOf } from '#infra/runtime/books.ts'
import { createMetrics } from '#infra/runtime/metrics.ts'
import { Supervisor } from '#infra/runtime/supervisor.ts'
import type { MentionEvent } from '#schemas/generated.ts'
import { newMention } from '#schemas/mention.ts'
import { openInstallation } from '#scripts/compose.ts'
import type { Installation } from '#scripts/installation.ts'
import { type Companion, runPipeline, StageName } from '#scripts/pipeline.ts'
import { profileOf } from '../support/brand-profile.ts'
import { FastClock } from '../support/fast-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const brands = [profileOf({ id: 'acme', name: 'Acme' })]
const source = { connector: 'c', platform: 'test', instance: null, latenessMs: 0 }

function mention(number: number, text = 'about acme'): ReadItem {
  const event: MentionEvent = {
    ...{ id: `test:${number}`, op: 'create', rev: 1, observedAt: 1, ingestedAt: null, reason: null },
    ...{ source, payload: null, mention: newMention({ platform: 'test', kind: 'post', publishedAt: 1, text }) },
  }
  return { kind: 'mention', event }
}
const checkpoint = (number: number): ReadItem => ({ kind: 'checkpoint', cursor: String(number), observedAt: 1 })

/** Mentions from 0 to `count`, a checkpoint after every tenth. */
async function* mentions(count: number, cursor: string | null, signal: AbortSignal): AsyncIterable<ReadItem> {
  for (let number = Number(cursor ?? 0); number < count && !signal.aborted; number++) {
    yield mention(number)
    if ((number + 1) % 10 === 0) yield checkpoint(number + 1)
  }
}

const connectorOf = (read: Connector['read'], known: Partial<Connector> = {}): Connector => ({
  ...{ id: 'c', platform: 'test', supply: 'finite', latenessMs: 0, prefilter: true, check: async () => {}, read },
  ...known,
})

async function open({ maxLogBytes = 1e9 } = {}) {
  const data = await temporaryFolder('pipeline')
  const installation = await openInstallation({ data, namespace: 'test', maxLogBytes })
  const clock = new FastClock(20)
  const logger = pino({ level: 'silent' })
  const ended = new AbortController()
  const run = async (
    connectors: readonly Connector[],
    {
      untilIdle = false,
      stages = [StageName.Ingest, StageName.Enrich, StageName.Index],
      companions = [],
    }: { untilIdle?: boolean; stages?: readonly StageName[]; companions?: readonly Companion[] } = {},
  ) => {
    const books = new Books()
    const metrics = createMetrics()
    const supervisor = new Supervisor(clock, logger, metrics)
    const { table } = installation
    const progress = new IndexProgress({ table, clock, logger })
    await runPipeline(
      {
        ...{ installation, generation: 1, brands, connectors, companions, stages: new Set(stages), scores: false },
        ...{ settleFirst: false, minFreeBytes: 0, progress, books, metrics, supervisor, clock, logger },
      },
      untilIdle,
      ended.signal,
    )
    return {
      books: books.snapshot(),
      health: supervisor.health,
      through: (await SavedProgress.read(table, 2, 0)).through(['c']),
    }
  }
  return {
    installation,
    run,
    stop: () => ended.abort(),
    [Symbol.asyncDispose]: () => installation[Symbol.asyncDispose](),
  }
}

const totalOf = async ({ index }: Installation): Promise<number> =>
  (
    await index.search({
      query: null,
      range: { since: null, until: null },
      brands: [],
      sort: 'newest',
      limit: 1,
      after: null,
    })
  ).total

const untilTold = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
const refused = new PipelineError(ErrorClass.Config, 'ARCHIVE_FOREIGN', 'move the old archive away')

describe('the pipeline', () => {
  it('ends when it is idle: everything read is indexed, the books balance, companions have finished', async () => {
    await using place = await open()
    const settled: number[] = []
    const companion: Companion = {
      name: StageName.Archive,
      run: untilTold,
      settle: async () => void settled.push(await totalOf(place.installation)),
    }
    const { books, through } = await place.run([connectorOf((cursor, signal) => mentions(1_234, cursor, signal))], {
      ...{ untilIdle: true, companions: [companion] },
      stages: [StageName.Ingest, StageName.Enrich, StageName.Index, StageName.Archive],
    })
    expect(await totalOf(place.installation)).toBe(1_234)
    expect(settled).toEqual([1_234])
    expect(books).toMatchObject({
      carried: { enrich: 0, index: 0 },
      connectors: { c: { read: 1_234, accepted: 1_234 } },
      enrich: { passed: 1_234 },
      index: { new: 1_234 },
    })
    expect(waitingOf(books)).toEqual({ enrich: 0, index: 0 })
    expect(through).toBe(Number.POSITIVE_INFINITY)
  })

  it('carries over what an earlier run had left, stage by stage', async () => {
    await using place = await open()
    const some = connectorOf((cursor, signal) => mentions(100, cursor, signal))
    const first = await place.run([some], { untilIdle: true, stages: [StageName.Ingest] })
    expect(waitingOf(first.books)).toEqual({ enrich: 100, index: 0 })
    const second = await place.run([], { untilIdle: true, stages: [StageName.Enrich] })
    expect(second.books.carried).toEqual({ enrich: 100, index: 0 })
    expect(waitingOf(second.books)).toEqual({ enrich: 0, index: 100 })
    const third = await place.run([], { untilIdle: true, stages: [StageName.Index] })
    expect(third.books).toMatchObject({ carried: { enrich: 0, index: 100 }, index: { new: 100 } })
    expect(waitingOf(third.books)).toEqual({ enrich: 0, index: 0 })
  })

  it('starts a connector that fails for a passing reason again, from its last checkpoint', async () => {
    await using place = await open()
    const starts: (string | null)[] = []
    const flaky = connectorOf(async function* (cursor, signal) {
      starts.push(cursor)
      for await (const item of mentions(60, cursor, signal)) {
        yield item
        if (starts.length < 3 && item.kind === 'checkpoint' && Number(item.cursor) === 20 * starts.length) {
          throw new PipelineError(ErrorClass.Transient, 'AWAY', 'away')
        }
      }
    })
    const { books, health } = await place.run([flaky], { untilIdle: true })
    expect(starts).toEqual([null, '20', '40'])
    expect(health.get('c')).toMatchObject({ state: 'done', restarts: 2, problem: 'away' })
    expect(await totalOf(place.installation)).toBe(60)
    expect(waitingOf(books)).toEqual({ enrich: 0, index: 0 })
  })

  it('starts a stage whose subscription fails for a passing reason again: it subscribes anew and loses nothing', async () => {
    await using place = await open()
    const { log } = place.installation
    const { subscribe } = log
    let failures = 2
    log.subscribe = (options, onBatch) =>
      subscribe.call(log, options, async (batch) => {
        if (options.group !== 'index' || batch.partition !== 0 || failures-- <= 0) return onBatch(batch)
        throw new PipelineError(ErrorClass.Transient, 'LOST', 'lost')
      })
    const { books, health } = await place.run([connectorOf((cursor, signal) => mentions(50, cursor, signal))], {
      untilIdle: true,
    })
    expect(health.get('index')).toMatchObject({ restarts: 2 })
    expect(books.index.new).toBe(50)
  })

  it('goes on until it is told to end when its sources are read, also where nothing else runs', async () => {
    await using place = await open()
    const some = connectorOf((cursor, signal) => mentions(20, cursor, signal))
    let ended = false
    const running = place.run([some], { stages: [StageName.Ingest] }).finally(() => {
      ended = true
    })
    const { log, topics } = place.installation
    const produced = async () => (await log.lag('enrich', topics.raw)).reduce((total, { end }) => total + end, 0)
    await expect.poll(produced).toBeGreaterThanOrEqual(20)
    await expect.poll(async () => (await place.installation.cursors.list()).get('c')?.value).toBe('20')
    expect(ended).toBe(false)
    place.stop()
    expect((await running).books.connectors.c?.accepted).toBe(20)
  })

  it.for([true, false])(
    'ends with the error of a part that fails, and leaves nothing running (until idle: %s)',
    async (untilIdle) => {
      await using place = await open()
      let stopped = false
      const live = connectorOf(
        async function* (_cursor, signal) {
          yield mention(1)
          yield checkpoint(1)
          await untilTold(signal)
          stopped = true
        },
        { supply: 'streamed' },
      )
      const { index } = place.installation
      const bug = new TypeError('a bug')
      index.write = async () => Promise.reject(bug)
      await expect(place.run([live], { untilIdle })).rejects.toBe(bug)
      expect(stopped).toBe(true)
      // The groups are free again: nothing of the run that failed still reads.
      index.write = async (operations) => operations.map(() => ({ kind: 'new' }))
      await place.run([], { untilIdle: true })
    },
  )

  it('ends with the error of a companion that fails while it is asked to finish', async () => {
    await using place = await open()
    const asked = Promise.withResolvers<void>()
    const companion: Companion = {
      name: StageName.Archive,
      run: () => asked.promise.then(() => Promise.reject(refused)),
      // As the archive does: it waits for what will never be committed now.
      settle: async (signal) => {
        asked.resolve()
        await untilTold(signal)
      },
    }
    const running = place.run([], {
      ...{ untilIdle: true, companions: [companion], stages: [StageName.Ingest, StageName.Archive] },
    })
    await expect(running).rejects.toBe(refused)
  })

  it('hides no failure that comes while it stops', async () => {
    await using place = await open()
    const companion: Companion = {
      name: StageName.Archive,
      run: (signal) => untilTold(signal).then(() => Promise.reject(refused)),
      settle: async () => {},
    }
    const running = place.run([], {
      ...{ untilIdle: true, companions: [companion], stages: [StageName.Ingest, StageName.Archive] },
    })
    await expect(running).rejects.toBe(refused)
  })

  it('stops when it is told to, although the log is full and nobody empties it any more', async () => {
    await using place = await open({ maxLogBytes: 100_000 })
    const { log, topics } = place.installation
    const { produce } = log
    let waiting: Promise<unknown> | null = null
    log.produce = async (topic, records) => {
      const call = produce.call(log, topic, records)
      waiting = call
      const positions = await call
      waiting = null
      return positions
    }
    const endless = connectorOf((cursor, signal) => mentions(1e9, cursor, signal))
    const running = place.run([endless], { stages: [StageName.Ingest] })
    // Full: a call still waits although what came after it, to a topic without a limit, has become durable.
    for (let full = false; !full; ) {
      const call = waiting
      for (let i = 0; i < 2; i++)
        await produce.call(log, topics.alerts, [{ key: 'k', value: Buffer.from('v'), headers: {} }])
      full = call !== null && call === waiting
    }
    place.stop()
    await running
    const lag = await log.lag('enrich', topics.raw)
    const durable = lag.reduce((sum, { end }) => sum + end, 0)
    const saved = Number((await place.installation.cursors.list()).get('c')?.value)
    expect(saved).toBeGreaterThan(0)
    expect(saved).toBeLessThanOrEqual(durable)
  })
})
