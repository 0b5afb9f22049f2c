import type { Logger } from 'pino'
import { EnrichStage } from '#enrich/enrich-stage.ts'
import type { IndexProgress } from '#index/search/index-progress.ts'
import { IndexStage } from '#index/search/index-stage.ts'
import type { Clock } from '#infra/contracts/clock.ts'
import type { Connector, Progress } from '#infra/contracts/connector.ts'
import type { LogRecord, RecordBatch } from '#infra/contracts/event-log.ts'
import type { Outcome } from '#infra/contracts/stage.ts'
import { type Books, isMention, tally } from '#infra/runtime/books.ts'
import { runConnector } from '#infra/runtime/connector-runner.ts'
import { DiskGate } from '#infra/runtime/disk-gate.ts'
import type { Metrics } from '#infra/runtime/metrics.ts'
import { retry } from '#infra/runtime/retry.ts'
import { runTogether } from '#infra/runtime/run-together.ts'
import { runStage } from '#infra/runtime/stage-runner.ts'
import type { Supervisor } from '#infra/runtime/supervisor.ts'
import { waitForGroup } from '#infra/runtime/wait-for-group.ts'
import { Facts } from '#query/facts.ts'
import { mentionFields } from '#query/mention-tokens.ts'
import { QuerySet } from '#query/query-set.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import type { Mention } from '#schemas/generated.ts'
import { archivePrefix, type Installation } from './installation.ts'

export const StageName = {
  Ingest: 'ingest',
  Enrich: 'enrich',
  Index: 'index',
  Alerts: 'alerts',
  Archive: 'archive',
} as const
export type StageName = (typeof StageName)[keyof typeof StageName]

/** Beside the stages: something that runs along, and can be asked to finish what is there now. */
export interface Companion {
  readonly name: StageName
  run(signal: AbortSignal): Promise<void>
  /** Resolves when everything that the index or log holds now has been dealt with, or when the signal aborts. */
  settle(signal: AbortSignal): Promise<void>
}

export interface PipelineOptions {
  readonly installation: Installation
  readonly generation: number
  readonly brands: readonly BrandProfile[]
  readonly connectors: readonly Connector[]
  readonly companions: readonly Companion[]
  readonly stages: ReadonlySet<StageName>
  readonly scores: boolean
  readonly minFreeBytes: number
  /** Headers of everything that the connectors produce, for example those of a replay. */
  readonly headers?: Readonly<Record<string, string>>
  /** What an earlier run left in the log is dealt with before a source is read: a replay must find all of it in the archive. */
  readonly settleFirst: boolean
  readonly progress: IndexProgress
  readonly books: Books
  readonly metrics: Metrics
  readonly supervisor: Supervisor
  readonly clock: Clock
  readonly logger: Logger
  readonly onProgress?: (connector: string, progress: Progress) => void
}

export const ENRICH_WORKERS = 2
export const ENRICH_DEADLINE_MS = 10_000
/** What a stage takes at once. */
export const BATCH = { maxRecords: 4_000, maxBytes: 8 << 20 }
/** With `untilIdle` somebody waits for the end: a source that cannot be reached is not tried for ever. */
const RESTARTS_UNTIL_IDLE = 4

/**
 * Runs the chosen stages until the signal aborts; with `untilIdle` also until every finite source is exhausted, every polled
 * one has been read once, and everything is indexed. Rejects with the first failure that a restart of the part cannot mend.
 */
export async function runPipeline(options: PipelineOptions, untilIdle: boolean, signal: AbortSignal): Promise<void> {
  const { installation, stages, clock, logger, metrics, books, supervisor } = options
  const { log, topics } = installation
  const wiring = { log, dead: topics.dead, clock, logger, metrics, ...BATCH }

  const onRetry = (err: Error, attempt: number, pauseMs: number) =>
    logger.warn({ err, attempt, pauseMs }, 'looking where a topic ends retried')
  for (const [stage, topic] of [
    [StageName.Enrich, topics.raw],
    [StageName.Index, topics.enriched],
  ] as const) {
    if (!stages.has(stage)) continue
    books.begin(stage, await retry(() => log.lag(stage, topic), { clock, signal, onRetry }))
  }
  const enrich = stages.has(StageName.Enrich)
    ? new EnrichStage({
        workers: ENRICH_WORKERS,
        deadlineMs: ENRICH_DEADLINE_MS,
        generation: options.generation,
        brands: options.brands,
        scores: options.scores,
        topic: topics.raw,
      })
    : null
  await using _workers = enrich
  const index = new IndexStage({
    index: installation.index,
    progress: options.progress,
    onMention: (outcome) => {
      if (outcome.kind === 'dropped') tally(books.index.dropped, outcome.reason)
      else if (outcome.kind === 'rejected') tally(books.index.dead, outcome.code)
      else books.index[outcome.kind]++
    },
  })

  const parts: ((running: AbortSignal) => Promise<void>)[] = []
  const keep = (name: string, run: (running: AbortSignal) => Promise<void>) =>
    parts.push((running) => supervisor.keep(name, () => run(running), running))
  if (enrich !== null) {
    const stage = {
      ...wiring,
      stage: enrich,
      input: topics.raw,
      output: topics.enriched,
      onDone: countEnriched(books),
    }
    keep('enrich', (running) => runStage(stage, running))
  }
  if (stages.has(StageName.Index)) {
    const stage = { ...wiring, stage: index, input: topics.enriched, output: null, onDone: countIndexed(books) }
    keep('index', (running) =>
      runTogether([(until) => runStage(stage, until), (until) => options.progress.run(until)], running),
    )
  }
  const companions = options.companions.filter(({ name }) => stages.has(name))
  for (const companion of companions) keep(companion.name, (running) => companion.run(running))

  const idle = new AbortController()
  parts.push(async (running) => {
    if (options.settleFirst) await settle(options, companions, running)
    // A client that gave up leaves the group: joining again finds every connector at its last cursor.
    if (stages.has(StageName.Ingest))
      await supervisor.keep('connectors', () => runConnectors(options, untilIdle, running), running)
    if (!untilIdle) return untilAborted(running) // a process outlives its sources
    await settle(options, companions, running)
    idle.abort()
  })
  await runTogether(parts, AbortSignal.any([signal, idle.signal]))
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())))

async function runConnectors(options: PipelineOptions, once: boolean, signal: AbortSignal): Promise<void> {
  const { installation, brands, clock, logger, metrics, books, supervisor, onProgress } = options
  const { log, topics, objects, cursors, namespace } = installation
  const byId = new Map(options.connectors.map((connector) => [connector.id, connector]))
  const queries = new QuerySet(brands)
  const gate = new DiskGate(installation.freeBytes, options.minFreeBytes, clock, logger)
  const wiring = {
    ...{
      log,
      raw: topics.raw,
      dead: topics.dead,
      partitions: installation.partitions,
      objects,
      payloads: archivePrefix(namespace, 'payloads'),
      clock,
      logger,
      metrics,
      books,
      once,
    },
    gate: (until: AbortSignal) => gate.pass(until),
    wanted: (mention: Mention) =>
      queries.matchesAnyFields(mentionFields(mention), Facts.of({ mention, annotations: null })),
    ...(options.headers && { headers: options.headers }),
    ...(onProgress && { onProgress }),
  }
  await cursors.run(
    [...byId.keys()],
    async (id, from, owned) => {
      const connector = byId.get(id) as Connector
      let cursor = from
      await supervisor.keep(
        id,
        () =>
          runConnector(
            connector,
            cursor,
            async (reached) => {
              await cursors.save(id, reached)
              cursor = reached // where a restart goes on
            },
            wiring,
            owned,
          ),
        owned,
        once ? RESTARTS_UNTIL_IDLE : undefined,
      )
    },
    signal,
  )
}

const countEnriched = (books: Books) => (outcomes: readonly Outcome<unknown>[], batch: RecordBatch) => {
  books.delivered(StageName.Enrich, batch)
  for (const [i, outcome] of outcomes.entries()) {
    const record = batch.records[i] as LogRecord
    if (outcome.kind === 'dead') countForeign(books, StageName.Enrich, record, outcome.error.code)
    if (!isMention(record)) continue
    if (outcome.kind === 'ok') books.enrich.passed++
    else if (outcome.kind === 'drop') tally(books.enrich.dropped, outcome.reason)
    else tally(books.enrich.dead, outcome.error.code)
  }
}

/** What becomes of mentions is counted by the stage itself, operation by operation. */
const countIndexed = (books: Books) => (outcomes: readonly Outcome<unknown>[], batch: RecordBatch) => {
  books.delivered(StageName.Index, batch)
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.kind === 'dead') countForeign(books, StageName.Index, batch.records[i] as LogRecord, outcome.error.code)
  }
}

/** A record that no connector of ours has written is found in the log, and buried. */
function countForeign(books: Books, stage: 'enrich' | 'index', record: LogRecord, code: string): void {
  if (isMention(record)) return
  books.carry(stage, 1)
  tally(books[stage].dead, code)
}

/** Waits until both groups have committed everything, then lets the companions finish. */
async function settle(options: PipelineOptions, companions: readonly Companion[], signal: AbortSignal): Promise<void> {
  const { log, topics } = options.installation
  const groups = [
    options.stages.has(StageName.Enrich) && ([StageName.Enrich, topics.raw] as const),
    options.stages.has(StageName.Index) && ([StageName.Index, topics.enriched] as const),
  ].filter((group) => group !== false)
  const { clock, logger } = options
  for (const [group, topic] of groups) await waitForGroup({ log, group, topic, clock, logger }, signal)
  if (options.stages.has(StageName.Index)) await options.progress.save()
  for (const companion of companions) if (!signal.aborted) await companion.settle(signal)
}
