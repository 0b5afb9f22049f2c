import type { Logger } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import type { SavedProgress } from '../search/index-progress.ts'

/** After this long without news of a source, alerts go on without it: one dead source must not silence all the others. */
const SILENT_AFTER_MS = 3_600_000
/** A machine that slept, or a clock that was set, is no silence of a source. */
const MOST_BETWEEN_MS = 10_000

export interface AlertHorizonOptions {
  readonly progress: () => Promise<Pick<SavedProgress, 'through'>>
  /** Ids of the sources. */
  readonly connectors: readonly string[]
  readonly clock: Pick<Clock, 'now'>
  readonly logger: Logger
}

/** How far alerts may look: to where every source has come that is not silent for an hour. Asked at every tick. */
export class AlertHorizon {
  readonly #options: AlertHorizonOptions
  readonly #sources = new Map<string, { reached: number | null; silentMs: number }>()
  #askedAt: number

  constructor(options: AlertHorizonOptions) {
    this.#options = options
    this.#askedAt = options.clock.now()
  }

  /** Everything that those sources had shown until then is searchable; null while that is unknown, +∞ when all have ended. */
  async through(): Promise<number | null> {
    const { connectors, clock } = this.#options
    const progress = await this.#options.progress()
    const now = clock.now()
    const elapsedMs = Math.min(Math.max(0, now - this.#askedAt), MOST_BETWEEN_MS)
    this.#askedAt = now
    const awaited = connectors.filter((id) => !this.#isSilent(id, progress.through([id]), elapsedMs))
    return awaited.length === 0 && connectors.length > 0 ? null : progress.through(awaited)
  }

  #isSilent(connector: string, reached: number | null, elapsedMs: number): boolean {
    const { logger } = this.#options
    const source = this.#sources.get(connector) ?? { reached: null, silentMs: 0 }
    this.#sources.set(connector, source)
    if (reached !== source.reached || reached === Number.POSITIVE_INFINITY) {
      source.reached = reached
      source.silentMs = 0
      return false
    }
    const before = source.silentMs
    source.silentMs += elapsedMs
    if (source.silentMs < SILENT_AFTER_MS) return false
    if (before < SILENT_AFTER_MS) {
      logger.warn({ connector }, 'source has been silent for an hour: alerts go on without it until it is back')
    }
    return true
  }
}
