import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BUCKET_MS, type IndexOperation, type SearchIndex, type Selection } from '#infra/contracts/search-index.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openSqliteSearchIndex } from '#infra/sqlite/search-index.ts'
import { parseQuery } from '#query/parse.ts'
import { encode } from '#schemas/codec.ts'
import type { Bench } from './bench-run.ts'
import { CORPUS_MS, CORPUS_START, lifelikeEvent } from './lifelike-events.ts'

const BATCH = 1_000
/** Made before the clock runs, so that only the index is measured. */
const PREPARED = 50 * BATCH
const RUNS = 30
const SEED = 1

const EVERYTHING: Selection = { query: null, range: { since: null, until: null }, brands: [] }
const LAST_HOUR = {
  since: Math.floor((CORPUS_START + CORPUS_MS) / BUCKET_MS) * BUCKET_MS - 12 * BUCKET_MS,
  until: null,
}

/** Shares of the mentions that hold a word are those of the corpus (`SHARES`). */
const ASKED: readonly (readonly [name: string, selection: Selection])[] = [
  ['word in 1/3', { ...EVERYTHING, query: parseQuery('acme') }],
  ['word in 5 %', { ...EVERYTHING, query: parseQuery('zephyr') }],
  ['word in 1 %', { ...EVERYTHING, query: parseQuery('quasar') }],
  ['1/3 NEAR/5 5 %', { ...EVERYTHING, query: parseQuery('acme NEAR/5 zephyr') }],
  ['a brand, last hour', { ...EVERYTHING, brands: ['acme'], range: LAST_HOUR }],
]

/** Fills an embedded index, then searches it at rest and while it takes mentions at full speed. */
export async function benchSearch(bench: Bench): Promise<readonly string[]> {
  const mentions = bench.mentions(1_000_000)
  const dir = join(bench.folder, 'search')
  await using index = await openSqliteSearchIndex({ path: join(dir, 'index.db'), clock: systemClock })
  let writeMs = 0
  for (let from = 0; from < mentions; from += PREPARED) {
    const batches = prepare(from, Math.min(from + PREPARED, mentions), mentions)
    const start = performance.now()
    for (const batch of batches) await index.write(batch)
    writeMs += performance.now() - start
  }
  const bytes = await sizeOf(dir)
  const lines = [
    `write ${rate(mentions, writeMs)} mentions/s in calls of ${BATCH}, ${Math.round(bytes / mentions)} bytes each on disk`,
    ...(await askAll(index, 'at rest')),
  ]
  const more = prepare(mentions, mentions + PREPARED, mentions)
  const writing = new AbortController()
  const written = writeUntil(index, more, writing.signal)
  lines.push(...(await askAll(index, 'while writing')))
  writing.abort()
  const { count, ms } = await written
  lines.push(`meanwhile ${rate(count, ms)} operations/s were written`)
  bench.say(`\nsearch, ${mentions.toLocaleString('en-US')} mentions`)
  for (const line of lines) bench.say(`  ${line}`)
  return lines
}

async function askAll(index: SearchIndex, when: string): Promise<string[]> {
  const lines: string[] = []
  for (const [name, selection] of ASKED) {
    const page = await timed(() => index.search({ ...selection, sort: 'newest', limit: 50, after: null }))
    const histogram = await timed(() => index.aggregate({ ...selection, buckets: true, terms: [], termLimit: 0 }))
    const { total } = await index.search({ ...selection, sort: 'newest', limit: 0, after: null })
    lines.push(
      `${`${when}, ${name}`.padEnd(34)} ${total} hits: page of 50 ${page}, histogram by sentiment ${histogram}`,
    )
  }
  return lines
}

/** p50 and p95 in milliseconds; the first runs warm up. */
async function timed(work: () => Promise<unknown>): Promise<string> {
  for (let run = 0; run < 3; run++) await work()
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.ceil(share * RUNS) - 1]!.toFixed(1)
  return `p50 ${at(0.5)} p95 ${at(0.95)} ms`
}

/** New mentions at full speed, again and again from the first: repeats cost less than new ones, so the list is long. */
async function writeUntil(
  index: SearchIndex,
  batches: readonly IndexOperation[][],
  signal: AbortSignal,
): Promise<{ count: number; ms: number }> {
  const start = performance.now()
  let count = 0
  for (let i = 0; !signal.aborted; i++) {
    const batch = batches[i % batches.length]!
    await index.write(batch)
    count += batch.length
  }
  return { count, ms: performance.now() - start }
}

function prepare(from: number, to: number, total: number): IndexOperation[][] {
  const batches: IndexOperation[][] = []
  for (let at = from; at < to; at += BATCH) {
    const size = Math.min(BATCH, to - at)
    batches.push(
      Array.from({ length: size }, (_, i) => ({
        kind: 'mention',
        bytes: encode('EnrichedEvent', lifelikeEvent(SEED, at + i, total)),
      })),
    )
  }
  return batches
}

async function sizeOf(dir: string): Promise<number> {
  const sizes = await Promise.all((await readdir(dir)).map(async (name) => (await stat(join(dir, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

const rate = (count: number, ms: number): string => Math.round((count / ms) * 1_000).toLocaleString('en-US')
