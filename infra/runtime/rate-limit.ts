import type { Clock } from '../contracts/clock.ts'
import { pause } from './pause.ts'

/**
 * At most so many a second: a token bucket in its form without a bucket, the time at which the next one is due (the "virtual
 * scheduling" of the generic cell rate algorithm, ITU-T I.371). Time that was not used is not saved up.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #intervalMs: number
  #dueAt = Number.NEGATIVE_INFINITY

  constructor(perSecond: number, clock: Clock) {
    this.#clock = clock
    this.#intervalMs = 1_000 / perSecond
  }

  /** Resolves when so many may go together, or when the signal aborts. */
  async take(count: number, signal: AbortSignal): Promise<void> {
    const now = this.#clock.now()
    const dueAt = Math.max(this.#dueAt, now)
    this.#dueAt = dueAt + count * this.#intervalMs
    await pause(dueAt - now, this.#clock, signal)
  }
}
