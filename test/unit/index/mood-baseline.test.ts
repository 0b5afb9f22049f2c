import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  expit,
  hourOf,
  learnHour,
  logit,
  type MoodBaseline,
  NEW_BASELINE,
  usualShare,
} from '#index/alerts/mood-baseline.ts'

const HOUR_MS = 3_600_000
const MONDAY = Date.UTC(2026, 0, 5)

interface Hour {
  readonly mentions: number
  readonly negative: number
  readonly unusual?: boolean
}

/** What is known after these hours, from a Monday on. */
const learnt = (hours: number, hourAt: (hour: number) => Hour): MoodBaseline => {
  let baseline = NEW_BASELINE
  for (let hour = 0; hour < hours; hour++) {
    const { mentions, negative, unusual = false } = hourAt(hour)
    baseline = learnHour(baseline, MONDAY + hour * HOUR_MS, mentions, negative, unusual)
  }
  return baseline
}
const steady =
  (share: number, mentions = 20) =>
  () => ({ mentions, negative: mentions * share })

describe('what is usual for a brand', () => {
  it('is unknown before the first hour with mentions; silent hours teach nothing but their number', () => {
    expect(usualShare(NEW_BASELINE, MONDAY)).toBeNull()
    const silent = learnt(5, () => ({ mentions: 0, negative: 0 }))
    expect(silent).toEqual({ ...NEW_BASELINE, hours: 5 })
    const known = learnt(3, steady(0.3))
    expect(learnHour(known, MONDAY, 0, 0, false)).toEqual({ ...known, hours: 4 })
  })

  it.for([0.05, 0.2, 0.5, 0.8])('comes to a share that stays the same: %f', (share) => {
    expect(usualShare(learnt(21 * 24, steady(share)), MONDAY)).toBeCloseTo(share, 1)
  })

  it('moves with a share that has changed for good', () => {
    const moved = learnt(60 * 24, (hour) => steady(hour < 30 * 24 ? 0.2 : 0.4)())
    expect(usualShare(moved, MONDAY)).toBeGreaterThan(0.33)
  })

  it('learns the hours of the day, weekdays and weekends apart', () => {
    const evening = (hour: number) => hour % 24 >= 18
    const weekend = (hour: number) => Math.floor(hour / 24) % 7 >= 5
    const baseline = learnt(56 * 24, (hour) => steady(evening(hour) && !weekend(hour) ? 0.45 : 0.15)())
    const at = (day: number, hour: number) => usualShare(baseline, MONDAY + (day * 24 + hour) * HOUR_MS) as number
    expect(at(0, 20)).toBeGreaterThan(at(0, 9) + 0.15)
    expect(at(5, 20)).toBeLessThan(at(0, 20) - 0.1)
  })

  it('is moved by a terrible hour no more than by a bad one', () => {
    const before = learnt(14 * 24, steady(0.2))
    const bad = learnHour(before, MONDAY, 20, 10, false)
    const terrible = learnHour(before, MONDAY, 20, 20, false)
    expect(terrible.level).toBeCloseTo(bad.level as number, 6)
    expect(bad.level).toBeGreaterThan(before.level as number)
    expect((usualShare(bad, MONDAY) as number) - (usualShare(before, MONDAY) as number)).toBeLessThan(0.03)
  })

  it('keeps its level and its scatter through hours in which an alert was open, and still learns the time of day', () => {
    const before = learnt(14 * 24, steady(0.2))
    const after = learnHour(before, MONDAY, 20, 16, true)
    expect(after.level).toBe(before.level)
    expect(after.dispersion).toBe(before.dispersion)
    expect(after.offsets[0]).toBeGreaterThan(before.offsets[0] as number)
  })

  it('knows more scatter where hours differ more than chance', () => {
    const calm = learnt(28 * 24, steady(0.3))
    const wild = learnt(28 * 24, (hour) => steady(Math.floor(hour / 5) % 2 === 0 ? 0.1 : 0.5)())
    expect(calm.dispersion).toBeLessThan(1.1)
    expect(wild.dispersion).toBeGreaterThan(1.5)
  })

  it('stays a share, finite and serializable, whatever it is told', () => {
    const hour = fc
      .tuple(fc.nat(1_000), fc.nat(5_000), fc.boolean())
      .map(([share, mentions, unusual]) => ({ mentions, negative: (share / 1_000) * mentions, unusual }))
    fc.assert(
      fc.property(fc.array(hour, { minLength: 1, maxLength: 80 }), (hours) => {
        const baseline = learnt(hours.length, (i) => hours[i] as Hour)
        expect(JSON.parse(JSON.stringify(baseline))).toEqual(baseline)
        expect(baseline.dispersion).toBeGreaterThanOrEqual(1)
        for (let at = 0; at < 7 * 24; at += 5) {
          const share = usualShare(baseline, MONDAY + at * HOUR_MS)
          if (baseline.level === null) expect(share).toBeNull()
          else expect(share !== null && share >= 0.01 && share <= 0.95).toBe(true)
        }
      }),
    )
  })

  it('does not change what it was', () => {
    const before = learnt(30, steady(0.3))
    const copy = structuredClone(before)
    learnHour(before, MONDAY, 10, 9, false)
    expect(before).toEqual(copy)
  })

  it('goes between shares and log-odds and back, and knows the hour of a moment', () => {
    for (const share of [0.01, 0.3, 0.5, 0.99]) expect(expit(logit(share))).toBeCloseTo(share, 12)
    expect(hourOf(MONDAY + 59 * 60_000)).toBe(MONDAY)
  })
})
