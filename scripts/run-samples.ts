import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Books, type BooksSnapshot, waitingOf } from '#infra/runtime/books.ts'
import { mostOf, type RecordedFeed, runSamples } from '#test/support/sample-run.ts'
import { printBooks } from './print-books.ts'
import { paintFor } from './terminal/paint.ts'

// `npm run samples -- DIR`: all recordings of feeds, Hacker News and Bluesky through the real command line, and its books.

const samples = resolve(process.argv[2] ?? join(import.meta.dirname, '../../shared/connectors/samples'))
if (!existsSync(join(samples, 'rss'))) {
  process.stderr.write(`There are no recordings in ${samples}: name their folder, npm run samples -- DIR\n`)
  process.exit(2)
}
const folder = await mkdtemp(join(tmpdir(), 'earshot-samples-'))
try {
  process.exitCode = await main(samples, folder)
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function main(from: string, to: string): Promise<number> {
  const { end, feeds, deadLetters } = await runSamples(from, to)
  if (end.code !== 0) {
    process.stderr.write(end.errors)
    return 1
  }
  const books = JSON.parse(end.output) as BooksSnapshot
  const lines = [...printBooks(withFeedsTogether(books, feeds), paintFor(process.stdout)), '', 'dead letters']
  const byCode = Object.entries(Object.groupBy(deadLetters, ({ code, message }) => `${code}: ${message}`))
  for (const [what, letters] of byCode) lines.push(`  ${letters?.length} ${what}`)
  if (byCode.length === 0) lines.push('  none')
  lines.push('', ...feedLines(books, feeds, codesOf(end.errors)))
  process.stdout.write(`${lines.join('\n')}\n`)
  const waiting = waitingOf(books)
  return waiting.enrich === 0 && waiting.index === 0 ? 0 : 1
}

function withFeedsTogether(books: BooksSnapshot, feeds: readonly RecordedFeed[]): BooksSnapshot {
  const together = new Books()
  const names = new Set(feeds.map(({ connector }) => connector))
  for (const [id, book] of Object.entries(books.connectors)) together.addRead(names.has(id) ? 'feeds' : id, book)
  return { ...books, connectors: together.snapshot().connectors }
}

/** Why a feed as a whole could not be read, by connector. */
function codesOf(errors: string): ReadonlyMap<string, string> {
  const lines = errors.split('\n').filter((line) => line.startsWith('{'))
  const entries = lines.map((line) => JSON.parse(line) as { msg: string; connector: string; code: string })
  return new Map(
    entries.filter(({ msg }) => msg === 'feed could not be read').map(({ connector, code }) => [connector, code]),
  )
}

/** Items of each feed beside the most that one of the measured parsers finds; feeds where the two are equal only as a sum. */
function feedLines(
  { connectors }: BooksSnapshot,
  feeds: readonly RecordedFeed[],
  codes: ReadonlyMap<string, string>,
): string[] {
  const rows = feeds.map(({ path, connector, measured }) => ({
    path,
    found: connectors[connector]?.read ?? 0,
    best: mostOf(measured),
    code: codes.get(connector),
  }))
  const other = rows.filter(({ found, best, code }) => found !== (best ?? 0) || code !== undefined)
  const total = rows.reduce((items, { found }) => items + found, 0)
  return [
    `feeds: ${total} items; ${rows.length - other.length} of ${rows.length} files give what the best of four parsers finds; the others:`,
    ...other.map(
      ({ path, found, best, code }) =>
        `  ${path}: ${code ?? found}, ${best === null ? 'no parser reads it' : `measured ${best}`}`,
    ),
  ]
}
