/**
 * `node bin/with-node.js scripts/bench/kafka-bench.ts HOST:PORT [RECORDS]`: our event log beside plain kafkajs, in turn in one
 * process: idempotent, acks from all, zstd, 6 partitions, sends of 500 by key; consumed with a commit a batch.
 */
import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import { pino } from 'pino'
import type { NewRecord } from '#infra/contracts/event-log.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { type RealServer, ServerName } from '../servers/real-server.ts'
import type { Bench } from './bench-run.ts'
import { figure, spread } from './figures.ts'

const PARTITIONS = 6
const SEND = 500
const IN_FLIGHT = 4
const IDLE_SECONDS = 10

interface Load {
  readonly address: string
  readonly records: readonly NewRecord[]
}

const words =
  'the of and price shoe nike better worse delivery support today never again great little café naïve'.split(' ')
function recordsOf(count: number): readonly NewRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const text = Array.from({ length: 45 }, (_, j) => words[(i * 31 + j * j * 7) % words.length]).join(' ')
    const value = Buffer.from(JSON.stringify({ id: `bench:${i}`, text, observedAt: 1_700_000_000_000 + i }))
    return { key: `mastodon:example.social/${i}`, value, headers: { ce_type: 'mention.create' } }
  })
}

/**
 * Our event log beside plain kafkajs, in turn in one process: idempotent, acks from all, zstd, 6 partitions, sends of 500 by key;
 * consumed with a commit a batch.
 */
export async function benchKafka({ mentions, runs, say, servers }: Bench): Promise<unknown> {
  const { address } = (await servers()).find(({ name }) => name === ServerName.Kafka) as RealServer
  const records = recordsOf(mentions(200_000))
  const load = { address, records }
  const bytes = Math.round(records.reduce((sum, { value }) => sum + value.length, 0) / records.length)
  say(`\nKafka, ${records.length.toLocaleString('en-US')} records of ${bytes} B, ${runs} runs: median (least–most)`)
  const measured: Record<'ours' | 'plain', (readonly Cost[])[]> = { ours: [], plain: [] }
  for (let run = 0; run < runs; run++) {
    measured.ours.push(await ours(load))
    measured.plain.push(await plain(load))
  }
  for (const [name, rows] of [
    ['event log', measured.ours],
    ['kafkajs', measured.plain],
  ] as const) {
    for (const [i, what] of ['produce', 'consume'].entries()) {
      const costs = rows.map((row) => row[i] as Cost)
      const rate = spread(costs.map(({ perSecond }) => perSecond))
      say(`  ${name.padEnd(10)} ${what}  ${rate}/s, ${spread(costs.map(({ cpuMicros }) => cpuMicros))} µs of CPU each`)
    }
  }
  const idleShare = await idle(load)
  say(`  idle log   ${figure(idleShare * 100)} % of a core`)
  return { ...measured, idleShare }
}

interface Cost {
  readonly perSecond: number
  /** Of this process, all threads. */
  readonly cpuMicros: number
}

async function measure(records: number, work: () => Promise<unknown>): Promise<Cost> {
  const [cpu, start] = [process.cpuUsage(), performance.now()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: (records / (performance.now() - start)) * 1_000, cpuMicros: (user + system) / records }
}

async function inTurns<R>(records: readonly R[], send: (part: R[]) => Promise<unknown>): Promise<void> {
  const count = Math.ceil(records.length / SEND)
  const left = Array.from({ length: count }, (_, i) => records.slice(i * SEND, (i + 1) * SEND)).values()
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const part of left) await send(part)
    }),
  )
}

async function ours({ address, records }: Load): Promise<readonly Cost[]> {
  const topic = `bench-${randomUUID()}`
  await using log = await openKafkaEventLog({
    ...{ brokers: [address], clock: systemClock, logger: pino({ level: 'warn' }), namespace: topic },
  })
  await log.createTopics([{ name: topic, partitions: PARTITIONS }])
  await log.produce(topic, [])
  const produced = await measure(records.length, () => inTurns(records, (part) => log.produce(topic, part)))
  const consumed = await measure(records.length, async () => {
    let seen = 0
    const all = Promise.withResolvers<void>()
    const options = { group: 'bench', topic, maxRecords: 2_000, maxBytes: 8 << 20, idleMs: 1_000 }
    await using _subscription = await log.subscribe(options, async ({ records: batch }) => {
      seen += batch.length
      if (seen === records.length) all.resolve()
      return 'commit'
    })
    await all.promise
  })
  return [produced, consumed]
}

/** As its documentation shows it, with the codec that our log has registered. */
async function plain({ address, records }: Load): Promise<readonly Cost[]> {
  const messages = records.map(({ key, value, headers }) => ({ key, value: value as Buffer, headers: { ...headers } }))
  const topic = `bench-${randomUUID()}`
  const kafka = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }] })
  await admin.disconnect()
  const producer = kafka.producer({ idempotent: true })
  await producer.connect()
  const produced = await measure(records.length, () =>
    inTurns(messages, (part) =>
      producer.send({ topic, acks: -1, compression: kafkajs.CompressionTypes.ZSTD, messages: part }),
    ),
  )
  await producer.disconnect()
  const consumed = await measure(records.length, async () => {
    const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 })
    let seen = 0
    const all = Promise.withResolvers<void>()
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: PARTITIONS,
      eachBatch: async ({ batch, commitOffsetsIfNecessary }) => {
        seen += batch.messages.length
        const partitions = [{ partition: batch.partition, offset: String(Number(batch.lastOffset()) + 1) }]
        await commitOffsetsIfNecessary({ topics: [{ topic, partitions }] })
        if (seen === records.length) all.resolve()
      },
    })
    await all.promise
    await consumer.disconnect()
  })
  return [produced, consumed]
}

/** A log with a producer and a consumer that nothing happens on. */
async function idle({ address, records }: Load): Promise<number> {
  const topic = `bench-${randomUUID()}`
  await using log = await openKafkaEventLog({
    ...{ brokers: [address], clock: systemClock, logger: pino({ level: 'warn' }), namespace: topic },
  })
  await log.createTopics([{ name: topic, partitions: PARTITIONS }])
  await log.produce(topic, records.slice(0, 1))
  const options = { group: 'bench', topic, maxRecords: 100, maxBytes: 1 << 20, idleMs: 1_000 }
  await using _subscription = await log.subscribe(options, async () => 'commit')
  await systemClock.sleep(1_000)
  const before = process.cpuUsage()
  await systemClock.sleep(IDLE_SECONDS * 1_000)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / IDLE_SECONDS / 1e6
}
