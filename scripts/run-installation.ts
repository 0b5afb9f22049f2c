import type { Logger } from 'pino'
import { installedModels } from '#enrich/installed-models.ts'
import type { AlertRule } from '#index/alerts/alert-rule.ts'
import { Alerting } from '#index/alerts/alerting.ts'
import { Archiver, pruneArchive } from '#index/archive/archiver.ts'
import { IndexProgress } from '#index/search/index-progress.ts'
import type { Connector, Progress } from '#infra/contracts/connector.ts'
import { acceptedOf, Books, type BooksSnapshot, handledOf } from '#infra/runtime/books.ts'
import type { ConnectorContext } from '#infra/runtime/connector-context.ts'
import { createGuardedDispatcher } from '#infra/runtime/guarded-dispatcher.ts'
import { startHealthServer } from '#infra/runtime/health-server.ts'
import type { LogLevel } from '#infra/runtime/log-level.ts'
import { createLogger, readableLine } from '#infra/runtime/logger.ts'
import { createMetrics } from '#infra/runtime/metrics.ts'
import { runTogether } from '#infra/runtime/run-together.ts'
import { Supervisor } from '#infra/runtime/supervisor.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import type { CommandIo } from './command-io.ts'
import { archivePrefix, type Installation, openInstallation } from './compose.ts'
import { activateGeneration } from './generation.ts'
import { type Companion, runPipeline, StageName } from './pipeline.ts'
import { writeRunRecord } from './run-record.ts'
import { paintFor } from './terminal/paint.ts'
import { ProgressBar } from './terminal/progress-bar.ts'
import { safeText } from './terminal/safe-text.ts'
import { version } from './version.ts'

const RECORD_EVERY_MS = 2_000
const REDRAW_MS = 250
const PRUNE_EVERY_MS = 3_600_000
/** Deletions of mentions that were never seen are kept so long in the index; the archive keeps them after that. */
const TOMBSTONE_MS = 3 * 86_400_000

export interface RunSettings {
  readonly data: string
  readonly namespace: string
  readonly brands: readonly BrandProfile[]
  readonly alerts: readonly AlertRule[]
  readonly connectors: (
    context: ConnectorContext,
    installation: Installation,
    generation: number,
  ) => readonly Connector[]
  /** Headers of everything that the connectors produce. */
  readonly headers?: Readonly<Record<string, string>>
  readonly allowPrivate: boolean
  readonly retentionMs: number | null
  readonly maxLogBytes: number
  readonly minFreeBytes: number
  readonly stages: ReadonlySet<StageName>
  readonly scores: boolean
  readonly untilIdle: boolean
  readonly healthPort?: number | undefined
  readonly logLevel?: LogLevel | undefined
}

export const ALL_STAGES: ReadonlySet<StageName> = new Set(Object.values(StageName))

/** Opens an installation, runs its pipeline until it is idle or interrupted, and answers the books of the run. */
export async function runInstallation(settings: RunSettings, { errors, signal }: CommandIo): Promise<BooksSnapshot> {
  const bar = new ProgressBar(errors)
  const terminal = errors.isTTY === true
  const logger = createLogger(settings.logLevel ?? (terminal ? 'warn' : 'info'), (line) =>
    bar.line(terminal ? safeText(readableLine(line)) : line.trimEnd()),
  )
  const clock = systemClock
  await using installation = await openInstallation(settings)
  const dispatcher = createGuardedDispatcher({ allowPrivate: settings.allowPrivate })
  await using _connections = { [Symbol.asyncDispose]: () => dispatcher.destroy() }
  const metrics = createMetrics()
  const books = new Books()
  const supervisor = new Supervisor(clock, logger, metrics)
  await using _health =
    settings.healthPort === undefined
      ? null
      : await startHealthServer({ port: settings.healthPort, registry: metrics.registry, health: supervisor.health })
  const { brands } = settings
  const made = {
    version: version(),
    models: settings.scores ? installedModels().map(({ name, version }) => `${name}/${version}`) : [],
    brands,
  }
  const generation = await activateGeneration(installation.table, made, clock)
  const context = { clock, dispatcher, logger, userAgent: `Earshot/${version()} (social listening; self-hosted)` }
  const connectors = settings.connectors(context, installation, generation)
  const progress = new IndexProgress(await installation.log.partitions(installation.topics.enriched))
  const alerting = new Alerting({
    ...{ rules: settings.alerts, index: installation.index, table: installation.table, log: installation.log },
    ...{ topic: installation.topics.alerts, through: () => progress.through(connectors.map(({ id }) => id)) },
    latenessMs: Math.max(0, ...connectors.map((connector) => connector.latenessMs)),
    ...{ clock, logger, dispatcher },
    onAlert: (alert) => bar.line(paintFor(errors)(['bold', 'magenta'], `ALERT  ${safeText(alert.summary)}`)),
  })
  const companions: Companion[] = [
    { name: StageName.Alerts, run: (until) => alerting.run(until), settle: (until) => alerting.settle(until) },
    archiving(settings, installation, logger),
  ]

  const startedAt = clock.now()
  let recorded: Promise<void> = Promise.resolve()
  /** In turn, so that the last one made is the last one written. It is only for people who look: the run goes on without. */
  const record = (ended: boolean): Promise<void> => {
    const write = () =>
      writeRunRecord(installation.table, {
        ...{ startedAt, at: clock.now(), ended, books: books.snapshot() },
        health: Object.fromEntries(supervisor.health),
      })
    recorded = recorded.then(write).catch((err) => logger.warn({ err }, 'status not written'))
    return recorded
  }
  const progressOf = new Map<string, Progress>()
  const redraw = setInterval(() => draw(bar, books, progressOf, startedAt), REDRAW_MS)
  const recording = setInterval(() => void record(false), RECORD_EVERY_MS)
  try {
    await record(false)
    logger.info(
      { stages: [...settings.stages], connectors: connectors.map(({ id }) => id), generation },
      'pipeline started',
    )
    await runPipeline(
      {
        ...{
          installation,
          generation,
          brands,
          connectors,
          companions,
          progress,
          books,
          metrics,
          supervisor,
          clock,
          logger,
        },
        ...{ stages: settings.stages, scores: settings.scores, minFreeBytes: settings.minFreeBytes },
        ...(settings.headers && { headers: settings.headers }),
        onProgress: (connector, reached) => progressOf.set(connector, reached),
      },
      settings.untilIdle,
      signal,
    )
  } finally {
    clearInterval(redraw)
    clearInterval(recording)
    draw(bar, books, progressOf, startedAt)
    bar.finish()
    await record(true)
    logger.info({ seconds: Math.round((clock.now() - startedAt) / 1000) }, 'pipeline stopped')
  }
  return books.snapshot()
}

function archiving(settings: RunSettings, installation: Installation, logger: Logger): Companion {
  const { log, topics, objects, namespace, epochs, index } = installation
  const clock = systemClock
  const archivers = (
    [
      [topics.raw, 'MentionEvent', epochs.raw],
      [topics.enriched, 'EnrichedEvent', epochs.enriched],
    ] as const
  ).map(
    ([topic, holds, epoch]) =>
      new Archiver({ log, topic, holds, objects, prefix: archivePrefix(namespace, topic), epoch, clock, logger }),
  )

  /** Retention and tombstones, now and every hour. */
  const prune = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const now = clock.now()
      const retainSince = settings.retentionMs === null ? null : now - settings.retentionMs
      await index.prune(now - TOMBSTONE_MS, retainSince)
      if (retainSince !== null) await pruneArchive(objects, namespace, retainSince)
      await clock.sleep(PRUNE_EVERY_MS, signal).catch(() => {})
    }
  }
  return {
    name: StageName.Archive,
    // All or none: a restart of one that failed subscribes again, which needs the other to have let go as well.
    run: (signal) => runTogether([...archivers.map((archiver) => archiver.run.bind(archiver)), prune], signal),
    settle: async (signal) => void (await Promise.all(archivers.map((archiver) => archiver.settle(signal)))),
  }
}

/** The bar shows the sources while they have an end, afterwards how much is coming in. */
function draw(bar: ProgressBar, books: Books, progressOf: ReadonlyMap<string, Progress>, startedAt: number): void {
  const snapshot = books.snapshot()
  const accepted = acceptedOf(snapshot)
  const handled = handledOf(snapshot)
  const seconds = Math.max(0.001, (systemClock.now() - startedAt) / 1000)
  const parts = [
    `${handled.toLocaleString('en-US')} of ${(accepted + snapshot.carried).toLocaleString('en-US')} indexed`,
    `${Math.round(handled / seconds).toLocaleString('en-US')}/s`,
  ]
  let done = 0
  let total = 0
  for (const progress of progressOf.values()) {
    done += progress.done
    total += progress.total ?? 0
  }
  // Reading runs ahead of indexing: the bar shows the slower one.
  const read = total > 0 ? Math.min(1, done / total) : null
  const indexed = accepted + snapshot.carried > 0 ? Math.min(1, handled / (accepted + snapshot.carried)) : 1
  bar.update(read === null ? null : read * indexed, parts.join(', '))
}
