import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '#infra/contracts/clock.ts'

/** Limits of many seconds are there to be missed; a busy machine needs this long to answer, whatever the clock says. */
const LONG_MS = 10_000
const LEAST_FOR_LONG_MS = 1_000

/** Real time, `speed` times as fast: pauses of a minute pass in a test, and what comes over a socket still comes in between. */
export class FastClock implements Clock {
  readonly #speed: number
  readonly #start: number
  readonly #startedAt = performance.now()
  readonly slept: number[] = []

  constructor(speed: number, start: number = Date.UTC(2026, 0, 5, 12)) {
    this.#speed = speed
    this.#start = start
  }

  now(): number {
    return Math.round(this.#start + (performance.now() - this.#startedAt) * this.#speed)
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.slept.push(ms)
    const real = Math.max(ms / this.#speed, ms >= LONG_MS ? LEAST_FOR_LONG_MS : 0)
    await wait(real, undefined, signal ? { signal } : {})
  }
}
