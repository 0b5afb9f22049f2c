import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { type ZstdOptions, zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs, { type Kafka, type KafkaConfig, type LogEntry, type SASLOptions } from 'kafkajs'
import type { Logger } from 'pino'
import type { KafkaOptions } from './kafka-options.ts'

// Node finds only some of this package's names by itself.
const { CompressionCodecs, CompressionTypes, logLevel } = kafkajs

/**
 * Rides out the restart of a broker: with kafkajs's own defaults an idempotent producer throws after 10 s. Always given whole,
 * since the defaults differ under NODE_ENV=test. What lasts longer ends the subscription, and the supervisor starts it again.
 */
export const RETRY = {
  initialRetryTime: 100,
  maxRetryTime: 2_000,
  retries: 60,
  factor: 0.2,
  multiplier: 2,
  restartOnFailure: async () => false,
}
/** For the first word with the servers: a wrong address is told in seconds. */
const FIRST_RETRY = { ...RETRY, retries: 5 }
/** Node's own size, bytes. */
const LEAST_CHUNK = 16 << 10

export interface KafkaClients {
  readonly kafka: Kafka
  /** Gives up in seconds. */
  readonly impatient: Kafka
}

export function createKafkaClients(options: KafkaOptions): KafkaClients {
  stopIdleTimers()
  registerZstd()
  const { brokers, tls, sasl, logger, namespace } = options
  const config: KafkaConfig = {
    clientId: namespace ?? 'earshot',
    brokers: [...brokers],
    connectionTimeout: 5_000,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => tell(logger, entry),
    ...(tls === undefined ? {} : { ssl: tls }),
    ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
  }
  return {
    kafka: new kafkajs.Kafka({ ...config, retry: RETRY }),
    impatient: new kafkajs.Kafka({ ...config, retry: FIRST_RETRY }),
  }
}

/**
 * One level down, as every failure that matters comes to us as an error as well; a refusal that is tried again is none. The fields
 * are chosen: entries can carry records.
 */
function tell(logger: Logger, { namespace, level, log }: LogEntry): void {
  const { message, groupId, error, retryCount } = log
  if (message.includes('Limiting retries')) return // a failed send ends its producer, so its promise holds with any limit
  const fields = { part: namespace, groupId, error: typeof error === 'string' ? error : undefined, retryCount }
  if (level === logLevel.ERROR && !message.startsWith('Response ')) logger.warn(fields, message)
  else logger.debug(fields, message)
}

function registerZstd(): void {
  const compress = promisify<Buffer, ZstdOptions, Buffer>(zstdCompress)
  const decompress = promisify<Buffer, ZstdOptions, Buffer>(zstdDecompress)
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { readonly buffer: Buffer }) => compress(buffer, inFewChunks(buffer.length >> 1)),
    decompress: (buffer: Buffer) => decompress(buffer, inFewChunks(buffer.length * 2)),
  })
}

/**
 * Every chunk of what comes out is a way to the thread pool and back: decompressing a batch in 16 KB chunks takes twice the CPU. What is kept of a batch keeps its last chunk whole, so they are not as large as they could be.
 */
const inFewChunks = (bytes: number): ZstdOptions => ({ chunkSize: Math.max(LEAST_CHUNK, bytes) })

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}
let idleTimersStopped = false

/**
 * kafkajs 2.2.4 wakes each connection every millisecond: "throttled until" begins at -1, and a timer with a negative delay runs at
 * once and sets itself again (kafkajs issue 1751). Where no request waits, there is nothing to look after.
 */
function stopIdleTimers(): void {
  if (idleTimersStopped) return
  idleTimersStopped = true
  const queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
  const schedule = queue.prototype.scheduleCheckPendingRequests
  queue.prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this)
  }
}
