import type { Logger } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { Administration } from './administration.ts'
import { onKafka } from './kafka-error.ts'

/** How soon a process learns what administrators have done to its topics. */
const LOOK_MS = 20_000
const CATCH_UP_MS = 500
const CATCH_UP_LOOKS = 20

interface Known {
  /** Decides where a key is. */
  readonly partitions: number
  /** The highest end that the brokers have named, by partition. */
  readonly ends: Map<number, number>
  /** Behind the last record of our own, by partition. Kept apart: others write in between, and answers overtake each other. */
  readonly written: Map<number, number>
}

/**
 * What a topic must not do under a running process: get more partitions (its keys would move, and what is written of a mention
 * could overtake what waits), be deleted, or be made anew (offsets would mean other records). Kafka itself goes on silently.
 */
export class TopicWatch implements AsyncDisposable {
  readonly #admin: Administration
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #onBroken: (topic: string, error: unknown) => void
  readonly #topics = new Map<string, Known>()
  readonly #broken = new Map<string, PipelineError>()
  readonly #closing = new AbortController()
  #watching: Promise<void> | null = null

  /** Tells `onBroken` of each topic that can no longer be worked with, once. */
  constructor(admin: Administration, clock: Clock, logger: Logger, onBroken: (topic: string, error: unknown) => void) {
    this.#admin = admin
    this.#clock = clock
    this.#logger = logger
    this.#onBroken = onBroken
  }

  /** From now on `topic` is expected to keep this number of partitions. */
  add(topic: string, partitions: number): void {
    if (!this.#topics.has(topic)) this.#topics.set(topic, { partitions, ends: new Map(), written: new Map() })
    this.#watching ??= this.#watch()
  }

  /** Throws what has become of the topic, as far as it is known. */
  check(topic: string): void {
    const error = this.#broken.get(topic)
    if (error !== undefined) throw error
  }

  /** What was written, one request after the other, stands from `first` up to `next`. Throws when that is below what we wrote before. */
  written(topic: string, partition: number, first: number, next: number): void {
    const written = this.#topics.get(topic)?.written
    const before = written?.get(partition) ?? 0
    written?.set(partition, next)
    if (first >= before) return
    const error = topicRecreated(`partition ${partition} of ${topic} ended at ${before} and took a record at ${first}`)
    this.#break(topic, error)
    throw error
  }

  #break(topic: string, error: PipelineError): void {
    if (this.#broken.has(topic)) return
    this.#broken.set(topic, error)
    this.#onBroken(topic, error)
  }

  /** Asks the brokers. Rejects with a config error when the topic is no longer the one that this process began with. */
  async look(topic: string): Promise<void> {
    this.check(topic)
    const known = this.#topics.get(topic)
    if (known === undefined) return
    try {
      await onKafka(`looking after ${topic}`, () => this.#compare(topic, known))
    } catch (error) {
      if (error instanceof PipelineError && error.class === ErrorClass.Config) this.#break(topic, error)
      throw error
    }
  }

  async #compare(topic: string, { partitions, ends, written }: Known): Promise<void> {
    // What stood before we ask; more may be written before the answer is here.
    const least = new Map(ends)
    for (const [partition, next] of written) least.set(partition, Math.max(next, ends.get(partition) ?? 0))
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] })
    const now = topics[0]?.partitions.length ?? 0
    if (now > partitions) throw partitionsChanged(topic, partitions, now)
    if (now < partitions) throw topicRecreated(`${topic} had ${partitions} partitions and has ${now} now`)
    for (const { partition, high } of await this.#admin.fetchTopicOffsets(topic)) {
      const before = least.get(partition) ?? 0
      if (Number(high) < before) await this.mustReach(topic, partition, before, 'it had reached that before')
      ends.set(partition, Math.max(Number(high), before))
    }
  }

  /**
   * Resolves when the partition ends at `least` or behind it. A new leader can name an earlier end until its followers have caught up:
   * only what it says while all copies are in sync, and says twice, is taken for a topic made anew. `why` says what is known.
   */
  async mustReach(topic: string, partition: number, least: number, why: string): Promise<void> {
    let sure = 0
    for (let looks = 0; looks < CATCH_UP_LOOKS; looks++) {
      await this.#clock.sleep(CATCH_UP_MS)
      const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] })
      const { isr, replicas } = topics[0]?.partitions.find((each) => each.partitionId === partition) ?? {}
      const rows = await this.#admin.fetchTopicOffsets(topic)
      const end = Number(rows.find((row) => row.partition === partition)?.high ?? 0)
      if (end >= least) return
      sure = isr?.length === replicas?.length ? sure + 1 : 0
      if (sure === 2) throw topicRecreated(`partition ${partition} of ${topic} ends at ${end}, not at ${least}: ${why}`)
    }
    const message = `partition ${partition} of ${topic} ends before offset ${least} while not all its copies are in sync; start the brokers that are down`
    throw new PipelineError(ErrorClass.Transient, 'KAFKA_UNAVAILABLE', message)
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      await this.#clock.sleep(LOOK_MS, signal).catch(() => {})
      for (const topic of this.#topics.keys()) {
        if (signal.aborted || this.#broken.has(topic)) continue
        try {
          await this.look(topic)
        } catch (error) {
          if (this.#broken.has(topic) || signal.aborted) continue
          this.#logger.debug({ err: error, topic }, 'topic not looked after')
        }
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
  }
}

const partitionsChanged = (topic: string, before: number, now: number): PipelineError => {
  const message = `${topic} had ${before} partitions when this process began and has ${now} now: keys would move, and news of a mention could overtake what waits of it. Nothing is lost; end all processes and go on as "More partitions" in docs/operations.md says`
  return new PipelineError(ErrorClass.Config, 'PARTITIONS_CHANGED', message)
}

export const topicRecreated = (how: string): PipelineError => {
  const message = `${how}; the topic was made anew, or its brokers have lost its last records; end all processes and go on as "A topic made anew" in docs/operations.md says`
  return new PipelineError(ErrorClass.Config, 'TOPIC_RECREATED', message)
}
