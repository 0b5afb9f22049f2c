import { addBooks } from '#infra/runtime/books.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { openForReading } from '../compose.ts'
import type { ReadOnlyInstallation } from '../installation.ts'
import { booksJson, printBooks } from '../print-books.ts'
import { isRunning, type RunRecord, readRunRecords } from '../run-record.ts'
import { pad, writeLines } from '../terminal/columns.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import { safeText } from '../terminal/safe-text.ts'
import { timeZoneOf } from '../time-argument.ts'

export interface StatusOptions {
  readonly data?: string
  readonly config?: string
  readonly timeZone?: string
  readonly json?: boolean
}

/** When a source was last seen; null: never. */
type Sources = ReadonlyMap<string, number | null>

/** How it goes: is something running, how far behind is it, when was each source last seen, do the books balance, is there room. */
export async function status(options: StatusOptions, { output }: CommandIo): Promise<ExitCode> {
  const timeZone = timeZoneOf(options.timeZone)
  await using installation = await openForReading(options.data, options.config)
  const now = systemClock.now()
  const records = await readRunRecords(installation.table)
  const live = records.filter((record) => isRunning(record, now))
  const sources = await sourcesOf(installation, records)
  const lags = await installation.lags()
  const disk = (await installation.local?.disk()) ?? null
  const owner = installation.local?.owner() ?? null
  // On servers nobody holds a lock: a process that runs has written its record just now.
  const runs = installation.local === null ? live.length > 0 : owner !== null
  if (options.json) {
    const processes = records.map((record) => ({ ...record, books: booksJson(record.books) }))
    const lastSeen = Object.fromEntries(sources)
    output.write(`${JSON.stringify({ running: runs, owner, processes, sources: lastSeen, lags, disk })}\n`)
    return ExitCode.Done
  }
  const paint = paintFor(output)
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  const when = (time: number) => format.format(time)
  const lastAt = records.length === 0 ? '' : `, last seen ${when(Math.max(...records.map(({ at }) => at)))}`
  const running =
    (runs ? paint('green', 'running') : paint('yellow', 'not running')) +
    (owner === null ? lastAt : `, process ${owner.pid} since ${when(Date.parse(owner.since))}`)
  const waiting = lags.map((lag) => [lag.group, behind(lag, runs)] as const)
  const used = Object.entries(disk === null ? {} : { ...disk.used, free: disk.free }).map(
    ([name, bytes]) => [name, size(bytes)] as const,
  )
  const lines = [
    running,
    ...section('stages', waiting, paint),
    ...(installation.local === null ? section('processes', processesOf(records, live, when), paint) : []),
    ...section('parts', partsOf(records, live), paint),
    ...section('sources, last seen', seen(sources, when), paint),
    ...booksOf(records, paint),
    ...section('disk', used, paint),
  ]
  writeLines(output, lines)
  return ExitCode.Done
}

/** Cursors outlive runs; sources of the last run that have none were never seen. A replay is no source of its own. */
async function sourcesOf({ cursors }: ReadOnlyInstallation, records: readonly RunRecord[]): Promise<Sources> {
  const sources = new Map<string, number | null>()
  for (const { books } of records) for (const id of Object.keys(books.connectors)) sources.set(id, null)
  // A connector that could not read its source yet says that it has seen it up to the beginning of time.
  for (const [id, { observedAt }] of await cursors.list()) sources.set(id, observedAt > 0 ? observedAt : null)
  return new Map([...sources].filter(([id]) => !id.startsWith('replay-')))
}

const seen = (sources: Sources, when: (time: number) => string): (readonly [string, string])[] =>
  [...sources].map(([id, at]) => [
    id,
    at === null ? 'never: see what "earshot run" says of it' : `${when(at)} (${ago(systemClock.now() - at)})`,
  ])

const processesOf = (
  records: readonly RunRecord[],
  live: readonly RunRecord[],
  when: (time: number) => string,
): (readonly [string, string])[] =>
  records.map((record) => {
    const state = live.includes(record) ? `since ${when(record.startedAt)}` : `${lastWord(record)} ${when(record.at)}`
    return [record.process, `${record.stages.join(', ')}; ${state}`]
  })

const lastWord = ({ ended }: RunRecord): string => (ended ? 'ended' : 'last seen')

/** Of several processes only those that run, or else the last one. */
function partsOf(records: readonly RunRecord[], live: readonly RunRecord[]): (readonly [string, string])[] {
  const last = records.toSorted((a, b) => a.at - b.at).slice(-1)
  return (live.length > 0 ? live : last).flatMap((record) =>
    Object.entries(record.health).map(([part, { state, restarts, problem }]) => {
      const shown = live.length === 0 && state === 'running' ? 'stopped' : state
      const again = restarts === 0 ? '' : `, started again ${restarts} times`
      const name = live.length > 1 ? `${part} (${record.process})` : part
      return [name, `${shown}${again}${problem === null ? '' : `, last problem: ${safeText(problem)}`}`] as const
    }),
  )
}

/** Those of all processes together; they balance where the records of all that took part are still there. */
function booksOf(records: readonly RunRecord[], paint: Paint): string[] {
  if (records.length === 0) return []
  return ['', ...printBooks(addBooks(records.map(({ books }) => books)), paint)]
}

/** The archive is behind by design: it stores whole segments, the last of them at the end of a run that ends by itself. */
function behind({ group, waiting }: { readonly group: string; readonly waiting: number }, running: boolean): string {
  const records = `${waiting.toLocaleString('en-US')} records`
  if (!group.startsWith('archive') || waiting === 0) return `${records} behind`
  return running ? `${records} collected, stored every five minutes` : `${records} to be stored by the next run`
}

function section(title: string, rows: readonly (readonly [string, string])[], paint: Paint): string[] {
  if (rows.length === 0) return []
  const width = Math.max(...rows.map(([name]) => name.length))
  return ['', paint('bold', title), ...rows.map(([name, text]) => `  ${pad(name, width)}  ${text}`)]
}

function ago(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  if (minutes < 2) return 'just now'
  if (minutes < 120) return `${minutes} min ago`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`
}

function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}
