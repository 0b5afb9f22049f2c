import type { Logger } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import type { Ack, LogRecord, PartitionLag, RecordBatch, SubscribeOptions } from '#infra/contracts/event-log.ts'
import { backoffMs, retry } from '#infra/runtime/retry.ts'
import type { Fetched, GroupMember } from './group-member.ts'
import { kafkaError } from './kafka-error.ts'
import type { RecordTranslation } from './kafka-options.ts'
import { PartitionFeed } from './partition-feed.ts'
import { tellMissed } from './tell-missed.ts'

export interface AssignmentParts {
  /** Rejects when the partition ends before `least`, also once all its copies are in sync. */
  readonly mustReach: (partition: number, least: number) => Promise<void>
  /** First offset that is still kept of a partition, and first that does not exist. */
  readonly bounds: (partition: number) => Promise<Pick<PartitionLag, 'start' | 'end'>>
  readonly clock: Clock
  readonly logger: Logger
  readonly options: SubscribeOptions
  readonly onBatch: (batch: RecordBatch) => Promise<Ack>
  readonly translation: RecordTranslation | undefined
  readonly member: Pick<GroupMember, 'pause' | 'resume' | 'seek' | 'commit'>
}

/** The group no longer takes this member's word; a new round follows. */
const LOST = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS', 'FENCED_INSTANCE_ID'])

/** One partition, from the moment the group gives it to this member until it takes it back or the subscription ends. */
export class Assignment {
  readonly #partition: number
  readonly #parts: AssignmentParts
  readonly #feed: PartitionFeed
  readonly #ending = new AbortController()
  #revoked = false
  #failure: { readonly error: unknown } | null = null

  constructor(partition: number, parts: AssignmentParts) {
    this.#partition = partition
    this.#parts = parts
    const { member } = parts
    this.#feed = new PartitionFeed({
      pause: () => this.#revoked || member.pause(partition),
      resume: () => this.#revoked || member.resume(partition),
      seek: (offset) => this.#revoked || member.seek(partition, offset),
      jumped: (from, to) => void this.#explain(from, to).catch((error: unknown) => this.#fail(error)),
    })
  }

  push(fetched: Fetched): void {
    this.#feed.push(fetched)
  }

  /** From here on no commit of it counts. */
  revoke(): void {
    this.#revoked = true
    this.#ending.abort()
  }

  /** Lets the handler in flight answer, and commits what it says. */
  end(): void {
    this.#ending.abort()
  }

  /** Ends it, also when nothing arrives any more. */
  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#ending.abort()
  }

  /** kafkajs went on elsewhere than it was told: nobody may lose records by that and not know. */
  async #explain(from: number, to: number): Promise<void> {
    const { options, logger, bounds, mustReach } = this.#parts
    const { group, topic } = options
    const partition = this.#partition
    const { start, end } = await bounds(partition)
    if (this.#revoked) return
    if (end < from) await mustReach(partition, from)
    if (to > from && start > from) tellMissed(logger, { group, topic, partition, from, to: Math.min(start, to) })
  }

  /** Handles batches until it is revoked or ended; `before` is an earlier assignment of the same partition that may still be answering. */
  async run(standing: Promise<PartitionLag>, before: Promise<unknown> | undefined): Promise<void> {
    const { signal } = this.#ending
    try {
      await before
      const { committed, end } = await standing
      if (signal.aborted) return
      this.#feed.begin(committed, end)
      await this.#handle()
    } catch (error) {
      const stopped = signal.aborted && (error === signal.reason || (error as Error | undefined)?.name === 'AbortError')
      if (!stopped) throw error
    } finally {
      if (this.#revoked) this.#parts.options.onRevoke?.(this.#partition)
    }
    if (this.#failure !== null && !this.#revoked) throw this.#failure.error
  }

  async #handle(): Promise<void> {
    const { options, onBatch } = this.#parts
    const { topic, maxRecords, maxBytes } = options
    const { signal } = this.#ending
    const partition = this.#partition
    let holds = false
    let next = 0
    let committing = Promise.resolve()
    try {
      while (!signal.aborted) {
        if (this.#feed.isEmpty && (await this.#arrival(holds)) === 'ended') break
        const records = await this.#translated(this.#feed.take(maxRecords, maxBytes))
        if (signal.aborted) break // meanwhile; they come again
        next = (records.at(-1)?.offset ?? next - 1) + 1
        const ack = await onBatch({ topic, partition, records, end: this.#feed.end, signal })
        holds = ack === 'hold'
        if (ack !== 'commit') continue
        // The next batch need not wait for this commit, the one after it does: a crash repeats two batches at most.
        await committing
        committing = this.#commit(next)
        committing.catch((error: unknown) => this.#fail(error)) // also when no batch follows that would hear of it
      }
    } finally {
      await committing
    }
  }

  /** Waits as long as it cannot be known what a record is; rejects with the signal's reason when it aborts meanwhile. */
  async #translated(records: readonly LogRecord[]): Promise<readonly LogRecord[]> {
    const { translation, clock, logger, options } = this.#parts
    if (translation === undefined) return records
    const { signal } = this.#ending
    const where = { group: options.group, topic: options.topic, partition: this.#partition }
    try {
      return await retry(() => translation.incoming(records), {
        clock,
        signal,
        onRetry: (error, attempt, pauseMs) =>
          logger.warn({ ...where, err: error, code: error.code, attempt, pauseMs }, 'partition waits for the registry'),
      })
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    }
  }

  async #arrival(holds: boolean): Promise<'records' | 'idle' | 'ended'> {
    const { signal } = this.#ending
    if (!holds) {
      await this.#feed.arrival(signal)
      return signal.aborted ? 'ended' : 'records'
    }
    const waking = new AbortController()
    const either = AbortSignal.any([signal, waking.signal])
    const pause = this.#parts.clock.sleep(this.#parts.options.idleMs, either).catch(() => {})
    await Promise.race([this.#feed.arrival(either), pause])
    waking.abort()
    if (signal.aborted) return 'ended'
    return this.#feed.isEmpty ? 'idle' : 'records'
  }

  /** Tries until it succeeds or the partition is no longer ours; while it fails, at most one more batch is handled. */
  async #commit(next: number): Promise<void> {
    const { member, clock, logger, options } = this.#parts
    const { signal } = this.#ending
    const where = { group: options.group, topic: options.topic, partition: this.#partition, offset: next }
    for (let attempt = 1; ; attempt++) {
      if (this.#revoked) return logger.warn(where, 'commit refused, the partition is another assignment now')
      try {
        return await member.commit(this.#partition, next)
      } catch (error) {
        if (LOST.has((error as { type?: string }).type ?? '')) {
          this.revoke()
          continue
        }
        const failure = kafkaError(error, `committing to ${options.topic}`)
        if ((failure as { class?: string }).class !== 'transient') throw failure
        if (signal.aborted)
          return logger.warn({ ...where, err: failure }, 'commit failed at the end, the batch comes again')
        await clock.sleep(backoffMs(Math.min(attempt, 4)), signal).catch(() => {})
      }
    }
  }
}
