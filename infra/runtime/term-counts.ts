import type { TermCount } from '#infra/contracts/search-index.ts'

/** Up to so many matches words are counted in all of them, beyond in a sample of about that size. */
export const MAX_COUNTED = 50_000
/** How likely it is that any count from a sample is off by more than `termError`. */
const RISK = 0.001

/** The most frequent, equals by their code units. */
export function mostFrequent(counts: ReadonlyMap<string, number>, limit: number): TermCount[] {
  return [...counts]
    .map(([term, mentions]) => ({ term, mentions }))
    .sort((a, b) => b.mentions - a.mentions || (a.term < b.term ? -1 : 1))
    .slice(0, limit)
}

/** Counts of a sample of `sampled` out of `matches` mentions, as they are expected in all. */
export function scaledUp(counts: ReadonlyMap<string, number>, matches: number, sampled: number): Map<string, number> {
  const scale = matches / sampled
  return new Map([...counts].map(([term, mentions]) => [term, Math.round(mentions * scale)]))
}

/** Hoeffding's inequality for all words at once: Hoeffding, "Probability inequalities for sums of bounded random variables", 1963. */
export const sampleError = (matches: number, sampled: number, words: number): number =>
  sampled === 0 ? matches : Math.ceil(matches * Math.sqrt(Math.log((2 * words) / RISK) / (2 * sampled)))
