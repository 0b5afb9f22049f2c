import { AlertHorizon } from '#index/alerts/alert-horizon.ts'
import type { AlertRule } from '#index/alerts/alert-rule.ts'
import { Alerting } from '#index/alerts/alerting.ts'
import { IndexProgress, SavedProgress } from '#index/search/index-progress.ts'
import type { Connector } from '#infra/contracts/connector.ts'
import { Books, type BooksSnapshot } from '#infra/runtime/books.ts'
import type { ConnectorContext } from '#infra/runtime/connector-context.ts'
import { createGuardedDispatcher } from '#infra/runtime/guarded-dispatcher.ts'
import { startHealthServer } from '#infra/runtime/health-server.ts'
import { Lease } from '#infra/runtime/lease.ts'
import type { LogLevel } from '#infra/runtime/log-level.ts'
import { createLogger } from '#infra/runtime/logger.ts'
import { createMetrics } from '#infra/runtime/metrics.ts'
import { Supervisor } from '#infra/runtime/supervisor.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { createArchiving } from './archiving.ts'
import type { CommandIo } from './command-io.ts'
import { openInstallation } from './compose.ts'
import { activateGeneration, makersOf, requireGeneration } from './generation.ts'
import type { Installation, Servers } from './installation.ts'
import { type Companion, runPipeline, StageName } from './pipeline.ts'
import { RunDisplay } from './run-display.ts'
import { RunRecorder } from './run-record.ts'
import { version } from './version.ts'

export interface RunSettings {
  readonly data: string
  /** null or absent: embedded, in `data`. */
  readonly servers?: Servers | null
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
  readonly settleFirst?: boolean
  readonly healthHost?: string | undefined
  readonly healthPort?: number | undefined
  readonly logLevel?: LogLevel | undefined
}

export const ALL_STAGES: ReadonlySet<StageName> = new Set(Object.values(StageName))
/** Only a process with all of these has read what it indexes. */
const WHOLE = [StageName.Ingest, StageName.Enrich, StageName.Index] as const

/** How a run ended. */
export interface RunEnd {
  readonly books: BooksSnapshot
  /** Did other processes work on the installation as well, or this one only with some of the stages? */
  readonly part: boolean
}

/** Opens an installation, runs its pipeline until it is idle or interrupted, and answers the books of the run. */
export async function runInstallation(settings: RunSettings, { errors, signal }: CommandIo): Promise<RunEnd> {
  const { brands, stages, scores, untilIdle } = settings
  const clock = systemClock
  const display = new RunDisplay(errors)
  const logger = createLogger(settings.logLevel ?? (errors.isTTY === true ? 'warn' : 'info'), (line) =>
    display.log(line),
  )
  await using installation = await openInstallation({ ...settings, logger })
  const dispatcher = createGuardedDispatcher({ allowPrivate: settings.allowPrivate })
  await using _connections = { [Symbol.asyncDispose]: () => dispatcher.destroy() }
  const metrics = createMetrics()
  const supervisor = new Supervisor(clock, logger, metrics)
  await using _health =
    settings.healthPort === undefined
      ? null
      : await startHealthServer({
          ...{ host: settings.healthHost, port: settings.healthPort },
          ...{ registry: metrics.registry, health: supervisor.health },
        })

  const { table, process } = installation
  const makers = makersOf(brands, scores)
  // A data directory has one process: what it starts with is what is active.
  const generation = settings.servers
    ? await requireGeneration(table, makers)
    : await activateGeneration(table, makers, clock)
  const context = { clock, dispatcher, logger, userAgent: `Earshot/${version()} (social listening; self-hosted)` }
  const connectors = settings.connectors(context, installation, generation)
  const progress = new IndexProgress({ table, clock, logger })
  const startedAt = clock.now()
  const horizon = new AlertHorizon({
    progress: () => SavedProgress.read(table, installation.partitions, startedAt),
    ...{ connectors: connectors.map(({ id }) => id), clock, logger },
  })
  const alerting = new Alerting({
    ...{ rules: settings.alerts, index: installation.index, table, log: installation.log },
    ...{ topic: installation.topics.alerts, through: () => horizon.through() },
    latenessMs: Math.max(0, ...connectors.map((connector) => connector.latenessMs)),
    ...{ clock, logger, dispatcher },
    onAlert: (alert) => display.alert(alert),
  })
  const alerts = createAlerts(alerting, new Lease({ table, name: 'alerts', owner: process, clock, logger }))
  const archive = createArchiving(installation, settings.retentionMs, clock, logger)
  // A process without rules, as a replay is, must not hold the lease of those that have some.
  const companions = settings.alerts.length > 0 ? [alerts, archive] : [archive]

  const books = new Books()
  await using record = await RunRecorder.start(table, {
    ...{ process, stages, clock, logger, books, health: supervisor.health },
  })
  using _watching = display.watch(books, installation.index, !untilIdle)
  logger.info({ stages: [...stages], connectors: connectors.map(({ id }) => id), generation }, 'pipeline started')
  try {
    const { headers, minFreeBytes, settleFirst = false } = settings
    await runPipeline(
      {
        ...{ installation, generation, brands, connectors, companions, progress, books },
        ...{
          metrics,
          supervisor,
          clock,
          logger,
          stages,
          scores,
          minFreeBytes,
          settleFirst,
          ...(headers && { headers }),
        },
        onProgress: (connector, reached) => display.progress(connector, reached),
      },
      untilIdle,
      signal,
    )
  } finally {
    logger.info('pipeline stopped')
  }
  const whole = WHOLE.every((stage) => stages.has(stage)) && (await record.wasAlone())
  return { books: books.snapshot(), part: !whole }
}

/** One process at a time watches the rules: an alert is then sent once. */
const createAlerts = (alerting: Alerting, lease: Lease): Companion => ({
  name: StageName.Alerts,
  run: (signal) => lease.run((held) => alerting.run(held), signal),
  settle: async (signal) => {
    if ((await lease.standing(signal)) === 'held') await alerting.settle(signal)
  },
})
