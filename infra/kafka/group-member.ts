import kafkajs, { type Consumer, type EachBatchPayload, type Kafka, type KafkaMessage } from 'kafkajs'
import type { Logger } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import { closeWithin } from './close-within.ts'
import { RETRY } from './kafka-client.ts'
import { logClosed } from './kafka-error.ts'

/** A member that is silent for this long has died; its partitions go to the others. Heartbeats do not wait for handlers. */
const SESSION_MS = 10_000
const HEARTBEAT_MS = 1_000
/** `seek`, `resume` and the end of a member wait for the long poll. */
const POLL_MS = 100
const FETCH_BYTES = 10 << 20
const PARTITION_FETCH_BYTES = 1 << 20
/** How soon new partitions are noticed. */
const METADATA_MS = 20_000

export interface Fetched {
  readonly partition: number
  readonly messages: readonly KafkaMessage[]
  /** What was asked for; the first message may stand behind it. */
  readonly from: number
  /** Behind the last offset that this answer covers. */
  readonly next: number
  /** First offset that did not exist. */
  readonly end: number
}

/** All are called at once and must not wait. */
export interface MemberEvents {
  /** The group has given these partitions to this member, and no others. */
  joined(partitions: readonly number[]): void
  /** A new round begins: until `joined` nothing is owned. */
  leaving(): void
  fetched(batch: Fetched): void
  /** kafkajs has given up; nothing comes any more. */
  crashed(error: unknown): void
}

/**
 * A consumer of kafkajs as one member of a group on one topic. It fetches and sends heartbeats on its own, however long its
 * owner takes for a batch; the owner pauses partitions when it has enough.
 */
export class GroupMember implements AsyncDisposable {
  readonly #clock: Clock
  readonly #topic: string
  readonly #events: MemberEvents
  readonly #consumer: Consumer
  #commit: EachBatchPayload['commitOffsetsIfNecessary'] | null = null
  #running = true
  #crash: { readonly error: unknown } | null = null

  /** Joins with `start`. */
  constructor(kafka: Kafka, clock: Clock, logger: Logger, group: string, topic: string, events: MemberEvents) {
    this.#clock = clock
    this.#topic = topic
    this.#events = events
    this.#consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: POLL_MS,
      maxBytes: FETCH_BYTES,
      maxBytesPerPartition: PARTITION_FETCH_BYTES,
      metadataMaxAge: METADATA_MS,
      allowAutoTopicCreation: false,
      retry: RETRY,
      partitionAssigners: [
        (config) => {
          const assigner = kafkajs.PartitionAssigners.roundRobin(config)
          // Asked for at the start of every round: the one place that all ways into a round pass.
          const protocol: typeof assigner.protocol = (subscription) => {
            events.leaving()
            return assigner.protocol(subscription)
          }
          return { ...assigner, protocol }
        },
      ],
    })
    const { GROUP_JOIN, CRASH } = this.#consumer.events
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      const partitions = payload.memberAssignment[topic] ?? []
      logger.info({ group, topic, partitions }, 'partitions assigned')
      events.joined(partitions)
    })
    this.#consumer.on(CRASH, ({ payload: { error } }) => {
      this.#crash = { error }
      this.#running = false
      events.crashed(error)
    })
  }

  /** Resolves when the group has taken it in. */
  async start(): Promise<void> {
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topic: this.#topic, fromBeginning: true })
    if (!this.#running) {
      await this.#consumer.disconnect() // disposed meanwhile: it would join the group with nobody to serve its partitions
      throw logClosed()
    }
    await this.#consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 1, // nothing is handled there, only taken over
      eachBatch: async ({ batch, isStale, commitOffsetsIfNecessary }) => {
        this.#commit ??= commitOffsetsIfNecessary
        if (isStale()) return // fetched before a seek
        const { fetchedOffset } = batch as typeof batch & { readonly fetchedOffset: string }
        this.#events.fetched({
          partition: batch.partition,
          messages: batch.messages,
          from: Number(fetchedOffset),
          next: Number(batch.lastOffset()) + 1,
          end: Number(batch.highWatermark),
        })
      },
    })
    if (this.#crash !== null) throw this.#crash.error
  }

  /** In effect from the next fetch on. */
  pause(partition: number): void {
    if (this.#running) this.#consumer.pause([{ topic: this.#topic, partitions: [partition] }])
  }

  resume(partition: number): void {
    if (this.#running) this.#consumer.resume([{ topic: this.#topic, partitions: [partition] }])
  }

  seek(partition: number, offset: number): void {
    if (this.#running) this.#consumer.seek({ topic: this.#topic, partition, offset: String(offset) })
  }

  /**
   * `next` is the first offset that is not done. Takes the membership of the moment it is called in: the caller makes sure, in
   * the same turn, that it still owns the partition. Through the batch's own function: `consumer.commitOffsets` ends the consumer
   * for good when its group has forgotten it.
   */
  async commit(partition: number, next: number): Promise<void> {
    if (this.#commit === null) throw new Error('nothing was fetched that could be committed')
    await this.#commit({ topics: [{ topic: this.#topic, partitions: [{ partition, offset: String(next) }] }] })
  }

  /** Leaves the group. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#running = false
    // Where it cannot leave, its session ends by the time-out.
    await closeWithin(this.#clock, this.#consumer.disconnect())
  }
}
