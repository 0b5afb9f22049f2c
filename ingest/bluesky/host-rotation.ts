import { ErrorClass, type PipelineError } from '#infra/contracts/errors.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000
const HEALTHY_AFTER_MS = 60_000

/** Which server is asked next, and after what pause: capped exponential back-off with full jitter, another server each time. */
export class HostRotation {
  readonly #urls: readonly string[]
  readonly #refused = new Map<string, PipelineError>()
  #at = 0
  #failures = 0

  constructor(urls: readonly string[]) {
    this.#urls = urls
  }

  get url(): string {
    return this.#urls[this.#at % this.#urls.length] as string
  }

  /** The server could not be opened. Answers the pause before the next; throws when a person is needed, as every server refused. */
  failed(error: PipelineError): number {
    if (error.class === ErrorClass.Config) {
      this.#refused.set(this.url, error)
      if (this.#refused.size === new Set(this.#urls).size) throw error
    }
    return this.#next(error.retryAfterMs)
  }

  /** A connection that was open for `openMs` has ended. */
  ended(openMs: number): number {
    this.#refused.clear()
    if (openMs >= HEALTHY_AFTER_MS) this.#failures = 0
    return this.#next(null)
  }

  #next(askedMs: number | null): number {
    this.#at++
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++)
    return askedMs ?? Math.round(Math.random() * longest)
  }
}
