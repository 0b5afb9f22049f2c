import { systemClock } from '#infra/runtime/system-clock.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { openForReading } from '../compose.ts'
import { booksJson, printBooks } from '../print-books.ts'
import { readRunRecord } from '../run-record.ts'
import { paintFor } from '../terminal/paint.ts'
import { safeText } from '../terminal/safe-text.ts'
import { timeZoneOf } from '../time-argument.ts'

export interface StatusOptions {
  readonly data?: string
  readonly timeZone?: string
  readonly json?: boolean
}

/** How it goes: is something running, how far behind is it, when was each source last seen, do the books balance, is there room. */
export async function status(options: StatusOptions, { output }: CommandIo): Promise<ExitCode> {
  const timeZone = timeZoneOf(options.timeZone)
  await using installation = await openForReading(options.data)
  const record = await readRunRecord(installation.table)
  const lags = await installation.lags()
  const disk = await installation.disk()
  const owner = await installation.owner()
  const now = systemClock.now()
  if (options.json) {
    const run = record && { ...record, books: booksJson(record.books) }
    output.write(`${JSON.stringify({ running: owner !== null, owner, run, lags, disk })}\n`)
    return ExitCode.Done
  }
  const paint = paintFor(output)
  const when = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  const lines: string[] = []
  if (owner !== null)
    lines.push(`${paint('green', 'running')}, process ${owner.pid} since ${when.format(Date.parse(owner.since))}`)
  else lines.push(paint('yellow', 'not running') + (record ? `, last seen ${when.format(record.at)}` : ''))
  lines.push('', paint('bold', 'stages'))
  for (const { group, waiting } of lags)
    lines.push(`  ${group.padEnd(10)} ${waiting.toLocaleString('en-US')} records behind`)
  if (record !== null) {
    lines.push('', paint('bold', 'parts'))
    for (const [name, part] of Object.entries(record.health)) {
      const problem = part.problem === null ? '' : `, last problem: ${safeText(part.problem)}`
      const restarts = part.restarts === 0 ? '' : `, started again ${part.restarts} times`
      lines.push(
        `  ${name.padEnd(10)} ${owner === null && part.state === 'running' ? 'stopped' : part.state}${restarts}${problem}`,
      )
    }
    lines.push('', paint('bold', 'sources, last seen'))
    for (const [id, { observedAt }] of Object.entries(record.books.connectors)) {
      lines.push(
        // A connector that could not read its source yet says that it has seen it up to the beginning of time.
        `  ${id.padEnd(10)} ${observedAt ? `${when.format(observedAt)} (${ago(now - observedAt)})` : 'never: see what "earshot run" says of it'}`,
      )
    }
    lines.push('', ...printBooks(record.books, paint))
  }
  lines.push('', paint('bold', 'disk'))
  for (const [name, bytes] of Object.entries(disk.used)) lines.push(`  ${name.padEnd(10)} ${size(bytes)}`)
  lines.push(`  ${'free'.padEnd(10)} ${size(disk.free)}`)
  output.write(`${lines.join('\n')}\n`)
  return ExitCode.Done
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
