import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '#infra/contracts/clock.ts'

/** A clock whose pauses take no time: `sleep` moves `now` on. `slept` lists the pauses, so that a test can see what was waited for. */
export class SkippingClock implements Clock {
  #now: number
  readonly slept: number[] = []

  constructor(now: number = Date.UTC(2026, 0, 5, 12)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.slept.push(ms)
    this.#now += ms
    await turn() // lets servers answer and signals arrive
    signal?.throwIfAborted()
  }
}
