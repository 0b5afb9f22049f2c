import type { Sums } from '../contracts/search-index.ts'

/** Sums over no mention at all, to be added to. */
export const newSums = (): { -readonly [K in keyof Sums]: Sums[K] } => ({
  mentions: 0,
  scored: 0,
  negative: 0,
  neutral: 0,
  positive: 0,
  negativeVariance: 0,
})
