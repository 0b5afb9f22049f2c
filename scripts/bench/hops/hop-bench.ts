import { join } from 'node:path'
import { createEnrichment } from '#enrich/create-enrichment.ts'
import { enrichMention } from '#enrich/enrich-mention.ts'
import type { EventLog, NewRecord } from '#infra/contracts/event-log.ts'
import { printDocument } from '#infra/elasticsearch/mention-document.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { createLogger } from '#infra/runtime/logger.ts'
import { decode, encode } from '#schemas/codec.ts'
import { stateOf } from '#schemas/merge.ts'
import { Header } from '#schemas/topics.ts'
import { demoBrands } from '../../demo/demo-brands.ts'
import { kafkaOptions } from '../../open-distributed.ts'
import { startProgram } from '../../program.ts'
import { freshPlace } from '../../servers/server-place.ts'
import { ProgressBar } from '../../terminal/progress-bar.ts'
import type { Bench } from '../bench-run.ts'
import { demoTalk } from '../demo-talk.ts'
import { figure, median, spread } from '../figures.ts'
import type { HopJob, HopResult } from './hop-job.ts'

const PROCESS = join(import.meta.dirname, 'hop-process.ts')
const PARTITIONS = 6
const PRODUCED_AT_ONCE = 1_000
const READ_AT_ONCE = 5_000
/** Of the functions alone: enough to be compiled, and to be measured. */
const CALLS = { warm: 5_000, measured: 20_000 } as const

/** CPU and rate of the index stage and of the enrich stage, each alone in a process over a filled topic, beside bare clients in turn. */
export async function benchHops({ mentions, runs, say, servers }: Bench): Promise<unknown> {
  const found = await servers()
  const count = mentions(200_000)
  const place = freshPlace(found, 'hops', PARTITIONS)
  const { namespace } = place
  const logger = createLogger('warn', (line) => process.stderr.write(line))
  await using log = await openKafkaEventLog(await kafkaOptions({ servers: place.servers, namespace, logger }, null))
  const topics = { raw: `${namespace}.raw`, enriched: `${namespace}.enriched`, documents: `${namespace}.documents` }
  await log.createTopics([topics.raw, topics.documents].map((name) => ({ name, partitions: PARTITIONS })))

  const bar = new ProgressBar(process.stderr)
  const steps = 5 * runs + 3
  let step = 0
  const progress = (what: string) => bar.update(step++ / steps, what)
  let number = 0
  const run = async (
    job: Pick<HopJob, 'input' | 'output'> & ({ kind: 'copy' | 'index' | 'bulk' } | { kind: 'enrich'; scores: boolean }),
  ) => {
    progress(job.kind)
    const whole = { ...job, servers: place.servers, partitions: PARTITIONS, mentions: count }
    const own = { ...whole, namespace: `${namespace}-${++number}` } satisfies HopJob
    return JSON.parse(await startProgram([], { input: JSON.stringify(own) }, PROCESS).output) as HopResult
  }

  progress('filling topics')
  await fill(log, topics.raw, demoRecords(count))
  const results: Record<'copy' | 'off' | 'on' | 'bulk' | 'index', HopResult[]> = {
    copy: [],
    off: [],
    on: [],
    bulk: [],
    index: [],
  }
  for (let round = 0; round < runs; round++) {
    const output = (name: string) => `${namespace}.${name}-${round}`
    results.copy.push(await run({ kind: 'copy', input: topics.raw, output: output('copy') }))
    results.off.push(await run({ kind: 'enrich', scores: false, input: topics.raw, output: output('off') }))
    const enriched = round === 0 ? topics.enriched : output('on')
    results.on.push(await run({ kind: 'enrich', scores: true, input: topics.raw, output: enriched }))
  }
  progress('filling topics')
  await fill(log, topics.documents, documentsOf(log, topics.enriched))
  await run({ kind: 'bulk', input: topics.documents, output: '' }) // warms the server up
  for (let round = 0; round < runs; round++) {
    results.bulk.push(await run({ kind: 'bulk', input: topics.documents, output: '' }))
    results.index.push(await run({ kind: 'index', input: topics.enriched, output: '' }))
  }
  bar.finish()

  const functions = { off: functionMicros(false), on: functionMicros(true) }
  say(
    `\nhops, ${count.toLocaleString('en-US')} mentions of the demo, ${PARTITIONS} partitions, ${runs} runs: median (least–most), after the first tenth`,
  )
  const line = (name: string, rows: readonly HopResult[]) => {
    const rates = spread(rows.map((row) => row.mentionsPerSecond))
    const cpu = spread(rows.map((row) => row.cpuMicros))
    const memory = Math.round(Math.max(...rows.map((row) => row.peakBytes)) / 1e6)
    say(`  ${name.padEnd(44)} ${rates}/s, our CPU ${cpu} µs each, at most ${memory} MB`)
  }
  line('Kafka → Kafka, bare kafkajs', results.copy)
  line('Kafka → Kafka, enrich stage, scores off', results.off)
  line('Kafka → Kafka, enrich stage, all scores', results.on)
  const cpuOf = (rows: readonly HopResult[]) => median(rows.map(({ cpuMicros }) => cpuMicros))
  const beyond = { off: cpuOf(results.off) - functions.off, on: cpuOf(results.on) - functions.on }
  say(`  enriching alone, one thread: ${figure(functions.off)} µs with scores off, ${figure(functions.on)} µs with all`)
  say(
    `  the hop beyond it: ${figure(beyond.off)} µs with scores off, ${figure(beyond.on)} µs with all (goal: at most 25)`,
  )
  line('Kafka → Elasticsearch, bare kafkajs and bulk', results.bulk)
  line('Kafka → Elasticsearch, index stage', results.index)
  const ratios = results.index.map(
    ({ mentionsPerSecond }, i) => mentionsPerSecond / (results.bulk[i]?.mentionsPerSecond ?? 0),
  )
  say(`  index stage / bare: ${spread(ratios)} of the rate (goal: at least 0.8); CPU goal: at most 12 µs`)
  return { mentions: count, partitions: PARTITIONS, results, functions, beyond, ratios }
}

async function fill(
  log: EventLog,
  topic: string,
  records: AsyncIterable<NewRecord> | Iterable<NewRecord>,
): Promise<void> {
  let batch: NewRecord[] = []
  for await (const record of records) {
    batch.push(record)
    if (batch.length < PRODUCED_AT_ONCE) continue
    await log.produce(topic, batch)
    batch = []
  }
  await log.produce(topic, batch)
}

function* demoRecords(count: number): Generator<NewRecord> {
  const headers = { [Header.Type]: 'mention.create' }
  for (const event of demoTalk(count)) yield { key: event.id, value: encode('MentionEvent', event), headers }
}

/** What the index stage makes of the enriched records, ready to be sent. */
async function* documentsOf(log: EventLog, topic: string): AsyncGenerator<NewRecord> {
  for (const { partition, start, end } of await log.lag('none', topic)) {
    for (let from = start; from < end; ) {
      const records = await log.read(topic, partition, from, READ_AT_ONCE)
      for (const { key, value } of records) {
        const decoded = decode(value)
        if (decoded.name !== 'EnrichedEvent') continue
        const stored = { state: stateOf(decoded.value), record: value, unheldSince: null }
        yield { key, value: Buffer.from(printDocument(stored, true)), headers: {} }
      }
      from = (records.at(-1)?.offset ?? end) + 1
    }
  }
}

/** CPU of the enrichment itself, in this thread, without decoding, encoding and transport. */
function functionMicros(scores: boolean): number {
  const enrichment = createEnrichment(1, demoBrands, scores)
  const events = [...demoTalk(CALLS.warm + CALLS.measured)]
  const place = { topic: 'raw', partition: 0, offset: 0 }
  for (const event of events.slice(0, CALLS.warm)) enrichMention(event, place, enrichment)
  const before = process.cpuUsage()
  for (const event of events.slice(CALLS.warm)) enrichMention(event, place, enrichment)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / CALLS.measured
}
