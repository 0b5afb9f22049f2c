import { existsSync } from 'node:fs'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { LogLevel } from '#infra/runtime/log-level.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { createReplayConnector, replayId } from '#ingest/replay/replay-connector.ts'
import { mentionTokens } from '#query/mention-tokens.ts'
import { QuerySet } from '#query/query-set.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { Header } from '#schemas/topics.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { dataPath } from '../compose.ts'
import { demoBrands } from '../demo/demo-brands.ts'
import { archivePrefix } from '../installation.ts'
import { booksJson, printBooks } from '../print-books.ts'
import { type RunSettings, runInstallation } from '../run-installation.ts'
import { writeLines } from '../terminal/columns.ts'
import { paintFor } from '../terminal/paint.ts'
import { parseTime, timeZoneOf } from '../time-argument.ts'
import { settingsOf } from './run.ts'

export interface ReplayCommandOptions {
  readonly config: string
  readonly data?: string
  readonly from: string
  readonly to: string
  readonly brand?: string
  readonly logLevel?: LogLevel
  readonly json?: boolean
}

/**
 * Reads archived raw mentions of a range back into the pipeline, so that today's models, lists and profiles score them. What was
 * deleted stays deleted, alerts stay quiet, and the archive takes nothing twice.
 */
export async function replay(options: ReplayCommandOptions, io: CommandIo): Promise<ExitCode> {
  const now = systemClock.now()
  const timeZone = timeZoneOf(undefined)
  const from = parseTime(options.from, now, timeZone)
  const to = parseTime(options.to, now, timeZone)
  if (from >= to) throw new PipelineError(ErrorClass.Config, 'RANGE_EMPTY', '--from must be earlier than --to')
  const data = dataPath(options.data, options.config)
  const base = existsSync(options.config)
    ? settingsOf(await loadConfiguration(options.config), data)
    : demoSettings(data)
  const brand = options.brand === undefined ? null : brandOf(base.brands, options.brand)
  const queries = brand === null ? null : new QuerySet([brand])
  const settings: RunSettings = {
    ...base,
    alerts: [],
    untilIdle: true,
    settleFirst: true,
    logLevel: options.logLevel,
    headers: { [Header.Replay]: new Date(now).toISOString() },
    connectors: ({ clock }, { objects, namespace, topics }, generation) => [
      createReplayConnector({
        id: replayId(from, to, options.brand ?? null, generation),
        objects,
        prefix: archivePrefix(namespace, topics.raw),
        ...{ from, to, clock },
        wanted: queries && (({ mention }) => mention !== null && queries.matchesAny(mentionTokens(mention))),
      }),
    ],
  }
  const { books, part } = await runInstallation(settings, io)
  if (options.json) io.output.write(`${JSON.stringify(booksJson(books))}\n`)
  else writeLines(io.output, printBooks(books, paintFor(io.output), part))
  return ExitCode.Done
}

const demoSettings = (data: string): RunSettings => ({
  ...{ data, namespace: 'earshot', brands: demoBrands, alerts: [], connectors: () => [], allowPrivate: false },
  ...{ retentionMs: null, maxLogBytes: 4e9, minFreeBytes: 1e9, scores: true, untilIdle: true },
  stages: new Set(['ingest', 'enrich', 'index', 'archive'] as const),
})

function brandOf(brands: readonly BrandProfile[], id: string): BrandProfile {
  const found = brands.find((brand) => brand.id === id)
  if (found !== undefined) return found
  const message = `there is no brand "${id}": expected one of ${brands.map((brand) => brand.id).join(', ')}`
  throw new PipelineError(ErrorClass.Config, 'BRAND_UNKNOWN', message)
}
