// The index stage beside the bare bulk rate: the same documents, sent as they are by the same client. With a broker the stage
// reads its records from Kafka, as it does in an installation; else they are handed to it.
// node bin/with-node.js scripts/bench/elasticsearch-bench.ts [--kafka 127.0.0.1:9092] [--rounds 3] http://127.0.0.1:9200 [mentions]
import { randomBytes } from 'node:crypto'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { IndexProgress } from '#index/search/index-progress.ts'
import { IndexStage } from '#index/search/index-stage.ts'
import type { Ack, RecordBatch } from '#infra/contracts/event-log.ts'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { connect } from '#infra/elasticsearch/connect.ts'
import { printDocument } from '#infra/elasticsearch/mention-document.ts'
import { indexNames, tableName } from '#infra/elasticsearch/names.ts'
import { openElasticsearchSearchIndex } from '#infra/elasticsearch/search-index.ts'
import { openElasticsearchTable } from '#infra/elasticsearch/table.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { consume } from '#infra/runtime/consume.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { encode } from '#schemas/codec.ts'
import { stateOf } from '#schemas/merge.ts'
import { Header } from '#schemas/topics.ts'
import { lifelikeEvent } from './lifelike-events.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { kafka: { type: 'string' }, rounds: { type: 'string', default: '3' } },
})
const [address, count = '100000'] = positionals
if (address === undefined) throw new Error('give the address of an Elasticsearch server')
const MENTIONS = Number(count)
const CALL = 4_000
const BULK = 1_000
const ROUNDS = Number(values.rounds)
const PARTITIONS = 2
const SEND = 1_000

const logger = pino({ level: 'warn' })
const connection = { nodes: [address] }
const layout = { primaries: 1, replicas: 0 }
const namespace = `bench-${randomBytes(4).toString('hex')}`
const names = indexNames(namespace)
const client = connect(connection)

const events = Array.from({ length: MENTIONS }, (_, i) => lifelikeEvent(1, i, MENTIONS))
const records = events.map((event) => ({
  key: event.id,
  value: encode('EnrichedEvent', event),
  headers: { [Header.Type]: 'mention.create' },
}))
const documents = events.map((event, i) => {
  const stored = { state: stateOf(event), record: records[i]!.value, unheldSince: null }
  return { action: `{"create":{"_id":${JSON.stringify(event.id)}}}`, source: printDocument(stored, true) }
})
const bytes = documents.reduce((sum, { source }) => sum + source.length, 0) / MENTIONS
process.stdout.write(`${MENTIONS} mentions, documents of ${Math.round(bytes)} bytes, ${cpus().length} cores\n`)

async function fresh(): Promise<SearchIndex> {
  await client.indices.delete({ index: [names.mentions, names.authors], ignore_unavailable: true })
  const index = openElasticsearchSearchIndex({ connection, namespace, clock: systemClock, layout })
  await index.prepare()
  return index
}

async function bare(): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < documents.length) {
      const part = documents.slice(next, next + BULK)
      next += part.length
      const operations = part.flatMap(({ action, source }) => [action, source])
      const { errors } = await client.bulk<string, string>({ index: names.shown, require_alias: true, operations })
      if (errors) throw new Error('the bare bulk was refused')
    }
  }
  await Promise.all([lane(), lane()])
}

/** Lets the stage work through everything, once for each group. */
async function openLog(): Promise<AsyncDisposable & { run(stage: IndexStage): Promise<void> }> {
  if (values.kafka === undefined) {
    const run = async (stage: IndexStage): Promise<void> => {
      const { signal } = new AbortController()
      for (let from = 0; from < MENTIONS; from += CALL) {
        const part = records
          .slice(from, from + CALL)
          .map((record, i) => ({ ...record, offset: from + i, timestamp: 0 }))
        await stage.process({ topic: namespace, partition: 0, records: part, end: MENTIONS, signal })
      }
    }
    return { run, [Symbol.asyncDispose]: async () => {} }
  }
  const kafka = { brokers: [values.kafka], clock: systemClock, logger, namespace }
  const log = await openKafkaEventLog(kafka)
  await log.createTopics([{ name: namespace, partitions: PARTITIONS }])
  for (let from = 0; from < MENTIONS; from += SEND) await log.produce(namespace, records.slice(from, from + SEND))
  let groups = 0
  const run = async (stage: IndexStage): Promise<void> => {
    let seen = 0
    const done = new AbortController()
    const options = {
      group: `${namespace}-${groups++}`,
      topic: namespace,
      maxRecords: CALL,
      maxBytes: 8 << 20,
      idleMs: 1_000,
    }
    const onBatch = async (batch: RecordBatch): Promise<Ack> => {
      await stage.process(batch)
      seen += batch.records.length
      if (seen === MENTIONS) done.abort()
      return 'commit'
    }
    await consume(log, options, onBatch, done.signal)
  }
  return { run, [Symbol.asyncDispose]: () => log[Symbol.asyncDispose]() }
}

interface Measured {
  readonly rate: number
  readonly micros: number
}

async function measured(name: string, work: () => Promise<void>): Promise<Measured> {
  const [cpu, start] = [process.cpuUsage(), performance.now()]
  await work()
  const seconds = (performance.now() - start) / 1_000
  const used = process.cpuUsage(cpu)
  const rate = MENTIONS / seconds
  const micros = (used.user + used.system) / MENTIONS
  process.stdout.write(`${name.padEnd(8)} ${Math.round(rate)} mentions/s, our CPU ${micros.toFixed(1)} us each\n`)
  return { rate, micros }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const rounds: { readonly bare: Measured; readonly stage: Measured }[] = []
await using log = await openLog()
await using table = await openElasticsearchTable({
  connection,
  namespace,
  name: 'bench',
  clock: systemClock,
  replicas: 0,
})
for (let round = 0; round < ROUNDS; round++) {
  await (await fresh())[Symbol.asyncDispose]()
  const bareRun = await measured('bare', bare)
  await using index = await fresh()
  const stage = new IndexStage({
    index,
    progress: new IndexProgress({ table, clock: systemClock, logger }),
    onMention: () => {},
  })
  rounds.push({ bare: bareRun, stage: await measured('stage', () => log.run(stage)) })
  await measured('repeat', () => log.run(stage))
}
const [bareCpu, stageCpu] = [
  median(rounds.map((run) => run.bare.micros)),
  median(rounds.map((run) => run.stage.micros)),
]
const rate = median(rounds.map((run) => run.stage.rate / run.bare.rate))
process.stdout.write(
  `median of ${ROUNDS}: our CPU ${stageCpu.toFixed(1)} us a mention, bare ${bareCpu.toFixed(1)}; rate ${rate.toFixed(2)} of bare\n`,
)
await client.indices.delete({ index: [names.mentions, names.authors, tableName(namespace, 'bench')] })
await client.indices.deleteIndexTemplate({ name: names.template })
await client.close()
