/** The rate shown is that of the last seconds. */
const WINDOW_MS = 10_000
/** Less than this says nothing. */
const LEAST_MS = 250

/** How fast a count grows now, for people. */
export class RateMeter {
  readonly #seen: { readonly at: number; readonly count: number }[] = []

  /** `1,234/s`. */
  text(count: number): string {
    const at = performance.now()
    this.#seen.push({ at, count })
    while (at - (this.#seen[0]?.at ?? at) > WINDOW_MS) this.#seen.shift()
    const first = this.#seen[0] as { at: number; count: number }
    const perSecond = ((count - first.count) / Math.max(LEAST_MS, at - first.at)) * 1_000
    return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en-US')}/s`
  }
}
