import { describe, expect, it } from 'vitest'
import type { Span } from '#index/search/fold-buckets.ts'
import { timeline } from '#scripts/terminal/timeline.ts'

const plain = (_style: unknown, text: string) => text
const span = (label: string, mentions: number, negative = 0, positive = 0): Span => ({
  ...{ start: 0, label },
  sums: {
    mentions,
    scored: mentions,
    negative,
    neutral: mentions - negative - positive,
    positive,
    negativeVariance: 1,
  },
})

describe('a timeline', () => {
  it('draws bars in proportion to the volume, cut by mood, readable without colours', () => {
    const [, busy, quiet] = timeline([span('2026-01-01', 40, 20, 10), span('2026-01-02', 10)], 80, plain)
    expect(busy).toMatch(/^2026-01-01 █{18}─{9}▒{9} +40 {2}50 % \(45–55\)$/)
    expect(quiet).toMatch(/^2026-01-02 ─{9} +10 {2}0 % /)
  })

  it('shows a short silence day by day and a long one as one line', () => {
    const silent = (days: number) => Array.from({ length: days }, (_, i) => span(`day ${i + 1}`, 0))
    expect(timeline([span('a', 1), ...silent(7), span('b', 1)], 80, plain)).toHaveLength(11)
    const long = timeline([span('a', 1), ...silent(20_000), span('b', 1)], 80, plain)
    expect(long).toHaveLength(5)
    expect(long[2]).toBe('… nothing from day 1 to day 20000')
  })

  it('is nothing for nothing', () => {
    expect(timeline([], 80, plain)).toEqual([])
  })
})
