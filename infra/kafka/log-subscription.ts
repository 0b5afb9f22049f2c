import type { PartitionLag, Subscription } from '#infra/contracts/event-log.ts'
import { Assignment, type AssignmentParts } from './assignment.ts'
import { type Fetched, GroupMember, type MemberEvents } from './group-member.ts'
import type { KafkaClients } from './kafka-client.ts'
import { kafkaError, onKafka } from './kafka-error.ts'

export interface SubscriptionParts extends Omit<AssignmentParts, 'member'> {
  readonly kafka: KafkaClients['kafka']
  /** The group's name on the server. */
  readonly group: string
  /** Where the group stands, now. Rejects when it cannot go on from there. */
  readonly standing: () => Promise<readonly PartitionLag[]>
  /** Called before it joins. */
  readonly onStart: (subscription: LogSubscription) => void
  /** Called once when the subscription has ended, before `done` settles. */
  readonly onEnd: (subscription: LogSubscription) => void
}

/** One member of a consumer group: an assignment per partition that the group has given to it. */
export class LogSubscription implements Subscription, MemberEvents {
  readonly done: Promise<void>
  readonly #parts: SubscriptionParts
  readonly #ended = Promise.withResolvers<void>()
  readonly #assignments = new Map<number, Assignment>()
  /** Assignments that still run, also of earlier rounds, by partition. */
  readonly #runs = new Map<number, Promise<void>>()
  readonly #member: GroupMember
  #failure: { readonly error: unknown } | null = null
  #ending = false

  constructor(parts: SubscriptionParts) {
    const { kafka, clock, logger, group, options } = parts
    this.#parts = parts
    this.#member = new GroupMember(kafka, clock, logger, group, options.topic, this)
    this.done = this.#run()
  }

  /** Resolves when the group has taken it in. */
  static async start(parts: SubscriptionParts): Promise<LogSubscription> {
    const subscription = new LogSubscription(parts)
    parts.onStart(subscription)
    try {
      await onKafka(`joining group ${parts.group} on ${parts.options.topic}`, () => subscription.#member.start())
    } catch (error) {
      subscription.done.catch(() => {}) // told by this rejection
      subscription.#fail(error)
      await subscription[Symbol.asyncDispose]()
      throw error
    }
    return subscription
  }

  async #run(): Promise<void> {
    await this.#ended.promise
    this.#ending = true
    for (const assignment of this.#assignments.values()) assignment.end()
    await Promise.all(this.#runs.values())
    await this.#member[Symbol.asyncDispose]()
    this.#parts.onEnd(this)
    if (this.#failure !== null) throw this.#failure.error
  }

  leaving(): void {
    for (const assignment of this.#assignments.values()) assignment.revoke()
    this.#assignments.clear()
  }

  joined(partitions: readonly number[]): void {
    if (this.#ending) return
    this.leaving() // with several brokers two rounds of kafkajs can overlap
    const { clock, logger, options, onBatch, bounds, mustReach, translation } = this.#parts
    const member = this.#member
    const standing = this.#parts.standing()
    standing.catch(() => {}) // each run awaits it
    for (const partition of partitions) {
      const assignment = new Assignment(partition, {
        clock,
        logger,
        options,
        onBatch,
        bounds,
        mustReach,
        translation,
        member,
      })
      this.#assignments.set(partition, assignment)
      const row = standing.then((rows) => rows.find((row) => row.partition === partition) as PartitionLag)
      const run = assignment.run(row, this.#runs.get(partition)).catch((error: unknown) => this.#fail(error))
      this.#runs.set(partition, run)
    }
  }

  fetched(batch: Fetched): void {
    this.#assignments.get(batch.partition)?.push(batch)
  }

  crashed(error: unknown): void {
    for (const assignment of this.#assignments.values()) assignment.revoke() // nothing can be committed any more
    const { group, options } = this.#parts
    this.#fail(kafkaError(error, `reading ${options.topic} for group ${group}`))
  }

  /** Ends it when its topic is this one. */
  topicBroken(topic: string, error: unknown): void {
    if (topic === this.#parts.options.topic) this.#fail(error)
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#ended.resolve()
  }

  /** Resolves when the handlers in flight have answered and their commits are durable. `done` tells how it ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.resolve()
    await this.done.catch(() => {})
  }
}
