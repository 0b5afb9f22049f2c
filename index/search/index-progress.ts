import type { Logger } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import type { Table } from '#infra/contracts/table.ts'
import { pause } from '#infra/runtime/pause.ts'
import { isTransient } from '#infra/runtime/retry.ts'
import type { Heartbeat } from '#schemas/generated.ts'

/** What the index last heard of a source in one partition. */
interface Reached {
  readonly observedAt: number
  readonly exhausted: boolean
  /** When it became searchable, by our clock. */
  readonly at: number
}
type ReachedBySource = Readonly<Record<string, Reached>>

const KEY = 'progress/'
const SAVE_EVERY_MS = 500

const keyOf = (partition: number): string => KEY + String(partition).padStart(6, '0')

export interface IndexProgressOptions {
  readonly table: Table
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * How far the index has come with each source, from the heartbeats that travel among the mentions: everything a source had
 * shown until then, in every partition, is searchable. It makes "no mentions" and "not read yet" two different things. Kept in
 * the table, a row per partition, since the partitions can lie with several processes, and the alerts with another one.
 */
export class IndexProgress {
  readonly #options: IndexProgressOptions
  readonly #unsaved = new Map<number, Record<string, Reached>>()
  #saving: Promise<void> = Promise.resolve()

  constructor(options: IndexProgressOptions) {
    this.#options = options
  }

  /** The latest word of a source counts, not the highest: one that had ended in an earlier run may go on in this one. */
  record(partition: number, { source, observedAt, exhausted }: Heartbeat): void {
    const reached = this.#unsaved.get(partition) ?? {}
    this.#unsaved.set(partition, reached)
    reached[source.connector] = { observedAt, exhausted, at: this.#options.clock.now() }
  }

  /** Saves twice a second until the signal aborts. What cannot be saved now is saved later: progress that is late does no harm. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options
    while (!signal.aborted) {
      await pause(SAVE_EVERY_MS, clock, signal)
      try {
        await this.save()
      } catch (err) {
        if (!isTransient(err)) throw err
        logger.warn({ err, code: err.code }, 'progress of the index not saved, tried again')
      }
    }
  }

  /** Resolves when everything recorded so far stands in the table. */
  save(): Promise<void> {
    this.#saving = this.#saving.catch(() => {}).then(() => this.#save())
    return this.#saving
  }

  async #save(): Promise<void> {
    for (const [partition, reached] of [...this.#unsaved]) {
      this.#unsaved.delete(partition)
      try {
        await this.#merge(keyOf(partition), reached)
      } catch (error) {
        this.#unsaved.set(partition, { ...reached, ...this.#unsaved.get(partition) })
        throw error
      }
    }
  }

  /** A row may hold sources that only the partition's former owner has heard of. */
  async #merge(key: string, reached: ReachedBySource): Promise<void> {
    const { table } = this.#options
    for (;;) {
      const row = await table.get(key)
      const merged = { ...(row?.value as ReachedBySource | undefined), ...reached }
      if ((await table.put(key, merged, row?.version ?? null)) !== null) return
    }
  }
}

/** Progress as the table has it. */
export class SavedProgress {
  readonly #partitions: readonly ReachedBySource[]
  readonly #since: number

  private constructor(partitions: readonly ReachedBySource[], since: number) {
    this.#partitions = partitions
    this.#since = since
  }

  /** Of an index fed by so many partitions. That a source has ended counts only when it was said from `since` on: it may go on in a later run. */
  static async read(table: Table, partitions: number, since: number): Promise<SavedProgress> {
    const rows = new Map((await table.list(KEY)).map((row) => [row.key, row.value as ReachedBySource]))
    return new SavedProgress(
      Array.from({ length: partitions }, (_, partition) => rows.get(keyOf(partition)) ?? {}),
      since,
    )
  }

  /** Everything that these connectors had shown until then is searchable, +∞ when all have ended; null while one of them has not reported from every partition. */
  through(connectors: readonly string[]): number | null {
    let through = Number.POSITIVE_INFINITY
    for (const connector of connectors) {
      for (const reached of this.#partitions) {
        if (!Object.hasOwn(reached, connector)) return null
        const { observedAt, exhausted, at } = reached[connector] as Reached
        if (!exhausted || at < this.#since) through = Math.min(through, observedAt)
      }
    }
    return through
  }
}
