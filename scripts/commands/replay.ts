import { existsSync } from 'node:fs'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import type { LogLevel } from '#infra/runtime/log-level.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { ArchiveReport } from '#ingest/replay/read-archive.ts'
import { createReplayConnector, replayId } from '#ingest/replay/replay-connector.ts'
import { Header } from '#schemas/topics.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { dataPath, openInstallation } from '../compose.ts'
import { demoBrands } from '../demo/demo-brands.ts'
import { archivePrefix } from '../installation.ts'
import { StageName } from '../pipeline.ts'
import { booksJson, printBooks } from '../print-books.ts'
import { checkName, findBeside, forgetBeside } from '../replay/beside.ts'
import { printReport } from '../replay/print-report.ts'
import { replayAside, unarchivedOf } from '../replay/replay-aside.ts'
import { type AskedReplay, type ReplayArguments, ReplayTopic, selectionOf } from '../replay/replay-selection.ts'
import { type RunEnd, type RunSettings, runInstallation } from '../run-installation.ts'
import { writeLines } from '../terminal/columns.ts'
import { paintFor } from '../terminal/paint.ts'
import { settingsOf } from './run.ts'

export interface ReplayCommandOptions extends ReplayArguments {
  readonly config: string
  readonly data?: string
  readonly into?: string
  readonly drop?: string
  readonly rate?: number
  readonly logLevel?: LogLevel
  readonly json?: boolean
}

/**
 * Reads archived mentions of a range again. Raw ones go back into the pipeline, or into an index beside the live one, so that
 * today's models, lists and profiles score them; enriched ones go into an index as they were scored. What was deleted stays
 * deleted, alerts stay quiet, and the archive takes nothing twice.
 */
export async function replay(options: ReplayCommandOptions, io: CommandIo): Promise<ExitCode> {
  const data = dataPath(options.data, options.config)
  const configuration = existsSync(options.config) ? await loadConfiguration(options.config) : null
  const settings = configuration === null ? demoSettings(data) : settingsOf(configuration, data)
  if (options.drop !== undefined) return drop(options.drop, settings, options.json === true, io)
  const asked = selectionOf(options, settings.brands, systemClock.now())
  const into = options.into === undefined ? null : checkName(options.into)
  const report = new ArchiveReport()
  const aside = { settings, asked, into, rate: options.rate ?? null, logLevel: options.logLevel, report }
  const { books, part } =
    into === null && asked.topic === ReplayTopic.Raw
      ? await throughTheLog(settings, asked, options, report, io)
      : { books: await replayAside(aside, io), part: false }
  const read = Object.values(books.connectors).reduce((sum, book) => sum + book.read, 0)
  const told = printReport(report, { asked, read, configured: configuration?.connectors.map(({ id }) => id) ?? [] })
  if (options.json) {
    io.output.write(`${JSON.stringify({ ...(booksJson(books) as object), archive: told.json })}\n`)
    writeLines(io.errors, told.problems)
  } else {
    const next = into === null ? [] : ['', `compare it with the live index: earshot diff ${into}`]
    const lines = [...printBooks(books, paintFor(io.output), part), ...told.lines, ...told.problems, ...next]
    writeLines(io.output, lines)
  }
  return told.problems.length === 0 ? ExitCode.Done : ExitCode.Failed
}

const THROUGH_SERVERS: ReadonlySet<StageName> = new Set([StageName.Ingest, StageName.Enrich, StageName.Index])

async function drop(name: string, settings: RunSettings, json: boolean, { output }: CommandIo): Promise<ExitCode> {
  await using installation = await openInstallation(settings)
  await findBeside(installation.table, name)
  await installation.besides.remove(name)
  await forgetBeside(installation.table, name)
  output.write(json ? `${JSON.stringify({ dropped: name })}\n` : `The index "${name}" and all that it held are gone.\n`)
  return ExitCode.Done
}

async function throughTheLog(
  base: RunSettings,
  { key, selection }: AskedReplay,
  { rate, logLevel }: ReplayCommandOptions,
  report: ArchiveReport,
  io: CommandIo,
): Promise<RunEnd> {
  const settings: RunSettings = {
    ...base,
    alerts: [],
    untilIdle: true,
    settleFirst: true,
    logLevel,
    headers: { [Header.Replay]: new Date(systemClock.now()).toISOString() },
    // Where other processes archive, what they hold is minutes old and theirs to store.
    stages: base.servers ? THROUGH_SERVERS : base.stages,
    connectors: ({ clock, logger }, { log, objects, namespace, topics }, generation) => {
      const prefix = archivePrefix(namespace, topics.raw)
      const unarchived = () => unarchivedOf(log, topics.raw)
      const reading = { ...selection, objects, prefix, deletes: prefix, rate: rate ?? null, unarchived, clock, logger }
      return [createReplayConnector({ ...reading, id: replayId({ ...key, generation }), report })]
    },
  }
  return runInstallation(settings, io)
}

const demoSettings = (data: string): RunSettings => ({
  ...{ data, namespace: 'earshot', brands: demoBrands, alerts: [], connectors: () => [], allowPrivate: false },
  ...{ retentionMs: null, maxLogBytes: 4e9, minFreeBytes: 1e9, scores: true, untilIdle: true },
  stages: new Set(['ingest', 'enrich', 'index', 'archive'] as const),
})
