import { randomUUID } from 'node:crypto'
import kafkajs, { type Batch, type Kafka, type KafkaMessage } from 'kafkajs'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { Administration } from './administration.ts'
import { RETRY } from './kafka-client.ts'

export interface OffsetRange {
  readonly from: number
  readonly to: number
}

/** So many fetches of 100 ms that bring nothing, and it looks whether what it waits for is still there. */
const FETCHES_IN_VAIN = 20

/**
 * Reads ranges of a topic, a range per partition, without leaving a trace in a group. What is removed meanwhile is left out.
 * kafkajs reads only as the member of a group, so this makes one of its own, which commits nothing and which Kafka forgets.
 * `visit` answers `false` when it has seen enough; what it throws ends the reading.
 */
export async function scanPartitions(
  kafka: Kafka,
  admin: Administration,
  groupPrefix: string,
  topic: string,
  ranges: ReadonlyMap<number, OffsetRange>,
  visit: (partition: number, message: KafkaMessage) => boolean,
): Promise<void> {
  const left = new Map([...ranges].filter(([, { from, to }]) => from < to))
  if (left.size === 0) return
  const ended = Promise.withResolvers<void>()
  const consumer = kafka.consumer({
    groupId: `${groupPrefix}read-${randomUUID()}`,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: RETRY,
    partitionAssigners: [() => assignAll(topic, [...left.keys()])],
  })
  const take = (batch: Batch): boolean => {
    const { partition } = batch
    const range = left.get(partition)
    if (range === undefined) return true
    for (const message of batch.messages) {
      const offset = Number(message.offset)
      if (offset >= range.to) break
      if (offset >= range.from && !visit(partition, message)) return false
    }
    const next = Number(batch.lastOffset()) + 1
    if (next >= range.to) left.delete(partition)
    else left.set(partition, { from: next, to: range.to })
    return true
  }
  let vain = 0
  const leaveOutRemoved = async () => {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const to = left.get(partition)?.to
      if (to === undefined) continue
      if (Number(high) < to) {
        const message = `partition ${partition} of ${topic} ended at ${to} and ends at ${high} now: copies are not in sync yet, or the topic was made anew; try again`
        throw new PipelineError(ErrorClass.Transient, 'KAFKA_UNAVAILABLE', message)
      }
      if (Number(low) >= to) left.delete(partition)
    }
    if (left.size === 0) ended.resolve()
  }
  const { GROUP_JOIN, FETCH, CRASH } = consumer.events
  consumer.on(FETCH, () => {
    if (++vain % FETCHES_IN_VAIN === 0) leaveOutRemoved().catch(ended.reject)
  })
  consumer.on(GROUP_JOIN, () => {
    for (const [partition, { from }] of left) consumer.seek({ topic, partition, offset: String(from) })
  })
  consumer.on(CRASH, ({ payload }) => ended.reject(payload.error))
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, isStale }) => {
        if (isStale()) return
        vain = 0
        try {
          if (!take(batch) || left.size === 0) ended.resolve()
        } catch (error) {
          ended.reject(error) // thrown from here, the batch would come again and again
        }
      },
    })
    await ended.promise
  } finally {
    ended.promise.catch(() => {}) // told already, when connecting failed first
    await consumer.disconnect()
  }
}

/** The only member of its group takes the partitions that it wants, and no others. */
function assignAll(topic: string, partitions: number[]) {
  const name = 'chosen'
  const version = 0
  return {
    name,
    version,
    protocol: ({ topics }: { topics: string[] }) => ({
      name,
      metadata: kafkajs.AssignerProtocol.MemberMetadata.encode({ version, topics, userData: Buffer.alloc(0) }),
    }),
    assign: async ({ members }: { members: { memberId: string }[] }) =>
      members.slice(0, 1).map(({ memberId }) => ({
        memberId,
        memberAssignment: kafkajs.AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: { [topic]: partitions },
          userData: Buffer.alloc(0),
        }),
      })),
  }
}
