import type { Logger } from 'pino'
import type { Clock } from '../contracts/clock.ts'
import type { Metrics } from './metrics.ts'
import { backoffMs, isTransient } from './retry.ts'

/** A failure after this long of health starts the back-off anew. */
const HEALTHY_AFTER_MS = 60_000

export type PartState = 'running' | 'waiting' | 'done' | 'failed'

/** How a part of the process is; `problem` is what it last suffered from, for people. */
export interface PartHealth {
  readonly state: PartState
  readonly since: number
  readonly restarts: number
  readonly problem: string | null
}

/** Keeps the parts of a process running: what fails for a passing reason is started again, anything else ends them all. */
export class Supervisor {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #metrics: Metrics
  readonly #health = new Map<string, PartHealth>()

  constructor(clock: Clock, logger: Logger, metrics: Metrics) {
    this.#clock = clock
    this.#logger = logger
    this.#metrics = metrics
  }

  get health(): ReadonlyMap<string, PartHealth> {
    return this.#health
  }

  /**
   * Runs a part until it resolves or the signal aborts. A transient PipelineError is logged, waited out and the part started
   * again, at most `maxRestarts` times; any other rejection is passed on.
   */
  async keep(
    part: string,
    run: () => Promise<void>,
    signal: AbortSignal,
    maxRestarts = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    let attempt = 0
    let restarts = 0
    let problem: string | null = null
    const enter = (state: PartState) => this.#health.set(part, { state, since: this.#clock.now(), restarts, problem })
    while (!signal.aborted) {
      enter('running')
      const startedAt = this.#clock.now()
      try {
        await run()
        break
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error)
        if (!isTransient(error) || (restarts >= maxRestarts && !signal.aborted)) {
          enter('failed')
          throw error
        }
        if (signal.aborted) break
        attempt = this.#clock.now() - startedAt > HEALTHY_AFTER_MS ? 1 : attempt + 1
        restarts++
        this.#metrics.partRestarts.inc({ part })
        const pauseMs = Math.max(1_000, backoffMs(attempt + 3, error.retryAfterMs))
        enter('waiting')
        this.#logger.warn({ err: error, code: error.code, part, restarts, pauseMs }, 'part failed, will start again')
        await this.#clock.sleep(pauseMs, signal).catch(() => {})
      }
    }
    enter('done')
  }
}
