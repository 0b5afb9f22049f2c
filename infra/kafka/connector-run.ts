import type { Kafka } from 'kafkajs'
import type { Logger } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import type { Cursor, RunConnector } from '#infra/contracts/cursors.ts'
import { GroupMember, type MemberEvents } from './group-member.ts'
import { kafkaError, onKafka } from './kafka-error.ts'

export interface ConnectorRunParts {
  readonly kafka: Kafka
  readonly clock: Clock
  readonly logger: Logger
  readonly group: string
  readonly topic: string
  /** By the partition that holds their cursors. */
  readonly connectors: ReadonlyMap<number, readonly string[]>
  readonly start: RunConnector
  /** The last cursors of these connectors, which belong to the partition. */
  readonly readCursors: (partition: number, connectors: readonly string[]) => Promise<ReadonlyMap<string, Cursor>>
}

/** Runs the connectors whose partitions the group gives to this member, until they are exhausted or it is stopped. */
export class ConnectorRun implements MemberEvents {
  readonly #parts: ConnectorRunParts
  readonly #member: GroupMember
  readonly #ended = Promise.withResolvers<void>()
  #owned: readonly number[] = []
  /** Aborts when the group takes its partitions back. */
  #round = new AbortController()
  /** What runs, also of earlier rounds, by partition. */
  readonly #runs = new Map<number, Promise<void>>()
  readonly #exhausted = new Set<string>()
  #failure: { readonly error: unknown } | null = null
  #stopping = false

  constructor(parts: ConnectorRunParts) {
    const { kafka, clock, logger, group, topic } = parts
    this.#parts = parts
    this.#member = new GroupMember(kafka, clock, logger, group, topic, this)
  }

  /** Resolves when all owned connectors are exhausted or it was stopped; rejects with the first failure, after stopping the others. */
  async run(): Promise<void> {
    const { group, topic } = this.#parts
    try {
      await onKafka(`joining group ${group} on ${topic}`, () => this.#member.start())
      await this.#ended.promise
    } catch (error) {
      this.#fail(error)
    }
    this.stop()
    await Promise.all(this.#runs.values())
    await this.#member[Symbol.asyncDispose]()
    if (this.#failure !== null) throw this.#failure.error
  }

  stop(): void {
    this.#stopping = true
    this.#round.abort()
    this.#ended.resolve()
  }

  leaving(): void {
    this.#round.abort()
  }

  joined(partitions: readonly number[]): void {
    if (this.#stopping) return
    this.leaving() // with several brokers two rounds of kafkajs can overlap
    this.#owned = partitions
    this.#round = new AbortController()
    const { signal } = this.#round
    for (const partition of partitions) {
      this.#member.pause(partition) // it is the group that decides who owns what; the records are read when a connector starts
      const run = this.#runPartition(partition, this.#runs.get(partition), signal)
      this.#runs.set(
        partition,
        run.catch((error: unknown) => this.#fail(error)),
      )
    }
    this.#stopWhenExhausted()
  }

  fetched(): void {}

  crashed(error: unknown): void {
    this.#fail(kafkaError(error, `staying in group ${this.#parts.group}`))
  }

  async #runPartition(partition: number, before: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
    await before // a connector that is still stopping must not run beside its successor
    const waiting = this.#connectorsOf(partition).filter((connector) => !this.#exhausted.has(connector))
    if (signal.aborted || waiting.length === 0) return
    const cursors = await this.#parts.readCursors(partition, waiting)
    if (signal.aborted) return
    await Promise.all(waiting.map((connector) => this.#runConnector(connector, cursors.get(connector) ?? null, signal)))
  }

  async #runConnector(connector: string, cursor: Cursor | null, signal: AbortSignal): Promise<void> {
    try {
      await this.#parts.start(connector, cursor, signal)
    } catch (error) {
      if (signal.aborted && (error as Error | undefined)?.name === 'AbortError') return // how it stops when it is told to
      this.#fail(error)
      return
    }
    if (signal.aborted) return
    this.#exhausted.add(connector)
    this.#stopWhenExhausted()
  }

  /** A member without a connector stands by: it takes over when another one leaves. */
  #stopWhenExhausted(): void {
    const connectors = this.#owned.flatMap((partition) => this.#connectorsOf(partition))
    if (connectors.length > 0 && connectors.every((connector) => this.#exhausted.has(connector))) this.stop()
  }

  #connectorsOf(partition: number): readonly string[] {
    return this.#parts.connectors.get(partition) ?? []
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.stop()
  }
}
