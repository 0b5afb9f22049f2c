import { EnrichStage } from '#enrich/enrich-stage.ts'
import type { EventLog } from '#infra/contracts/event-log.ts'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { Books, type BooksSnapshot } from '#infra/runtime/books.ts'
import { DiskGate } from '#infra/runtime/disk-gate.ts'
import type { LogLevel } from '#infra/runtime/log-level.ts'
import { createLogger, readableLine } from '#infra/runtime/logger.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import type { ArchiveReport } from '#ingest/replay/read-archive.ts'
import { createArchiving } from '../archiving.ts'
import type { CommandIo } from '../command-io.ts'
import { openInstallation } from '../compose.ts'
import { makersOf } from '../generation.ts'
import { archivePrefix, type Installation } from '../installation.ts'
import { ENRICH_DEADLINE_MS, ENRICH_WORKERS } from '../pipeline.ts'
import type { RunSettings } from '../run-installation.ts'
import { ProgressBar } from '../terminal/progress-bar.ts'
import { RateMeter } from '../terminal/rate-meter.ts'
import { safeText } from '../terminal/safe-text.ts'
import { hashOf, takeBeside } from './beside.ts'
import { ReplayCursor } from './replay-cursor.ts'
import { ReplayPass } from './replay-pass.ts'
import { type AskedReplay, ReplayTopic } from './replay-selection.ts'

export interface AsideOptions {
  readonly settings: RunSettings
  readonly asked: AskedReplay
  /** null: what was scored goes back into the live index. */
  readonly into: string | null
  readonly rate: number | null
  readonly logLevel: LogLevel | undefined
  readonly report: ArchiveReport
}

/** Reads the archive into an index without the log, and answers the books of that. */
export async function replayAside(options: AsideOptions, io: CommandIo): Promise<BooksSnapshot> {
  const { settings, asked, into, rate, report } = options
  const { errors, signal } = io
  const clock = systemClock
  const bar = new ProgressBar(errors)
  const isTerminal = errors.isTTY === true
  const logger = createLogger(options.logLevel ?? (isTerminal ? 'warn' : 'info'), (line) =>
    bar.line(isTerminal ? safeText(readableLine(line)) : line.trimEnd()),
  )
  await using installation = await openInstallation({ ...settings, logger })
  // Where other processes archive, what they hold is minutes old and theirs to store.
  if (!settings.servers) await settleArchive(installation, io, logger)
  const { topics, namespace, objects, log, table } = installation
  const raw = asked.topic === ReplayTopic.Raw
  const topic = raw ? topics.raw : topics.enriched
  const makers = makersOf(settings.brands, settings.scores)
  const beside =
    into === null ? null : await takeBeside(table, into, { topic: asked.topic, key: asked.key, makers }, clock)
  await using opened = into === null ? null : await installation.besides.open(into)
  const index: SearchIndex = opened ?? installation.index
  await using enrich =
    beside !== null && raw
      ? new EnrichStage({
          ...{ workers: ENRICH_WORKERS, deadlineMs: ENRICH_DEADLINE_MS, generation: beside.generation },
          ...{ brands: settings.brands, scores: settings.scores, topic },
        })
      : null
  // An index that was dropped and made anew knows nothing of what the old one had read.
  const life = beside && { into, createdAt: beside.createdAt, generation: beside.generation }
  const id = `replay-${hashOf({ topic, life, ...asked.key }).slice(0, 12)}`
  const cursor = await ReplayCursor.open(table, id)
  const books = new Books()
  const rateOf = new RateMeter()
  let seen = 0
  const gate = new DiskGate(installation.freeBytes, settings.minFreeBytes, clock, logger)
  const pass = new ReplayPass({
    reading: {
      ...{ ...asked.selection, later: true, objects, rate, clock, logger },
      unarchived: () => unarchivedOf(log, topic),
      ...{ prefix: archivePrefix(namespace, topic), deletes: archivePrefix(namespace, topics.raw) },
    },
    ...{ report, from: cursor.position, save: (position) => cursor.save(position) },
    ...{ holds: raw ? 'MentionEvent' : 'EnrichedEvent', topic, enrich, index, log, dead: topics.dead, books, id },
    ...{ mark: new Date(clock.now()).toISOString(), clock, logger, gate: (until) => gate.pass(until) },
    onProgress: (done, total, read) => {
      seen += read
      bar.update(total === 0 ? 1 : done / total, `${seen.toLocaleString('en-US')} replayed, ${rateOf.text(seen)}`)
    },
  })
  logger.info({ replay: id, resumed: cursor.position !== null }, 'replay started')
  try {
    if (await pass.run(signal)) await cursor.end()
  } finally {
    bar.finish()
    logger.info('replay stopped')
  }
  return books.snapshot()
}

/** Records of a topic that are in the log and not yet in the archive; heartbeats, which it does not keep, among them. */
export async function unarchivedOf(log: EventLog, topic: string): Promise<number> {
  const lag = await log.lag('archive', topic)
  return lag.reduce((sum, { committed, end }) => sum + end - committed, 0)
}

/** What earlier runs have left in the log belongs to the archive. */
async function settleArchive(
  installation: Installation,
  { signal }: CommandIo,
  logger: Parameters<typeof createArchiving>[3],
): Promise<void> {
  const archiving = createArchiving(installation, null, systemClock, logger)
  const settled = new AbortController()
  const running = archiving.run(AbortSignal.any([signal, settled.signal]))
  await Promise.race([archiving.settle(signal), running])
  settled.abort()
  await running
}
