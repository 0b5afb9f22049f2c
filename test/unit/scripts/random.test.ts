import { describe, expect, it } from 'vitest'
import { Random } from '#scripts/random.ts'

const draws = <T>(count: number, draw: (random: Random) => T, seed = 5): T[] => {
  const random = new Random(seed)
  return Array.from({ length: count }, () => draw(random))
}
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length

describe('repeatable draws', () => {
  it('repeat with their seed and differ without', () => {
    expect(draws(20, (random) => random.next())).toEqual(draws(20, (random) => random.next()))
    expect(draws(20, (random) => random.next(), 6)).not.toEqual(draws(20, (random) => random.next()))
  })

  it('lie evenly in their range', () => {
    const numbers = draws(20_000, (random) => random.next())
    expect(numbers.every((x) => x >= 0 && x < 1)).toBe(true)
    expect(mean(numbers)).toBeCloseTo(0.5, 1)
    const die = draws(6_000, (random) => random.below(6))
    for (let face = 0; face < 6; face++) expect(die.filter((n) => n === face).length).toBeGreaterThan(850)
  })

  it('follow their weights and means', () => {
    const picked = draws(10_000, (random) => random.weighted({ rare: 1, common: 9, never: 0 }))
    expect(picked.filter((key) => key === 'rare').length / 10_000).toBeCloseTo(0.1, 1)
    expect(picked).not.toContain('never')
    expect(mean(draws(20_000, (random) => random.exponential(7)))).toBeCloseTo(7, 0)
    expect(mean(draws(10_000, (random) => Number(random.chance(0.3))))).toBeCloseTo(0.3, 1)
    expect(new Set(draws(100, (random) => random.pick(['a', 'b'])))).toEqual(new Set(['a', 'b']))
  })
})
