import { existsSync } from 'node:fs'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import type { LogLevel } from '#infra/runtime/log-level.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { ArchiveReport } from '#ingest/replay/read-archive.ts'
import { createReplayConnector, replayId } from '#ingest/replay/replay-connector.ts'
import { Header } from '#schemas/topics.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { dataPath } from '../compose.ts'
import { demoBrands } from '../demo/demo-brands.ts'
import { archivePrefix } from '../installation.ts'
import { booksJson, printBooks } from '../print-books.ts'
import { printReport } from '../replay/print-report.ts'
import { type AskedReplay, type ReplayArguments, selectionOf } from '../replay/replay-selection.ts'
import { type RunEnd, type RunSettings, runInstallation } from '../run-installation.ts'
import { writeLines } from '../terminal/columns.ts'
import { paintFor } from '../terminal/paint.ts'
import { settingsOf } from './run.ts'

export interface ReplayCommandOptions extends ReplayArguments {
  readonly config: string
  readonly data?: string
  readonly rate?: number
  readonly logLevel?: LogLevel
  readonly json?: boolean
}

/**
 * Reads archived mentions of a range back into the pipeline, so that today's models, lists and profiles score them. What was
 * deleted stays deleted, alerts stay quiet, and the archive takes nothing twice.
 */
export async function replay(options: ReplayCommandOptions, io: CommandIo): Promise<ExitCode> {
  const data = dataPath(options.data, options.config)
  const configuration = existsSync(options.config) ? await loadConfiguration(options.config) : null
  const settings = configuration === null ? demoSettings(data) : settingsOf(configuration, data)
  const asked = selectionOf(options, settings.brands, systemClock.now())
  const report = new ArchiveReport()
  const { books, part } = await throughTheLog(settings, asked, options, report, io)
  const read = Object.values(books.connectors).reduce((sum, book) => sum + book.read, 0)
  const told = printReport(report, { asked, read, configured: configuration?.connectors.map(({ id }) => id) ?? [] })
  if (options.json) {
    io.output.write(`${JSON.stringify({ ...(booksJson(books) as object), archive: told.json })}\n`)
    writeLines(io.errors, told.problems)
  } else writeLines(io.output, [...printBooks(books, paintFor(io.output), part), ...told.lines, ...told.problems])
  return told.problems.length === 0 ? ExitCode.Done : ExitCode.Failed
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
    connectors: ({ clock, logger }, { objects, namespace, topics }, generation) => {
      const prefix = archivePrefix(namespace, topics.raw)
      const reading = { ...selection, objects, prefix, deletes: prefix, rate: rate ?? null, clock, logger }
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
