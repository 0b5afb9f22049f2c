/**
 * `npm run proof -- [--mentions 200000] [--json]`: the real program on real servers and, with the same input, embedded. Starts Kafka,
 * Elasticsearch and S3, or takes those that the environment names; prints the books and what lies at each hop; asks both indexes the same. Exit
 * code 1 when anything does not add up or differs.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openFileObjectStore } from '#infra/filesystem/file-object-store.ts'
import { type BooksSnapshot, waitingOf } from '#infra/runtime/books.ts'
import { createLogger } from '#infra/runtime/logger.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openS3ObjectStore } from '#infra/s3/s3-object-store.ts'
import { type ReadOnlyInstallation, topicsOf } from './installation.ts'
import { machineJson, machineLine } from './machine.ts'
import { objectOptions, readDistributed } from './open-distributed.ts'
import { readEmbedded } from './open-embedded.ts'
import { printBooks } from './print-books.ts'
import { startProgram } from './program.ts'
import { type Answer, IndexComparison } from './proof/compare-indexes.ts'
import { type HopCheck, hopChecks } from './proof/hops.ts'
import { readArchive, readTopic } from './proof/kept-records.ts'
import { PROOF_BRANDS, writeProofCorpus } from './proof/proof-corpus.ts'
import { PROOF_QUERIES } from './proof/proof-queries.ts'
import { findServers } from './servers/find-servers.ts'
import { NEEDED_SERVERS } from './servers/real-server.ts'
import { freshPlace } from './servers/server-place.ts'
import { pad, shorten } from './terminal/columns.ts'
import { paintFor } from './terminal/paint.ts'
import { ProgressBar } from './terminal/progress-bar.ts'

const PARTITIONS = 6
const EMBEDDED_PARTITIONS = 2

const { values } = parseArgs({
  options: { mentions: { type: 'string', default: '200000' }, json: { type: 'boolean' } },
})
const MENTIONS = Number(values.mentions)
const paint = paintFor(process.stdout)
const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`)
const count = (n: number): string => n.toLocaleString('en-US')
const logger = createLogger('warn', (line) => process.stderr.write(line))

say(machineLine())
await using resources = new AsyncDisposableStack()
/** Of distributed mode without a schema registry. */
const servers = (await findServers(say, NEEDED_SERVERS)).map((server) => resources.use(server))
const folder = await mkdtemp(join(tmpdir(), 'earshot-proof-'))
resources.defer(() => rm(folder, { recursive: true, force: true }))
const place = freshPlace(servers, 'proof', PARTITIONS)
const { namespace } = place
const data = join(folder, 'data')
say(`namespace ${namespace}; it stays on servers that were given`)

const lines = await withBar('writing mentions', MENTIONS, (done) =>
  writeProofCorpus(join(folder, 'corpus.ndjson'), MENTIONS, done),
)
say(`corpus: ${count(MENTIONS)} new mentions and what becomes of them, ${count(lines)} lines`)
const common = { brands: PROOF_BRANDS, connectors: [{ id: 'corpus', type: 'file', path: 'corpus.ndjson' }] }
const configurations = { distributed: { ...place.configuration, ...common }, embedded: { namespace, ...common } }
for (const [mode, configuration] of Object.entries(configurations))
  await writeFile(join(folder, `${mode}.yaml`), JSON.stringify(configuration))

say((await earshot('distributed', 'setup')).trim())
const distributed = await runPipeline('distributed')
const embedded = await runPipeline('embedded')

await using here = await readEmbedded(data, namespace)
await using there = await readDistributed({ servers: place.servers, namespace, logger })
const hops = {
  distributed: await distributedHops(),
  embedded: await embeddedHops(),
}
const comparison = new IndexComparison(here.index, there.index)
const sweep = await withBar('comparing every mention', 1, (done) =>
  comparison.sweep((compared, total) => done(compared / total)),
)
const answers: Answer[] = await withBar('asking both indexes', PROOF_QUERIES.length, async (done) => {
  const all: Answer[] = []
  for (const query of PROOF_QUERIES) {
    all.push(await comparison.compare(query))
    done(all.length)
  }
  return all
})

const failures = [...failuresOf('distributed', distributed.books), ...failuresOf('embedded', embedded.books)]
for (const { name, difference } of answers) if (difference !== null) failures.push(`${name}: ${difference}`)
if (sweep.difference !== null) failures.push(`after ${sweep.mentions} mentions: ${sweep.difference}`)
if (values.json) {
  const report = { machine: machineJson(), servers: servers.map(({ version }) => version), mentions: MENTIONS, lines }
  const { precision } = comparison
  const results = { distributed, embedded, hops, sweep, answers, precision, failures }
  process.stdout.write(`${JSON.stringify({ ...report, ...results }, null, 2)}\n`)
} else print()
process.exitCode = failures.length === 0 ? 0 : 1

/** The command in a process of its own; its progress bar is ours. */
async function earshot(mode: keyof typeof configurations, ...args: string[]): Promise<string> {
  const where = ['--config', join(folder, `${mode}.yaml`), '--data', data]
  const onError = (text: string) => process.stderr.write(text)
  return startProgram([...args, ...where], { environment: place.environment, onError }).output
}

async function runPipeline(mode: keyof typeof configurations) {
  say(`running it ${mode}, all scores`)
  const start = performance.now()
  const books = JSON.parse(await earshot(mode, 'run', '--until-idle', '--json')) as BooksSnapshot
  return { seconds: (performance.now() - start) / 1_000, books }
}

async function distributedHops(): Promise<readonly HopCheck[]> {
  const options = { ...objectOptions(place.servers.s3), clock: systemClock, create: false }
  await using objects = await openS3ObjectStore(options)
  return hopsOf(there, objects, distributed.books, PARTITIONS)
}

async function embeddedHops(): Promise<readonly HopCheck[]> {
  await using objects = await openFileObjectStore(join(data, 'objects'))
  return hopsOf(here, objects, embedded.books, EMBEDDED_PARTITIONS)
}

async function hopsOf(
  { log }: Pick<ReadOnlyInstallation, 'log'>,
  objects: Parameters<typeof readArchive>[0],
  books: BooksSnapshot,
  partitions: number,
): Promise<readonly HopCheck[]> {
  const topics = topicsOf(namespace)
  const raw = await readTopic(log, topics.raw)
  const enriched = await readTopic(log, topics.enriched)
  const kept = { raw, enriched, dead: await readTopic(log, topics.dead) }
  const rawArchive = await readArchive(objects, namespace, topics.raw, raw)
  const enrichedArchive = await readArchive(objects, namespace, topics.enriched, enriched)
  return hopChecks(books, { ...kept, rawArchive, enrichedArchive }, partitions)
}

function failuresOf(mode: keyof typeof hops, books: BooksSnapshot): string[] {
  const wrong = hops[mode].filter(({ wanted, found }) => wanted !== null && found !== null && wanted !== found)
  const told = wrong.map(({ what, wanted, found }) => `${mode}, ${what}: ${found} instead of ${wanted}`)
  const { enrich, index } = waitingOf(books)
  if (enrich !== 0 || index !== 0)
    told.push(`${mode}: the books do not balance: ${enrich} before enrich, ${index} before index`)
  return told
}

async function withBar<T>(what: string, total: number, work: (done: (n: number) => void) => Promise<T>): Promise<T> {
  const bar = new ProgressBar(process.stderr)
  const result = await work((n) => bar.update(n / total, what))
  bar.finish()
  return result
}

function print(): void {
  for (const [mode, { books, seconds }] of [
    ['distributed', distributed],
    ['embedded', embedded],
  ] as const) {
    say(`\n${paint('bold', mode)}, ${seconds.toFixed(0)} s from start to exit`)
    for (const line of printBooks(books, paint)) say(line)
  }
  say(`\n${paint('bold', 'what lies at each hop')}, counted there${' '.repeat(18)}distributed     embedded`)
  for (const [i, hop] of hops.distributed.entries()) {
    const both = [hop, hops.embedded[i] as HopCheck]
    const shown = both.map(({ found }) => (found === null ? 'forgotten' : count(found)).padStart(13))
    const known = both.filter(({ wanted, found }) => wanted !== null && found !== null)
    const wrong = known.filter(({ wanted, found }) => wanted !== found)
    const verdict = wrong.length > 0 ? paint('red', 'NOT as the books say') : known.length > 0 ? 'as the books say' : ''
    say(`  ${pad(hop.what, 52)}${shown.join('')}  ${verdict}`)
  }
  say('  An embedded log forgets what every group has handled.')
  say(
    `\n${paint('bold', 'the same questions to both indexes')}: ids in order, total, 5-minute histogram, term counts, days of a report`,
  )
  say(
    `  ${pad('query', 52)}${'matches'.padStart(9)}${'buckets'.padStart(9)}${'terms'.padStart(7)}${'SQLite'.padStart(10)}${'Elastic'.padStart(10)}`,
  )
  for (const { name, total, buckets, terms, embeddedMs, distributedMs, wordError, difference } of answers) {
    const figures = `${count(total).padStart(9)}${count(buckets).padStart(9)}${count(terms).padStart(7)}`
    const times = [embeddedMs, distributedMs].map((ms) => `${ms.toFixed(0)} ms`.padStart(10)).join('')
    const sampled = wordError === 0 ? '' : `, words of two samples within ±${count(wordError)}`
    const verdict = difference === null ? paint('green', `same${sampled}`) : paint('red', 'DIFFERENT')
    say(`  ${pad(shorten(name, 51), 52)}${figures}${times}  ${verdict}`)
  }
  say(
    `  every mention, one by one: ${count(sweep.mentions)} ${sweep.difference === null ? 'the same' : 'until one differs'}`,
  )
  say(
    `  sums of probabilities differ by at most ${comparison.precision.toExponential(1)} of themselves, all else by nothing`,
  )
  say('')
  if (failures.length === 0) say(paint('green', `${answers.length} questions answered identically, every hop adds up`))
  for (const failure of failures) say(paint('red', failure))
}
