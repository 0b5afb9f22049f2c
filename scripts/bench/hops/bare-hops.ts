import type { Client } from '@elastic/elasticsearch'
import kafkajs, { type EachBatchPayload } from 'kafkajs'
import type { HopJob } from './hop-job.ts'
import type { HopMeter } from './hop-meter.ts'

// What the two clients cost without us, used as their documentation shows it, with our codec and connections: the peers of our hops.

const BULK = 1_000
/** More in flight do not make one Elasticsearch node faster. */
const BULKS_AT_ONCE = 2

export async function bareCopy(job: HopJob, kafka: kafkajs.Kafka, meter: HopMeter): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: job.output, numPartitions: job.partitions }] })
  await admin.disconnect()
  const producer = kafka.producer({ idempotent: true })
  await producer.connect()
  await consumeAll(job, kafka, meter, job.partitions, async ({ batch: { messages, partition } }) => {
    const copies = messages.map(({ key, value, headers }) => ({ key, value, partition, ...(headers && { headers }) }))
    const compression = kafkajs.CompressionTypes.ZSTD
    await producer.send({ topic: job.output, acks: -1, compression, messages: copies })
  })
  await producer.disconnect()
}

export async function bareBulk(
  job: HopJob,
  kafka: kafkajs.Kafka,
  client: Client,
  index: string,
  meter: HopMeter,
): Promise<void> {
  await consumeAll(job, kafka, meter, BULKS_AT_ONCE, async ({ batch: { messages } }) => {
    for (let from = 0; from < messages.length; from += BULK) {
      const operations = messages
        .slice(from, from + BULK)
        .flatMap(({ key, value }) => [`{"create":{"_id":${JSON.stringify(String(key))}}}`, String(value)])
      const { errors } = await client.bulk<string, string>({ index, require_alias: true, operations })
      if (errors) throw new Error('the bare bulk was refused')
    }
  })
  await client.close()
}

/** Reads the input from its start, and commits each batch when `work` is done with it. */
async function consumeAll(
  { namespace, input }: HopJob,
  kafka: kafkajs.Kafka,
  meter: HopMeter,
  partitionsConsumedConcurrently: number,
  work: (payload: EachBatchPayload) => Promise<void>,
): Promise<void> {
  const consumer = kafka.consumer({ groupId: namespace, maxWaitTimeInMs: 100 })
  const all = Promise.withResolvers<void>()
  consumer.on('consumer.crash', ({ payload }) => payload.restart || all.reject(payload.error))
  await consumer.connect()
  await consumer.subscribe({ topic: input, fromBeginning: true })
  await consumer.run({
    ...{ autoCommit: false, partitionsConsumedConcurrently },
    eachBatch: async (payload) => {
      const { batch, commitOffsetsIfNecessary } = payload
      await work(payload)
      const partitions = [{ partition: batch.partition, offset: String(Number(batch.lastOffset()) + 1) }]
      await commitOffsetsIfNecessary({ topics: [{ topic: input, partitions }] })
      if (meter.add(batch.messages.length)) all.resolve()
    },
  })
  await all.promise
  await consumer.disconnect()
}
