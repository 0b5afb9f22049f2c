export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  /** Only the last record of each key need be kept. */
  readonly compacted?: boolean
}

export interface NewRecord {
  /** Decides the partition, unless `partition` does. Records of one key keep their order. */
  readonly key: string | null
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  readonly partition?: number
}

export interface Position {
  readonly partition: number
  readonly offset: number
}

export interface LogRecord {
  readonly offset: number
  readonly key: string | null
  /** May look into a buffer that others read too: copy it before changing it, do not transfer it. */
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  /** When the log took it in, milliseconds. */
  readonly timestamp: number
}

export interface RecordBatch {
  readonly topic: string
  readonly partition: number
  /** In offset order; empty in an idle call. */
  readonly records: readonly LogRecord[]
  /** First offset that did not exist when this batch was read. */
  readonly end: number
  /** Aborts when the partition is revoked or the subscription ends. A handler that rejects with its reason then has stopped, not failed. */
  readonly signal: AbortSignal
}

/**
 * `commit`: this batch, and every batch held before it in the partition, is durable elsewhere.
 * `hold`: kept in memory only; it is delivered again if the process or the assignment ends before a `commit`.
 */
export type Ack = 'commit' | 'hold'

export interface SubscribeOptions {
  readonly group: string
  readonly topic: string
  readonly maxRecords: number
  readonly maxBytes: number
  /** A handler that holds is called with an empty batch after this long without records, so that it can finish by the clock. */
  readonly idleMs: number
  /** The partition went to another member: what was held for it must be forgotten. */
  readonly onRevoke?: (partition: number) => void
}

export interface Subscription extends AsyncDisposable {
  /** Resolves when disposed; rejects when a handler rejected or the log failed. */
  readonly done: Promise<void>
}

export interface PartitionLag {
  readonly partition: number
  /** First offset that is still kept. */
  readonly start: number
  /** First offset that the group has not committed; `start` for a new group. */
  readonly committed: number
  /** First offset that does not exist yet. */
  readonly end: number
}

/** Topics, partitions, offsets and consumer groups, with the meaning Kafka gives them. */
export interface EventLog extends AsyncDisposable {
  /** What this adapter can do beyond the core. Suites branch on it; stages must not. */
  readonly supports: { readonly rebalance: boolean; readonly crossProcess: boolean }
  /** Makes the topics that are missing and answers their names; existing ones stay as they are. */
  createTopics(topics: readonly TopicSpec[]): Promise<readonly string[]>
  /** Number of partitions. Rejects with a config error for a topic that does not exist. */
  partitions(topic: string): Promise<number>
  /** Resolves only when every record survives a crash of this process; positions are in input order. */
  produce(topic: string, records: readonly NewRecord[]): Promise<readonly Position[]>
  /** One batch in flight per partition; the next waits for the answer. A rejection commits nothing and rejects `done`. A new group starts at the first kept offset. */
  subscribe(options: SubscribeOptions, onBatch: (batch: RecordBatch) => Promise<Ack>): Promise<Subscription>
  /** Where a group stands, a row per partition. */
  lag(group: string, topic: string): Promise<readonly PartitionLag[]>
  /** Reads without a group, from `from` up to `limit` records of one partition: for replays of dead letters and for people. */
  read(topic: string, partition: number, from: number, limit: number): Promise<readonly LogRecord[]>
  /** Removes what a topic took in before that moment, whoever has read it; offsets stay. What was stored together with something later may stay with it. */
  forget(topic: string, before: number): Promise<void>
}
