import type { Sums } from '#infra/contracts/search-index.ts'
import { newSums } from '#infra/runtime/sums.ts'

/** 0..1 with its 95 % interval; null where nothing was scored. */
export interface Share {
  readonly value: number
  readonly low: number
  readonly high: number
}

/**
 * The expected share of negative mentions: the mean of their calibrated probabilities, with the interval of a sum of
 * independent draws (a Poisson binomial, normal approximation). The one number that report, search and alerts show.
 */
export function negativeShare({ scored, negative, negativeVariance }: Sums): Share | null {
  if (scored === 0) return null
  const value = negative / scored
  const margin = (1.96 * Math.sqrt(Math.max(0, negativeVariance))) / scored
  return { value, low: Math.max(0, value - margin), high: Math.min(1, value + margin) }
}

export const NO_SUMS: Sums = newSums()

export const addSums = (a: Sums, b: Sums): Sums => ({
  mentions: a.mentions + b.mentions,
  scored: a.scored + b.scored,
  negative: a.negative + b.negative,
  neutral: a.neutral + b.neutral,
  positive: a.positive + b.positive,
  negativeVariance: a.negativeVariance + b.negativeVariance,
})
