import type { Logger } from 'pino'
import type { Clock } from '../contracts/clock.ts'
import type { Row, Table } from '../contracts/table.ts'
import { pause } from './pause.ts'
import { isTransient } from './retry.ts'

/** An owner that has not renewed for so long is taken for dead. Far above the difference of clocks that is tolerated. */
const TERM_MS = 20_000
const RENEW_EVERY_MS = 5_000
/** Who could not renew ends so long before the others may begin: clocks differ, and an answer takes its time. */
const MARGIN_MS = 6_000
/** How often those who stand by look. */
const LOOK_EVERY_MS = 1_000

interface LeaseRow {
  readonly owner: string
  /** By the owner's clock, milliseconds. */
  readonly until: number
}

export interface LeaseOptions {
  readonly table: Table
  readonly name: string
  /** A process; one that comes back under the same name goes on at once. */
  readonly owner: string
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Work that one process does at a time, while others stand by: a row with an owner and an end that it keeps moving (Gray and
 * Cheriton, "Leases", SOSP 1989). A process that was away longer than its term may for a moment work beside its successor, so
 * what is done under a lease must be harmless when it is done twice.
 */
export class Lease {
  readonly #options: LeaseOptions
  readonly #key: string
  #row: Row | null = null

  constructor(options: LeaseOptions) {
    this.#options = options
    this.#key = `lease/${options.name}`
  }

  get isHeld(): boolean {
    return this.#row !== null
  }

  /** Runs `work` whenever the lease is ours, until it resolves or the signal aborts; its own signal also aborts when the lease is lost. */
  async run(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, logger, name } = this.#options
    while (!signal.aborted) {
      if (!(await this.#acquire())) {
        await pause(LOOK_EVERY_MS, clock, signal)
        continue
      }
      const lost = new AbortController()
      const finished = new AbortController()
      const renewing = this.#renew(lost, AbortSignal.any([signal, finished.signal]))
      renewing.catch(() => {}) // heard below
      try {
        await work(AbortSignal.any([signal, lost.signal]))
      } finally {
        finished.abort()
        await renewing
        await this.#release()
      }
      if (!lost.signal.aborted) return
      logger.warn({ lease: name }, 'lease lost, another process has taken over')
    }
  }

  /** `held` once it is ours; `elsewhere` once another process has shown that it lives; resolves at once with `elsewhere` after an abort. */
  async standing(signal: AbortSignal): Promise<'held' | 'elsewhere'> {
    const { table, clock, owner } = this.#options
    const seen = (await table.get(this.#key))?.value as LeaseRow | undefined
    while (!signal.aborted) {
      if (this.isHeld) return 'held'
      const now = (await table.get(this.#key))?.value as LeaseRow | undefined
      if (now !== undefined && now.owner !== owner && now.until !== seen?.until) return 'elsewhere'
      await pause(LOOK_EVERY_MS / 10, clock, signal)
    }
    return 'elsewhere'
  }

  async #acquire(): Promise<boolean> {
    const { table, owner, clock } = this.#options
    const row = await table.get(this.#key)
    const lease = row?.value as LeaseRow | undefined
    if (lease !== undefined && lease.owner !== owner && lease.until > clock.now()) return false
    this.#row = await table.put(this.#key, this.#next(), row?.version ?? null)
    return this.#row !== null
  }

  async #renew(lost: AbortController, signal: AbortSignal): Promise<void> {
    const { table, clock, logger, name } = this.#options
    let until = clock.now() + TERM_MS
    for (;;) {
      await pause(RENEW_EVERY_MS, clock, signal)
      if (signal.aborted) return
      try {
        const next = this.#next()
        this.#row = await table.put(this.#key, next, this.#row?.version ?? null)
        until = next.until
      } catch (err) {
        if (!isTransient(err)) {
          lost.abort()
          throw err
        }
        logger.warn({ err, code: err.code, lease: name }, 'lease not renewed, tried again')
      }
      if (this.#row === null || clock.now() >= until - MARGIN_MS) {
        this.#row = null
        lost.abort()
        return
      }
    }
  }

  /** So that another process need not wait for the end of the term. */
  async #release(): Promise<void> {
    const row = this.#row
    this.#row = null
    if (row === null) return
    try {
      await this.#options.table.delete(this.#key, row.version)
    } catch (err) {
      this.#options.logger.warn({ err, lease: this.#options.name }, 'lease not given back, it ends by itself')
    }
  }

  #next(): LeaseRow {
    const { owner, clock } = this.#options
    return { owner, until: clock.now() + TERM_MS }
  }
}
