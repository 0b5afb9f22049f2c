import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type {
  Ack,
  EventLog,
  LogRecord,
  NewRecord,
  PartitionLag,
  Position,
  RecordBatch,
  SubscribeOptions,
  Subscription,
  TopicSpec,
} from '#infra/contracts/event-log.ts'
import { type Administration, openAdministration } from './administration.ts'
import { createTopic } from './create-topic.ts'
import { createKafkaClients, type KafkaClients } from './kafka-client.ts'
import { logClosed, onKafka } from './kafka-error.ts'
import { DEFAULT_MAX_MESSAGE_BYTES, type KafkaOptions } from './kafka-options.ts'
import { partitionOf } from './key-hash.ts'
import { LogSubscription } from './log-subscription.ts'
import { type PlacedRecord, RecordWriter } from './record-writer.ts'
import { scanPartitions } from './scan-partitions.ts'
import { tellMissed } from './tell-missed.ts'
import { toLogRecord } from './to-log-record.ts'
import { TopicWatch } from './topic-watch.ts'

/**
 * The log on Kafka. Resolves when a broker has answered; rejects within seconds with a config error (login, rights, certificate)
 * or a transient one (no broker to be reached). Record values are views into shared buffers: copy before changing them.
 */
export async function openKafkaEventLog(options: KafkaOptions): Promise<EventLog> {
  const clients = createKafkaClients(options)
  const first = clients.impatient.admin()
  await onKafka(`connecting to Kafka at ${options.brokers.join(', ')}`, async () => {
    try {
      await first.connect()
      await first.describeCluster()
    } finally {
      await first.disconnect()
    }
  })
  return new KafkaEventLog(clients, await openAdministration(clients.kafka, options.clock), options)
}

/** What a record costs beside its key, value and headers, at most. */
const RECORD_BYTES = 50

class KafkaEventLog implements EventLog {
  readonly supports = { rebalance: true, crossProcess: true }
  readonly #kafka: KafkaClients['kafka']
  readonly #admin: Administration
  readonly #options: KafkaOptions
  readonly #maxMessageBytes: number
  readonly #groupPrefix: string
  readonly #writer: RecordWriter
  readonly #watch: TopicWatch
  readonly #partitions = new Map<string, Promise<number>>()
  readonly #subscriptions = new Set<LogSubscription>()
  #keyless = 0
  #closed = false

  constructor({ kafka }: KafkaClients, admin: Administration, options: KafkaOptions) {
    this.#kafka = kafka
    this.#admin = admin
    this.#options = options
    this.#maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES
    this.#groupPrefix = options.namespace === undefined ? '' : `${options.namespace}.`
    this.#writer = new RecordWriter({
      ...{ kafka, clock: options.clock, maxPartBytes: this.#maxMessageBytes },
      onWritten: (topic, partition, first, next) => this.#watch.written(topic, partition, first, next),
    })
    this.#watch = new TopicWatch(admin, options.clock, options.logger, (topic, error) => {
      this.#writer.refuse(topic, error)
      for (const subscription of this.#subscriptions) subscription.topicBroken(topic, error)
    })
  }

  async createTopics(topics: readonly TopicSpec[]): Promise<readonly string[]> {
    const existing = new Set(await onKafka('listing topics', () => this.#admin.listTopics()))
    const made: string[] = []
    for (const topic of topics) {
      if (existing.has(topic.name)) continue
      const created = await onKafka(`making topic ${topic.name}`, () =>
        createTopic(this.#admin, this.#newTopic(topic), this.#options.clock),
      )
      if (created) made.push(topic.name) // else another process has made it meanwhile
    }
    return made
  }

  #newTopic({ name, partitions, compacted = false }: TopicSpec) {
    const { replicationFactor = -1, retentionMs } = this.#options.topics ?? {}
    const settings: Record<string, string | number> = {
      // The batch around the largest record has a head of its own.
      'max.message.bytes': this.#maxMessageBytes + 1_024,
      // The producers' clock, so that only retention ever compares it with the broker's (docs/operations.md, Clocks).
      'message.timestamp.type': 'CreateTime',
    }
    // Small segments: only what is in a closed one is compacted, and who reads the topic reads what is left.
    if (compacted) Object.assign(settings, { 'cleanup.policy': 'compact', 'segment.ms': 3_600_000 })
    else if (retentionMs !== undefined) settings['retention.ms'] = retentionMs
    const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value: String(value) }))
    return { topic: name, numPartitions: partitions, replicationFactor, configEntries }
  }

  /** Asked once: the number decides where keys are, so it must not change under a running process, and is watched. */
  partitions(topic: string): Promise<number> {
    const known = this.#partitions.get(topic)
    if (known !== undefined) return known
    const loading = onKafka(`looking for ${topic}`, () => this.#loadPartitions(topic))
    this.#partitions.set(topic, loading)
    loading.catch(() => this.#partitions.delete(topic))
    return loading
  }

  async #loadPartitions(topic: string): Promise<number> {
    if (this.#closed) throw logClosed()
    if (!(await this.#admin.listTopics()).includes(topic)) {
      const message = `there is no topic ${topic} on ${this.#options.brokers.join(', ')}; check its name, \`earshot setup\` makes those that are missing`
      throw new PipelineError(ErrorClass.Config, 'TOPIC_UNKNOWN', message)
    }
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] })
    const partitions = topics[0]?.partitions.length ?? 0
    this.#watch.add(topic, partitions)
    return partitions
  }

  async produce(topic: string, records: readonly NewRecord[]): Promise<readonly Position[]> {
    if (this.#closed) throw logClosed()
    const partitions = await this.partitions(topic)
    this.#watch.check(topic)
    if (records.length === 0) return []
    const { translation } = this.#options
    const translated = (record: NewRecord): NewRecord =>
      translation === undefined ? record : { ...record, value: translation.outgoing(topic, record.value) }
    return this.#writer.append(
      topic,
      records.map((record) => this.#place(topic, translated(record), partitions)),
    )
  }

  #place(topic: string, record: NewRecord, partitions: number): PlacedRecord {
    const key = record.key === null ? null : Buffer.from(record.key)
    const partition = record.partition ?? (key === null ? this.#keyless++ % partitions : partitionOf(key, partitions))
    if (partition < 0 || partition >= partitions) {
      const message = `there is no partition ${partition} in ${topic}, which has ${partitions}; topics that are read together need as many`
      throw new PipelineError(ErrorClass.Config, 'PARTITION_UNKNOWN', message)
    }
    let bytes = RECORD_BYTES + record.value.length + (key?.length ?? 0)
    for (const name in record.headers) bytes += 3 * (name.length + (record.headers[name] as string).length)
    return { record, partition, key, bytes }
  }

  async subscribe(options: SubscribeOptions, onBatch: (batch: RecordBatch) => Promise<Ack>): Promise<Subscription> {
    await this.partitions(options.topic)
    // Before it joins: kafkajs would set a group that stands outside the topic to its start, and nobody would know.
    await this.#standing(options.group, options.topic)
    if (this.#closed) throw logClosed()
    const { clock, logger, translation } = this.#options
    const subscription = await LogSubscription.start({
      kafka: this.#kafka,
      clock,
      logger,
      options,
      onBatch,
      translation,
      group: this.#groupId(options.group, options.topic),
      standing: () => this.#standing(options.group, options.topic),
      bounds: (partition) => this.#bounds(options.topic, partition),
      mustReach: (partition, least) =>
        this.#watch.mustReach(options.topic, partition, least, `group ${options.group} has read so far`),
      onStart: (started) => this.#subscriptions.add(started),
      onEnd: (ended) => this.#subscriptions.delete(ended),
    })
    return subscription
  }

  /** One for each topic that a group reads: kafkajs deals out the topics of all members to each of them. */
  #groupId(group: string, topic: string): string {
    const own = topic.startsWith(this.#groupPrefix) ? topic.slice(this.#groupPrefix.length) : topic
    return `${this.#groupPrefix}${group}.${own}`
  }

  /** Where a group goes on. What it can no longer read is told, or refused when it says that the topic is another one now. */
  async #standing(group: string, topic: string): Promise<readonly PartitionLag[]> {
    await this.#watch.look(topic)
    const rows = await this.lag(group, topic)
    const standing = rows.map(async (row) => {
      const { partition, start, committed, end } = row
      if (committed > end) {
        const why = `group ${this.#groupId(group, topic)} has committed that`
        await this.#watch.mustReach(topic, partition, committed, why)
        return { ...row, end: committed }
      }
      if (committed >= start) return row
      tellMissed(this.#options.logger, { group, topic, partition, from: committed, to: start })
      return { ...row, committed: start }
    })
    return Promise.all(standing)
  }

  async #bounds(topic: string, partition: number): Promise<Pick<PartitionLag, 'start' | 'end'>> {
    const rows = await onKafka(`looking after ${topic}`, () => this.#admin.fetchTopicOffsets(topic))
    const row = rows.find((each) => each.partition === partition)
    return { start: Number(row?.low ?? 0), end: Number(row?.high ?? 0) }
  }

  async lag(group: string, topic: string): Promise<readonly PartitionLag[]> {
    await this.partitions(topic)
    const groupId = this.#groupId(group, topic)
    return onKafka(`looking where group ${groupId} stands`, async () => {
      const [offsets, committed] = await Promise.all([
        this.#admin.fetchTopicOffsets(topic),
        this.#admin.fetchOffsets({ groupId, topics: [topic] }),
      ])
      const next = new Map(committed[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
      return offsets
        .map(({ partition, low, high }) => {
          const [start, stored] = [Number(low), next.get(partition) ?? -1]
          return { partition, start, committed: stored < 0 ? start : stored, end: Number(high) }
        })
        .toSorted((a, b) => a.partition - b.partition)
    })
  }

  async read(topic: string, partition: number, from: number, limit: number): Promise<readonly LogRecord[]> {
    const partitions = await this.partitions(topic)
    if (partition < 0 || partition >= partitions) {
      const message = `there is no partition ${partition} in ${topic}; it has ${partitions}`
      throw new PipelineError(ErrorClass.Config, 'PARTITION_UNKNOWN', message)
    }
    if (limit < 1) return []
    return onKafka(`reading ${topic}`, async () => {
      const { start, end } = await this.#bounds(topic, partition)
      const range = { from: Math.max(from, start), to: end }
      const records: LogRecord[] = []
      await scanPartitions(
        this.#kafka,
        this.#admin,
        this.#groupPrefix,
        topic,
        new Map([[partition, range]]),
        (_, message) => {
          records.push(toLogRecord(message))
          return records.length < limit
        },
      )
      return this.#options.translation?.incoming(records) ?? records
    })
  }

  async forget(topic: string, before: number): Promise<void> {
    await this.partitions(topic)
    await onKafka(`forgetting what ${topic} took in before ${new Date(before).toISOString()}`, async () => {
      const standing = await this.#admin.fetchTopicOffsets(topic)
      const firstKept = await this.#admin.fetchTopicOffsetsByTimestamp(topic, before)
      const partitions = firstKept.filter(({ partition, offset }) => {
        const low = standing.find((row) => row.partition === partition)?.low ?? '0'
        return Number(offset) > Number(low)
      })
      if (partitions.length > 0) await this.#admin.deleteTopicRecords({ topic, partitions })
    })
  }

  /** Handlers in flight are awaited; what was accepted becomes durable. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.all([...this.#subscriptions].map((subscription) => subscription[Symbol.asyncDispose]()))
    await this.#watch[Symbol.asyncDispose]()
    await this.#writer[Symbol.asyncDispose]()
    await this.#admin.disconnect()
  }
}
