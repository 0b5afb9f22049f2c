import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '#infra/contracts/clock.ts'

/** Real time, `speed` times as fast: pauses of a minute pass in a test, and what comes over a socket still comes in between. */
export class FastClock implements Clock {
  readonly #speed: number
  readonly #start = Date.UTC(2026, 0, 5, 12)
  readonly #startedAt = performance.now()
  readonly slept: number[] = []

  constructor(speed = 50) {
    this.#speed = speed
  }

  now(): number {
    return Math.round(this.#start + (performance.now() - this.#startedAt) * this.#speed)
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.slept.push(ms)
    await wait(ms / this.#speed, undefined, signal ? { signal } : {})
  }
}
