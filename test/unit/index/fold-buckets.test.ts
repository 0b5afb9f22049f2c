import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_SUMS } from '#index/search/expected-share.ts'
import { foldBuckets, type Period } from '#index/search/fold-buckets.ts'
import { BUCKET_MS } from '#infra/contracts/search-index.ts'

const HOUR_MS = 3_600_000
const ZONES = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'America/Santiago', 'Asia/Kolkata', 'Asia/Kathmandu'],
  ...['Australia/Adelaide', 'Australia/Lord_Howe', 'Pacific/Chatham', 'Pacific/Apia', 'America/St_Johns'],
]

const bucket = (start: number, mentions = 1) => ({ start, sums: { ...NO_SUMS, mentions, scored: mentions } })

const PARTS = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' } as const
const clocks = new Map(ZONES.map((timeZone) => [timeZone, new Intl.DateTimeFormat('en-GB', { timeZone, ...PARTS })]))

/** What a clock on the wall shows, from its parts. */
function wallOf(time: number, period: Period, timeZone: string): string {
  const parts = (clocks.get(timeZone) as Intl.DateTimeFormat).formatToParts(time)
  const part = (name: string) => parts.find(({ type }) => type === name)?.value
  const day = `${part('year')}-${part('month')}-${part('day')}`
  return period === 'day' ? day : `${day} ${part('hour')}:00`
}

/** Looks at every five minutes there are. */
function slowly(buckets: readonly ReturnType<typeof bucket>[], period: Period, timeZone: string) {
  const [first, last] = [buckets[0]?.start, buckets.at(-1)?.start]
  if (first === undefined || last === undefined) return []
  const known = new Map(buckets.map(({ start, sums }) => [start, sums.mentions]))
  let from = first
  while (wallOf(from - BUCKET_MS, period, timeZone) === wallOf(first, period, timeZone)) from -= BUCKET_MS
  const spans = new Map<string, { start: number; label: string; mentions: number }>()
  for (let time = from; time <= last; time += BUCKET_MS) {
    const label = wallOf(time, period, timeZone)
    const span = spans.get(label) ?? { start: time, label, mentions: 0 }
    spans.set(label, span)
    span.mentions += known.get(time) ?? 0
  }
  return [...spans.values()]
}

const quickly = (buckets: readonly ReturnType<typeof bucket>[], period: Period, timeZone: string) =>
  foldBuckets(buckets, period, timeZone).map(({ start, label, sums }) => ({ start, label, mentions: sums.mentions }))

describe('folding buckets', () => {
  it('agrees with looking at every five minutes, in every zone, around every change of clocks', () => {
    const change = fc.constantFrom(
      ...['2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-11-01T06:00Z', '2026-04-04T15:00Z', '2026-10-03T15:30Z'],
      ...['2026-04-04T14:00Z', '2026-09-06T04:00Z', '2011-12-30T10:00Z', '2026-06-15T12:00Z', '1969-12-31T23:00Z'],
    )
    const buckets = fc
      .tuple(change, fc.uniqueArray(fc.integer({ min: -500, max: 500 }), { maxLength: 8 }))
      .map(([at, steps]) =>
        steps
          .sort((a, b) => a - b)
          .map((step, i) => bucket(Date.parse(at) - (Date.parse(at) % BUCKET_MS) + step * BUCKET_MS, i + 1)),
      )
    fc.assert(
      fc.property(buckets, fc.constantFrom<Period>('hour', 'day'), fc.constantFrom(...ZONES), (given, period, zone) => {
        expect(quickly(given, period, zone)).toEqual(slowly(given, period, zone))
      }),
      { numRuns: 60 },
    )
  })

  it.for([
    ['2026-03-29', 23],
    ['2026-10-25', 25],
    ['2026-06-15', 24],
  ] as const)('counts the %s in Berlin as one day of %i hours', ([day, hours]) => {
    const start = Date.parse(`${day}T00:00:00${day === '2026-03-29' ? '+01:00' : '+02:00'}`)
    const end = start + hours * HOUR_MS
    const all = Array.from({ length: (hours + 2) * 12 }, (_, i) => bucket(start - HOUR_MS + i * BUCKET_MS))
    const spans = foldBuckets(all, 'day', 'Europe/Berlin')
    expect(spans.map(({ sums }) => sums.mentions)).toEqual([12, hours * 12, 12])
    expect(spans[1]).toMatchObject({ start, label: day })
    expect(spans[2]?.start).toBe(end)
  })

  it('begins hours and days where the clocks of half and quarter hours do', () => {
    const noon = Date.UTC(2026, 0, 5, 12)
    expect(foldBuckets([bucket(noon)], 'hour', 'Asia/Kolkata')[0]).toMatchObject({
      ...{ start: noon - 30 * 60_000, label: '2026-01-05 17:00' },
    })
    expect(foldBuckets([bucket(noon)], 'hour', 'Asia/Kathmandu')[0]).toMatchObject({
      ...{ start: noon - 45 * 60_000, label: '2026-01-05 17:00' },
    })
    expect(foldBuckets([bucket(noon)], 'day', 'Asia/Kathmandu')[0]).toMatchObject({
      ...{ start: Date.UTC(2026, 0, 4, 18, 15), label: '2026-01-05' },
    })
  })

  it('shows the empty hours and days in between, and none before or after', () => {
    const start = Date.UTC(2026, 0, 5, 10, 20)
    const spans = foldBuckets([bucket(start, 2), bucket(start + 3 * HOUR_MS, 3)], 'hour', 'UTC')
    expect(spans.map(({ label, sums }) => `${label} ${sums.mentions}`)).toEqual([
      ...['2026-01-05 10:00 2', '2026-01-05 11:00 0', '2026-01-05 12:00 0', '2026-01-05 13:00 3'],
    ])
    expect(foldBuckets([], 'day', 'UTC')).toEqual([])
  })

  it('skips a day that a zone has skipped', () => {
    const days = foldBuckets([bucket(Date.UTC(2011, 11, 29, 12)), bucket(Date.UTC(2012, 0, 1))], 'day', 'Pacific/Apia')
    expect(days.map(({ label }) => label)).toEqual(['2011-12-29', '2011-12-31', '2012-01-01'])
  })
})
