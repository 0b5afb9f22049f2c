import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addSums, NO_SUMS, negativeShare } from '#index/search/expected-share.ts'
import type { Sums } from '#infra/contracts/search-index.ts'

const sumsOf = (probabilities: readonly number[], unscored = 0): Sums => ({
  ...{ mentions: probabilities.length + unscored, scored: probabilities.length, neutral: 0, positive: 0 },
  negative: probabilities.reduce((sum, p) => sum + p, 0),
  negativeVariance: probabilities.reduce((sum, p) => sum + p * (1 - p), 0),
})

describe('the expected negative share', () => {
  it('is unknown where nothing was scored', () => {
    expect(negativeShare(NO_SUMS)).toBeNull()
    expect(negativeShare(sumsOf([], 12))).toBeNull()
  })

  it('is the mean probability of what was scored, whatever was not', () => {
    expect(negativeShare(sumsOf([0.9, 0.1, 0.2], 50))?.value).toBeCloseTo(0.4)
  })

  it('has the interval of a binomial count when all probabilities are the same', () => {
    const share = negativeShare(sumsOf(Array.from({ length: 100 }, () => 0.2)))
    expect(share?.low).toBeCloseTo(0.2 - 1.96 * 0.04, 6)
    expect(share?.high).toBeCloseTo(0.2 + 1.96 * 0.04, 6)
  })

  it('is certain where every probability is', () => {
    expect(negativeShare(sumsOf([1, 1, 0, 0]))).toEqual({ value: 0.5, low: 0.5, high: 0.5 })
  })

  it('lies within its interval, and that within 0 and 1', () => {
    const probability = fc.nat(1_000).map((n) => n / 1_000)
    fc.assert(
      fc.property(fc.array(probability, { minLength: 1, maxLength: 50 }), (probabilities) => {
        const { value, low, high } = negativeShare(sumsOf(probabilities)) as NonNullable<
          ReturnType<typeof negativeShare>
        >
        expect(0 <= low && low <= value && value <= high && high <= 1 + 1e-9).toBe(true)
      }),
    )
  })

  it('is the same whether sums were added before or made at once', () => {
    const probabilities = fc.array(
      fc.nat(1_000).map((n) => n / 1_000),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(probabilities, probabilities, (a, b) => {
        const together = sumsOf([...a, ...b], 3)
        const added = addSums(sumsOf(a, 1), sumsOf(b, 2))
        for (const [name, value] of Object.entries(together)) {
          expect(added[name as keyof Sums]).toBeCloseTo(value, 9)
        }
      }),
    )
    expect(addSums(sumsOf([0.5], 1), NO_SUMS)).toEqual(sumsOf([0.5], 1))
  })
})
