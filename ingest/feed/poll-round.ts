import type { Clock } from '#infra/contracts/clock.ts'
import { PipelineError } from '#infra/contracts/errors.ts'
import { pause } from '#infra/runtime/pause.ts'
import { backoffMs, isTransient } from '#infra/runtime/retry.ts'

export interface RoundResult<T> {
  readonly url: string
  /** What the last attempt gave. */
  readonly result: T | PipelineError
}

const CONCURRENT = 8
/** A server that asks for a longer pause gets it, but the round does not wait for it. */
const LONGEST_WAIT_MS = 60_000
const SHORTEST_WAIT_MS = 1_000

/**
 * One request to each URL: eight at a time, one at a time to a host, failures that may pass tried again within the round, after
 * the pause that the server asks for. Results come as they arrive.
 */
export class PollRound<T> {
  readonly #poll: (url: string, signal: AbortSignal) => Promise<T>
  readonly #clock: Clock
  readonly #mostAttempts: number
  /** When each of the waiting URLs may be asked. */
  readonly #waiting: Map<string, number>
  readonly #attempts = new Map<string, number>()
  readonly #running = new Map<string, Promise<RoundResult<T>>>()

  constructor(
    urls: readonly string[],
    poll: (url: string, signal: AbortSignal) => Promise<T>,
    clock: Clock,
    mostAttempts: number,
  ) {
    this.#poll = poll
    this.#clock = clock
    this.#mostAttempts = mostAttempts
    this.#waiting = new Map(urls.map((url) => [url, 0]))
  }

  /** Ends early, without throwing, when the signal aborts. Anything but a PipelineError is a bug and is thrown. */
  async *run(signal: AbortSignal): AsyncGenerator<RoundResult<T>> {
    const left = new AbortController() // a reader that leaves ends the requests in flight
    const either = AbortSignal.any([signal, left.signal])
    try {
      while (this.#waiting.size + this.#running.size > 0 && !signal.aborted) {
        this.#start(either)
        if (this.#running.size === 0) {
          await pause(Math.min(...this.#waiting.values()) - this.#clock.now(), this.#clock, signal)
          continue
        }
        const finished = await Promise.race(this.#running.values())
        this.#running.delete(finished.url)
        const wait = this.#waitBeforeRetry(finished)
        if (wait === null) yield finished
        else this.#hold(finished, this.#clock.now() + wait)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      left.abort()
      await Promise.allSettled(this.#running.values())
    }
  }

  #start(signal: AbortSignal): void {
    const busy = new Set([...this.#running.keys()].map(hostOf))
    for (const [url, at] of this.#waiting) {
      if (this.#running.size >= CONCURRENT) return
      if (at > this.#clock.now() || busy.has(hostOf(url))) continue
      busy.add(hostOf(url))
      this.#waiting.delete(url)
      this.#attempts.set(url, (this.#attempts.get(url) ?? 0) + 1)
      this.#running.set(url, this.#attempt(url, signal))
    }
  }

  async #attempt(url: string, signal: AbortSignal): Promise<RoundResult<T>> {
    try {
      return { url, result: await this.#poll(url, signal) }
    } catch (error) {
      if (error instanceof PipelineError) return { url, result: error }
      throw error
    }
  }

  /** A pause that a server asks for holds for everything on it (RFC 9110 §10.2.3 speaks of the user agent, not of the URL). */
  #hold({ url, result }: RoundResult<T>, until: number): void {
    this.#waiting.set(url, until)
    if (!(result instanceof PipelineError) || result.retryAfterMs === null) return
    for (const [other, at] of this.#waiting) {
      if (hostOf(other) === hostOf(url)) this.#waiting.set(other, Math.max(at, until))
    }
  }

  /** null: this result stands. */
  #waitBeforeRetry({ url, result }: RoundResult<T>): number | null {
    const attempts = this.#attempts.get(url) ?? 0
    if (!isTransient(result) || attempts >= this.#mostAttempts) return null
    const wait = Math.max(SHORTEST_WAIT_MS, backoffMs(attempts + 3, result.retryAfterMs))
    return wait > LONGEST_WAIT_MS ? null : wait
  }
}

const hostOf = (url: string): string => URL.parse(url)?.host ?? ''
