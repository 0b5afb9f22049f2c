import type { Logger } from 'pino'
import type { Clock } from '../contracts/clock.ts'

const LOOK_EVERY_MS = 5_000

/** Holds connectors back while the disk has too little room, with one message when it closes and one when it opens again. */
export class DiskGate {
  readonly #freeBytes: () => Promise<number>
  readonly #minFreeBytes: number
  readonly #clock: Clock
  readonly #logger: Logger
  #lookedAt = Number.NEGATIVE_INFINITY
  #open = true
  #looking: Promise<void> | null = null

  constructor(freeBytes: () => Promise<number>, minFreeBytes: number, clock: Clock, logger: Logger) {
    this.#freeBytes = freeBytes
    this.#minFreeBytes = minFreeBytes
    this.#clock = clock
    this.#logger = logger
  }

  get open(): boolean {
    return this.#open
  }

  /** Resolves when there is room, or when the signal aborts. Rejects when the disk cannot be asked; the next call asks again. */
  async pass(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#clock.now() - this.#lookedAt >= LOOK_EVERY_MS) {
        this.#looking ??= this.#look()
        await this.#looking
      }
      if (this.#open) return
      await this.#clock.sleep(LOOK_EVERY_MS, signal).catch(() => {})
    }
  }

  async #look(): Promise<void> {
    let freeBytes: number
    try {
      freeBytes = await this.#freeBytes()
    } finally {
      this.#looking = null
    }
    this.#lookedAt = this.#clock.now()
    const open = freeBytes >= this.#minFreeBytes
    if (open === this.#open) return
    this.#open = open
    const fields = { freeBytes, minFreeBytes: this.#minFreeBytes }
    if (open) this.#logger.warn(fields, 'the disk has room again: connectors go on')
    else
      this.#logger.error(fields, 'the disk is nearly full: connectors pause until there is room (storage.minFreeBytes)')
  }
}
