import { installedModels } from '#enrich/installed-models.ts'
import { AlertHorizon } from '#index/alerts/alert-horizon.ts'
import type { AlertRule } from '#index/alerts/alert-rule.ts'
import { Alerting } from '#index/alerts/alerting.ts'
import { IndexProgress } from '#index/search/index-progress.ts'
import type { Connector } from '#infra/contracts/connector.ts'
import { Books, type BooksSnapshot } from '#infra/runtime/books.ts'
import type { ConnectorContext } from '#infra/runtime/connector-context.ts'
import { createGuardedDispatcher } from '#infra/runtime/guarded-dispatcher.ts'
import { startHealthServer } from '#infra/runtime/health-server.ts'
import type { LogLevel } from '#infra/runtime/log-level.ts'
import { createLogger } from '#infra/runtime/logger.ts'
import { createMetrics } from '#infra/runtime/metrics.ts'
import { Supervisor } from '#infra/runtime/supervisor.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { createArchiving } from './archiving.ts'
import type { CommandIo } from './command-io.ts'
import { openInstallation } from './compose.ts'
import { activateGeneration } from './generation.ts'
import type { Installation, Servers } from './installation.ts'
import { runPipeline, StageName } from './pipeline.ts'
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
  readonly healthPort?: number | undefined
  readonly logLevel?: LogLevel | undefined
}

export const ALL_STAGES: ReadonlySet<StageName> = new Set(Object.values(StageName))

/** Opens an installation, runs its pipeline until it is idle or interrupted, and answers the books of the run. */
export async function runInstallation(settings: RunSettings, { errors, signal }: CommandIo): Promise<BooksSnapshot> {
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
      : await startHealthServer({ port: settings.healthPort, registry: metrics.registry, health: supervisor.health })

  const models = scores ? installedModels().map((model) => `${model.name}/${model.version}`) : []
  const generation = await activateGeneration(installation.table, { version: version(), models, brands }, clock)
  const context = { clock, dispatcher, logger, userAgent: `Earshot/${version()} (social listening; self-hosted)` }
  const connectors = settings.connectors(context, installation, generation)
  const progress = new IndexProgress(await installation.log.partitions(installation.topics.enriched))
  const horizon = new AlertHorizon({ progress, connectors: connectors.map(({ id }) => id), clock, logger })
  const alerting = new Alerting({
    ...{ rules: settings.alerts, index: installation.index, table: installation.table, log: installation.log },
    ...{ topic: installation.topics.alerts, through: () => horizon.through() },
    latenessMs: Math.max(0, ...connectors.map((connector) => connector.latenessMs)),
    ...{ clock, logger, dispatcher },
    onAlert: (alert) => display.alert(alert),
  })
  const alerts = {
    name: StageName.Alerts,
    run: (until: AbortSignal) => alerting.run(until),
    settle: (until: AbortSignal) => alerting.settle(until),
  }
  const archive = createArchiving(installation, settings.retentionMs, clock, logger)

  const books = new Books()
  await using _record = await RunRecorder.start(installation.table, { clock, logger, books, health: supervisor.health })
  using _watching = display.watch(books, installation.index, !untilIdle)
  logger.info({ stages: [...stages], connectors: connectors.map(({ id }) => id), generation }, 'pipeline started')
  try {
    const { headers, minFreeBytes, settleFirst = false } = settings
    await runPipeline(
      {
        ...{ installation, generation, brands, connectors, companions: [alerts, archive], progress, books },
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
  return books.snapshot()
}
