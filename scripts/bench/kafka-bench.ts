/**
 * `node bin/with-node.js scripts/bench/kafka-bench.ts HOST:PORT [RECORDS]`: our event log beside plain kafkajs, in turn in one
 * process: idempotent, acks from all, zstd, 6 partitions, sends of 500 by key; consumed with a commit a batch.
 */
import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import { pino } from 'pino'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'

const [address = '127.0.0.1:9092', count = '200000'] = process.argv.slice(2)
const RECORDS = Number(count)
const PARTITIONS = 6
const SEND = 500
const IN_FLIGHT = 4
const RUNS = 3
const IDLE_SECONDS = 10

const words =
  'the of and price shoe nike better worse delivery support today never again great little café naïve'.split(' ')
const records = Array.from({ length: RECORDS }, (_, i) => {
  const text = Array.from({ length: 45 }, (_, j) => words[(i * 31 + j * j * 7) % words.length]).join(' ')
  const value = Buffer.from(JSON.stringify({ id: `bench:${i}`, text, observedAt: 1_700_000_000_000 + i }))
  return { key: `mastodon:example.social/${i}`, value, headers: { ce_type: 'mention.create' } }
})
const sends = Array.from({ length: Math.ceil(RECORDS / SEND) }, (_, i) => records.slice(i * SEND, (i + 1) * SEND))

/** Rate and CPU of this process, all threads, per record. */
async function measure(work: () => Promise<unknown>): Promise<string> {
  const [cpu, start] = [process.cpuUsage(), performance.now()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - start) / 1_000
  return `${Math.round(RECORDS / seconds).toLocaleString('en-US')}/s, ${((user + system) / RECORDS).toFixed(1)} µs`
}

async function inTurns(send: (part: (typeof sends)[number]) => Promise<unknown>): Promise<void> {
  const left = sends.values()
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const part of left) await send(part)
    }),
  )
}

async function ours(): Promise<readonly string[]> {
  const topic = `bench-${randomUUID()}`
  await using log = await openKafkaEventLog({
    ...{ brokers: [address], clock: systemClock, logger: pino({ level: 'warn' }), namespace: topic },
  })
  await log.createTopics([{ name: topic, partitions: PARTITIONS }])
  await log.produce(topic, [])
  const produced = await measure(() => inTurns((part) => log.produce(topic, part)))
  const consumed = await measure(async () => {
    let seen = 0
    const all = Promise.withResolvers<void>()
    const options = { group: 'bench', topic, maxRecords: 2_000, maxBytes: 8 << 20, idleMs: 1_000 }
    await using _subscription = await log.subscribe(options, async ({ records: batch }) => {
      seen += batch.length
      if (seen === RECORDS) all.resolve()
      return 'commit'
    })
    await all.promise
  })
  return [produced, consumed]
}

/** As its documentation shows it, with the codec that our log has registered. */
async function plain(): Promise<readonly string[]> {
  const topic = `bench-${randomUUID()}`
  const kafka = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }] })
  await admin.disconnect()
  const producer = kafka.producer({ idempotent: true })
  await producer.connect()
  const produced = await measure(() =>
    inTurns((messages) => producer.send({ topic, acks: -1, compression: kafkajs.CompressionTypes.ZSTD, messages })),
  )
  await producer.disconnect()
  const consumed = await measure(async () => {
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
        if (seen === RECORDS) all.resolve()
      },
    })
    await all.promise
    await consumer.disconnect()
  })
  return [produced, consumed]
}

/** A log with a producer and a consumer that nothing happens on. */
async function idle(): Promise<string> {
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
  return `${((user + system) / IDLE_SECONDS / 10_000).toFixed(2)} % of a core`
}

const bytes = Math.round(records.reduce((sum, { value }) => sum + value.length, 0) / RECORDS)
console.log(`Node ${process.version}, ${RECORDS.toLocaleString('en-US')} records of ${bytes} B; produce | consume`)
for (let run = 0; run < RUNS; run++) {
  console.log(`  event log  ${(await ours()).join(' | ')}`)
  console.log(`  kafkajs    ${(await plain()).join(' | ')}`)
}
console.log(`  idle log   ${await idle()}`)
