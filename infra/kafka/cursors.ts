import type { Kafka } from 'kafkajs'
import type { Cursor, Cursors, RunConnector } from '#infra/contracts/cursors.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { EventLog } from '#infra/contracts/event-log.ts'
import { type Administration, openAdministration } from './administration.ts'
import { ConnectorRun } from './connector-run.ts'
import { applyCursor, encodeCursor } from './cursor-record.ts'
import { openKafkaEventLog } from './event-log.ts'
import { createKafkaClients } from './kafka-client.ts'
import { logClosed, onKafka } from './kafka-error.ts'
import type { KafkaOptions } from './kafka-options.ts'
import { partitionOf } from './key-hash.ts'
import { type OffsetRange, scanPartitions } from './scan-partitions.ts'

export interface KafkaCursorsOptions extends KafkaOptions {
  /** Made when it is missing; compacted. */
  readonly topic: string
  /** Of a topic that is made: at most so many processes share the connectors. */
  readonly partitions: number
}

/**
 * Cursors in a compacted topic, a record per save with the connector as its key. Whoever the group `connectors` gives a partition
 * reads it to its end and runs its connectors. Rejects as `openKafkaEventLog` does.
 */
export async function openKafkaCursors(options: KafkaCursorsOptions): Promise<Cursors> {
  const { topic, partitions } = options
  const log = await openKafkaEventLog(options)
  const { kafka } = createKafkaClients(options)
  try {
    await log.createTopics([{ name: topic, partitions, compacted: true }])
    const admin = await onKafka('connecting to Kafka', () => openAdministration(kafka, options.clock))
    return new KafkaCursors(log, kafka, admin, options)
  } catch (error) {
    await log[Symbol.asyncDispose]()
    throw error
  }
}

class KafkaCursors implements Cursors {
  readonly #log: EventLog
  readonly #kafka: Kafka
  readonly #admin: Administration
  readonly #options: KafkaCursorsOptions
  readonly #groupPrefix: string
  #running: { readonly run: ConnectorRun; readonly ended: Promise<void> } | null = null
  #closed = false

  constructor(log: EventLog, kafka: Kafka, admin: Administration, options: KafkaCursorsOptions) {
    this.#log = log
    this.#kafka = kafka
    this.#admin = admin
    this.#options = options
    this.#groupPrefix = options.namespace === undefined ? '' : `${options.namespace}.`
  }

  /** One at a time: a process is one member of the group. */
  async run(connectors: readonly string[], start: RunConnector, signal: AbortSignal): Promise<void> {
    if (this.#closed) throw logClosed()
    const repeated = connectors.find((connector, i) => connectors.indexOf(connector) < i)
    if (repeated !== undefined || this.#running !== null) {
      const what = repeated === undefined ? 'the connectors of this process' : `connector ${repeated}`
      const message = `${what} would run twice; give each connector an id of its own, and run them together`
      throw new PipelineError(ErrorClass.Config, 'CONNECTOR_RUNS_TWICE', message)
    }
    if (connectors.length === 0 || signal.aborted) return
    const ended = Promise.withResolvers<void>()
    const { topic, clock, logger } = this.#options
    const run = new ConnectorRun({
      ...{ kafka: this.#kafka, clock, logger, topic, start },
      group: `${this.#groupPrefix}connectors`,
      connectors: this.#byPartition(connectors, await this.#log.partitions(topic)),
      readCursors: (partition, wanted) => this.#cursorsOf(partition, wanted),
    })
    const stop = () => run.stop()
    this.#running = { run, ended: ended.promise }
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      await run.run()
    } finally {
      signal.removeEventListener('abort', stop)
      this.#running = null
      ended.resolve()
    }
  }

  #byPartition(connectors: readonly string[], partitions: number): ReadonlyMap<number, readonly string[]> {
    return Map.groupBy(connectors, (connector) => partitionOf(Buffer.from(connector), partitions))
  }

  async save(connector: string, cursor: Cursor): Promise<void> {
    await this.#log.produce(this.#options.topic, [{ key: connector, value: encodeCursor(cursor), headers: {} }])
  }

  list(): Promise<ReadonlyMap<string, Cursor>> {
    return this.#read(null)
  }

  /** Those that are not where they belong were saved before the topic got more partitions; a connector must not begin anew for that. */
  async #cursorsOf(partition: number, wanted: readonly string[]): Promise<ReadonlyMap<string, Cursor>> {
    const cursors = await this.#read(partition)
    return wanted.every((connector) => cursors.has(connector)) ? cursors : this.#read(null)
  }

  /** All that was saved when it was called, of one partition or of all. */
  async #read(only: number | null): Promise<ReadonlyMap<string, Cursor>> {
    const { topic } = this.#options
    const partitions = await this.#log.partitions(topic)
    const [cursors, misplaced] = [new Map<string, Cursor>(), new Map<string, Cursor>()]
    await onKafka(`reading ${topic}`, async () => {
      const ranges = new Map<number, OffsetRange>()
      for (const { partition, low, high } of await this.#admin.fetchTopicOffsets(topic)) {
        if (only === null || only === partition) ranges.set(partition, { from: Number(low), to: Number(high) })
      }
      await scanPartitions(this.#kafka, this.#admin, this.#groupPrefix, topic, ranges, (partition, message) => {
        const isPlaced = message.key === null || partitionOf(message.key, partitions) === partition
        applyCursor(isPlaced ? cursors : misplaced, topic, partition, message)
        return true
      })
    })
    return new Map([...misplaced, ...cursors])
  }

  /** Stops what runs and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#running?.run.stop()
    await this.#running?.ended
    await this.#admin.disconnect()
    await this.#log[Symbol.asyncDispose]()
  }
}
