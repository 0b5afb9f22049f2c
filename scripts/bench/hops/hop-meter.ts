import type { HopResult } from './hop-job.ts'

/** What is compiled and connected by then stays so. */
const WARM_SHARE = 0.1

/** Measures a process between its first tenth and its last mention. */
export class HopMeter {
  readonly #mentions: number
  #seen = 0
  #start: { readonly seen: number; readonly at: number; readonly cpu: NodeJS.CpuUsage } | null = null
  #result: HopResult | null = null

  constructor(mentions: number) {
    this.#mentions = mentions
  }

  /** Counts what has become durable; true when that was all. */
  add(mentions: number): boolean {
    this.#seen += mentions
    if (this.#start === null && this.#seen >= this.#mentions * WARM_SHARE) {
      this.#start = { seen: this.#seen, at: performance.now(), cpu: process.cpuUsage() }
    } else if (this.#seen >= this.#mentions && this.#start !== null && this.#result === null) {
      const { user, system } = process.cpuUsage(this.#start.cpu)
      const measured = this.#seen - this.#start.seen
      this.#result = {
        mentionsPerSecond: (measured / (performance.now() - this.#start.at)) * 1_000,
        cpuMicros: (user + system) / measured,
        peakBytes: process.resourceUsage().maxRSS * 1_024,
      }
    }
    return this.#seen >= this.#mentions
  }

  get result(): HopResult {
    if (this.#result === null) throw new Error(`only ${this.#seen} of ${this.#mentions} mentions came`)
    return this.#result
  }
}
