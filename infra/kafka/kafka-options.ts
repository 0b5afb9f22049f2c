import type { ConnectionOptions } from 'node:tls'
import type { Logger } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import type { LogRecord } from '#infra/contracts/event-log.ts'

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

/** How topics are made that do not exist yet. Existing ones stay as they are. */
export interface NewTopicOptions {
  /** The broker's own default when absent. */
  readonly replicationFactor?: number
  /** How long records are kept; the broker's own default when absent. Compacted topics keep the last of each key for ever. */
  readonly retentionMs?: number
}

/** Between what stands on topics and what the process works with: the ids of a schema registry and our own. */
export interface RecordTranslation {
  /** The bytes for the topic. Leaves those it is given as they are. */
  outgoing(topic: string, value: Uint8Array): Uint8Array
  /** The other way. Rejects with a transient error while it cannot be known what a record is. */
  incoming(records: readonly LogRecord[]): Promise<readonly LogRecord[]>
}

export interface KafkaOptions {
  /** `host:port` of some brokers; the others are found through them. */
  readonly brokers: readonly string[]
  readonly clock: Clock
  /** Takes what kafkajs has to say, too. */
  readonly logger: Logger
  /** Prefixes the names of groups, so that two installations can share servers. */
  readonly namespace?: string
  /** `true` trusts the system's authorities; an object brings an own `ca`, or `cert` and `key`. */
  readonly tls?: boolean | ConnectionOptions
  readonly sasl?: KafkaSasl
  readonly topics?: NewTopicOptions
  /**
   * Largest record, bytes of key, value and headers, and largest group of records that is sent to a partition at a time. New
   * topics are made to take it; it must not exceed `max.message.bytes` of the existing ones.
   */
  readonly maxMessageBytes?: number
  /** None: records stand on topics as they are given. */
  readonly translation?: RecordTranslation
}

export const DEFAULT_MAX_MESSAGE_BYTES = 1_000_000
