import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distinctiveWords, logLikelihoodRatio, type WordCounts } from '#scripts/preview/distinctive-words.ts'

const counts = (mentions: number, words: Record<string, number>, isCut = false): WordCounts => ({
  mentions,
  words: Object.entries(words).map(([term, n]) => ({ term, mentions: n })),
  isCut,
})
const all = { limit: 10, isKnown: () => false }

describe('logLikelihoodRatio', () => {
  it('is what the sum over the four cells gives', () => {
    // Expected cells 20, 80, 20, 80 of 30, 70, 10, 90.
    const byHand = 2 * (30 * Math.log(1.5) + 70 * Math.log(0.875) + 10 * Math.log(0.5) + 90 * Math.log(1.125))
    expect(logLikelihoodRatio(30, 100, 10, 100)).toBeCloseTo(byHand, 10)
  })

  it('is 0 for equal shares, and never negative or unknown', () => {
    expect(logLikelihoodRatio(5, 50, 10, 100)).toBeCloseTo(0, 10)
    const part = fc.nat({ max: 10_000 })
    fc.assert(
      fc.property(part, part, part, part, (a, notA, b, notB) => {
        fc.pre(a + notA > 0 && b + notB > 0)
        const ratio = logLikelihoodRatio(a, a + notA, b, b + notB)
        expect(ratio).toBeGreaterThanOrEqual(0)
        expect(ratio).toBeCloseTo(logLikelihoodRatio(b, b + notB, a, a + notA), 6)
      }),
    )
  })
})

describe('distinctiveWords', () => {
  it('tells words that stand in more of what was found, not those that stand everywhere or in less', () => {
    const found = counts(100, { sugar: 50, today: 20, rain: 5 })
    const range = counts(1_000, { sugar: 60, today: 200, rain: 300 })
    const [word, ...others] = distinctiveWords(found, range, all)
    expect(others).toEqual([])
    expect(word).toMatchObject({ word: 'sugar', mentions: 50, shareFound: 0.5, shareElsewhere: 10 / 900 })
  })

  it('leaves out what is known, and what is too rare to tell', () => {
    const found = counts(10, { acme: 10, twice: 2 })
    const range = counts(100_000, { acme: 10, twice: 2 })
    expect(distinctiveWords(found, range, all).map(({ word }) => word)).toEqual(['acme'])
    expect(distinctiveWords(found, range, { ...all, isKnown: (word) => word === 'acme' })).toEqual([])
  })

  it('takes a word that fell off the end of a list for as frequent as the last one there', () => {
    const found = counts(100, { sugar: 20 })
    expect(distinctiveWords(found, counts(1_000, { rain: 200 }), all)).toHaveLength(1)
    expect(distinctiveWords(found, counts(1_000, { rain: 200 }, true), all)).toEqual([])
  })

  it('tells nothing when there is nothing else to compare with', () => {
    const found = counts(100, { sugar: 50 })
    expect(distinctiveWords(found, found, all)).toEqual([])
  })
})
