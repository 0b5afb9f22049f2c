import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type MoodBucket,
  type MoodChange,
  newMoodState,
  type Sensitivity,
  stepMood,
} from '#index/alerts/negative-share-detector.ts'
import { Random } from '#scripts/random.ts'

const BUCKET_MS = 5 * 60_000
const DAY_BUCKETS = 288
const START = Date.UTC(2026, 0, 5)

/** Buckets of a brand with this negative share by bucket number; the same seed gives the same mentions. */
function talk(buckets: number, shareAt: (bucket: number) => number, perBucket = 4, seed = 1): MoodBucket[] {
  const random = new Random(seed)
  return Array.from({ length: buckets }, (_, i) => {
    const mentions = random.below(2 * perBucket + 1)
    let negative = 0
    for (let m = 0; m < mentions; m++) if (random.chance(shareAt(i))) negative++
    return { start: START + i * BUCKET_MS, mentions, negative }
  })
}

function listen(buckets: readonly MoodBucket[], sensitivity: Sensitivity = 'weekly') {
  let state = newMoodState()
  const changes: { at: number; change: MoodChange }[] = []
  for (const [at, bucket] of buckets.entries()) {
    const step = stepMood(state, bucket, sensitivity)
    state = step.state
    if (step.sign.change !== null) changes.push({ at, change: step.sign.change })
  }
  return changes
}

const CRISIS = { from: 20 * DAY_BUCKETS, until: 20 * DAY_BUCKETS + 144 }
const withCrisis = (bucket: number) => (bucket >= CRISIS.from && bucket < CRISIS.until ? 0.6 : 0.2)

describe('the detector of an unusual negative share', () => {
  it('opens once soon after a crisis begins and resolves once soon after it ends', () => {
    const changes = listen(talk(25 * DAY_BUCKETS, withCrisis))
    expect(changes.map(({ change }) => change.kind)).toEqual(['open', 'resolve'])
    const [open, resolve] = changes as [(typeof changes)[number], (typeof changes)[number]]
    expect(open.at - CRISIS.from).toBeLessThan(12)
    expect(resolve.at - CRISIS.until).toBeLessThan(36)
  })

  it('says what is usual and what it saw', () => {
    const [opening] = listen(talk(25 * DAY_BUCKETS, withCrisis))
    expect(opening?.change).toMatchObject({ kind: 'open' })
    const { usual, negative, mentions } = (opening as { change: MoodChange }).change as Extract<
      MoodChange,
      { kind: 'open' }
    >
    expect(usual).toBeGreaterThan(0.15)
    expect(usual).toBeLessThan(0.26)
    expect(negative / mentions).toBeGreaterThan(0.4)
  })

  it('stays quiet when only the volume grows', () => {
    const loud = talk(25 * DAY_BUCKETS, () => 0.2).map((bucket, i) =>
      i >= CRISIS.from && i < CRISIS.until
        ? { ...bucket, mentions: bucket.mentions * 8, negative: bucket.negative * 8 }
        : bucket,
    )
    // Eight copies of each mention scatter more than eight mentions, which is not what this rule is about.
    const independent = talk(25 * DAY_BUCKETS, () => 0.2, 32, 2).map((bucket, i) =>
      i >= CRISIS.from && i < CRISIS.until ? bucket : (loud[i] as MoodBucket),
    )
    expect(listen(independent)).toEqual([])
  })

  it('learns that some hours are usually worse', () => {
    const evenings = (bucket: number) => (bucket % DAY_BUCKETS > 216 && bucket % DAY_BUCKETS < 264 ? 0.32 : 0.14)
    const late = listen(talk(40 * DAY_BUCKETS, evenings)).filter(({ at }) => at > 25 * DAY_BUCKETS)
    expect(late).toEqual([])
  })

  it('says nothing of a brand that it has known for less than three days', () => {
    expect(listen(talk(2 * DAY_BUCKETS, (bucket) => (bucket > DAY_BUCKETS ? 0.9 : 0.1)))).toEqual([])
  })

  it('takes silence for silence', () => {
    const silent = Array.from({ length: 3 * DAY_BUCKETS }, (_, i) => ({
      start: START + (20 * DAY_BUCKETS + i) * BUCKET_MS,
      mentions: 0,
      negative: 0,
    }))
    expect(listen([...talk(20 * DAY_BUCKETS, () => 0.2), ...silent])).toEqual([])
  })

  it('is the less easily moved the less often it may alert', () => {
    const alerts = (sensitivity: Sensitivity) =>
      Array.from(
        { length: 6 },
        (_, seed) =>
          listen(
            talk(30 * DAY_BUCKETS, () => 0.2, 4, seed),
            sensitivity,
          ).length,
      ).reduce((a, b) => a + b)
    expect(alerts('monthly')).toBeLessThanOrEqual(alerts('weekly'))
    expect(alerts('weekly')).toBeLessThanOrEqual(alerts('daily'))
  })

  it('goes on from a snapshot as if nothing had happened', () => {
    const buckets = talk(22 * DAY_BUCKETS, withCrisis)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: buckets.length - 1 }), (cut) => {
        let state = newMoodState()
        const changes: string[] = []
        for (const [at, bucket] of buckets.entries()) {
          if (at === cut) state = JSON.parse(JSON.stringify(state))
          const step = stepMood(state, bucket, 'weekly')
          state = step.state
          if (step.sign.change !== null) changes.push(`${at} ${step.sign.change.kind}`)
        }
        expect(changes).toEqual(listen(buckets).map(({ at, change }) => `${at} ${change.kind}`))
      }),
      { numRuns: 12 },
    )
  })
})
