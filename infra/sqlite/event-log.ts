import type { Clock } from '#infra/contracts/clock.ts'
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
import { LogPartition } from './log-partition.ts'
import type { LogStore, LogStoreOptions } from './log-store.ts'
import { LogSubscription, readChunks } from './log-subscription.ts'
import { LogTopic } from './log-topic.ts'
import { LogWriter } from './log-writer.ts'
import { takeRecords } from './record-chunk.ts'
import { storeClosed, WorkerClient } from './worker-client.ts'

export interface SqliteEventLogOptions {
  readonly path: string
  readonly clock: Clock
  /**
   * Per topic, the groups that must have committed a record before it is removed; only these groups may subscribe to it then.
   * Topics that are not named keep everything.
   */
  readonly groups?: Readonly<Record<string, readonly string[]>>
  /** `produce` waits while the topics with `groups` hold this much; each has an equal share, so a full topic never stops the one that drains it. */
  readonly maxLogBytes?: number
  /** Beside the process that writes: `read`, `lag` and `partitions` only. */
  readonly readOnly?: boolean
}

/**
 * The log in one SQLite file, for one process. Record values are views into shared buffers: copy before changing them; their
 * buffers cannot be transferred. Rejects with a config error when the file is foreign, damaged or newer than this program.
 */
export async function openSqliteEventLog(options: SqliteEventLogOptions): Promise<EventLog> {
  const { path, readOnly = false, groups = {} } = options
  const storeOptions: LogStoreOptions = { path, readOnly, groups }
  const store = await WorkerClient.start<LogStore>(import.meta.url, 'log-worker', storeOptions)
  return new SqliteEventLog(store, { ...options, readOnly, groups })
}

const READ_BYTES = 1024 * 1024

class SqliteEventLog implements EventLog {
  readonly supports = { rebalance: false, crossProcess: false }
  readonly #store: WorkerClient<LogStore>
  readonly #writer: LogWriter
  readonly #clock: Clock
  readonly #readOnly: boolean
  readonly #groups: Readonly<Record<string, readonly string[]>>
  readonly #topicBytes: number
  readonly #topics = new Map<string, Promise<LogTopic>>()
  readonly #loaded = new Set<LogTopic>()
  readonly #subscriptions = new Map<string, LogSubscription>()
  #closed = false

  constructor(
    store: WorkerClient<LogStore>,
    options: SqliteEventLogOptions & { readonly groups: Record<string, readonly string[]>; readonly readOnly: boolean },
  ) {
    this.#store = store
    this.#clock = options.clock
    this.#readOnly = options.readOnly
    this.#groups = options.groups
    const limited = Object.values(options.groups).filter((groups) => groups.length > 0).length
    this.#topicBytes = (options.maxLogBytes ?? Number.POSITIVE_INFINITY) / Math.max(limited, 1)
    this.#writer = new LogWriter(store, options.clock, () => {
      for (const topic of this.#loaded) topic.release()
    })
    store.failed.catch((error: unknown) => {
      for (const subscription of this.#subscriptions.values()) subscription.fail(error)
    })
  }

  async createTopics(topics: readonly TopicSpec[]): Promise<readonly string[]> {
    this.#refuseWrites()
    return this.#store.call('createTopics', { topics })
  }

  async partitions(topic: string): Promise<number> {
    return (await this.#topic(topic)).partitions.length
  }

  async produce(topic: string, records: readonly NewRecord[]): Promise<readonly Position[]> {
    this.#refuseWrites()
    const target = await this.#topic(topic)
    if (this.#closed) throw storeClosed()
    if (records.length === 0) return []
    const partitions = target.place(records)
    return target.admit(records, () => this.#writer.append(partitions, records))
  }

  async subscribe(options: SubscribeOptions, onBatch: (batch: RecordBatch) => Promise<Ack>): Promise<Subscription> {
    this.#refuseWrites()
    const { topic, group } = options
    const { partitions } = await this.#topic(topic)
    const declared = this.#groups[topic] ?? []
    if (declared.length > 0 && !declared.includes(group)) {
      throw new PipelineError(
        ErrorClass.Config,
        'GROUP_UNDECLARED',
        `group ${group} is not among those that ${topic} keeps its records for (${declared.join(', ')}); declare it where the log is opened`,
      )
    }
    const name = `${topic} ${group}`
    const rows = await this.#store.call('lag', { topic, group })
    if (this.#closed) throw storeClosed()
    if (this.#subscriptions.has(name)) {
      throw new PipelineError(
        ErrorClass.Config,
        'GROUP_TAKEN',
        `group ${group} already reads ${topic}; an embedded log has one member per group, use mode: distributed for more`,
      )
    }
    const parts = {
      store: this.#store,
      writer: this.#writer,
      clock: this.#clock,
      onEnd: () => this.#subscriptions.delete(name),
    }
    const starts = rows.map(({ committed }) => committed)
    const subscription = new LogSubscription(parts, options, onBatch, partitions, starts)
    this.#subscriptions.set(name, subscription)
    return subscription
  }

  async lag(group: string, topic: string): Promise<readonly PartitionLag[]> {
    await this.#topic(topic)
    return this.#store.call('lag', { topic, group })
  }

  async read(topic: string, partition: number, from: number, limit: number): Promise<readonly LogRecord[]> {
    const { id } = (await this.#topic(topic)).partition(partition)
    const records: LogRecord[] = []
    let position = from
    while (records.length < limit) {
      const room = { records: limit - records.length, bytes: Number.POSITIVE_INFINITY }
      const request = { partition: id, from: position, maxRecords: room.records, maxBytes: READ_BYTES }
      const chunks = await readChunks(this.#store, request)
      if (chunks.length === 0) break
      for (const chunk of chunks) if (room.records > 0) position = takeRecords(chunk, position, room, records)
    }
    return records
  }

  async forget(topic: string, before: number): Promise<void> {
    this.#refuseWrites()
    const target = await this.#topic(topic)
    for (const partition of target.partitions) {
      partition.stored = await this.#store.call('forget', { partition: partition.id, before })
    }
    target.release()
  }

  /** Who writes knows its topics; who reads beside it asks each time. */
  async #topic(name: string): Promise<LogTopic> {
    const known = this.#topics.get(name)
    if (known !== undefined) return known
    const loading = this.#loadTopic(name)
    if (this.#readOnly) return loading
    this.#topics.set(name, loading)
    loading.catch(() => this.#topics.delete(name))
    return loading
  }

  async #loadTopic(name: string): Promise<LogTopic> {
    const stored = await this.#store.call('topic', { name })
    if (stored === null) {
      const message = `there is no topic ${name} in the log; check its name, \`earshot setup\` makes those that are missing`
      throw new PipelineError(ErrorClass.Config, 'TOPIC_UNKNOWN', message)
    }
    const partitions = stored.partitions.map(
      ({ id, number, next, stored }) => new LogPartition(id, number, next, stored),
    )
    const limited = (this.#groups[name] ?? []).length > 0
    const topic = new LogTopic(name, partitions, limited ? this.#topicBytes : Number.POSITIVE_INFINITY)
    if (!this.#readOnly) this.#loaded.add(topic)
    return topic
  }

  #refuseWrites(): void {
    if (!this.#readOnly) return
    throw new PipelineError(
      ErrorClass.Config,
      'LOG_READ_ONLY',
      'the log was opened for reading beside the process that writes it; this needs `earshot run`',
    )
  }

  /** Waiting producers are refused; handlers in flight are awaited; what was accepted becomes durable. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const topic of this.#loaded) topic.refuse(storeClosed())
    await Promise.all([...this.#subscriptions.values()].map((subscription) => subscription[Symbol.asyncDispose]()))
    await this.#writer.idle()
    await this.#store[Symbol.asyncDispose]()
  }
}
