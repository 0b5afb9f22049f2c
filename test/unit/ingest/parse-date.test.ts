import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDate } from '#ingest/feed/parse-date.ts'

const at = (raw: string): string | null => {
  const time = parseDate(raw)
  return time === null ? null : new Date(time).toISOString().replace('.000', '')
}

describe('parseDate', () => {
  it.each([
    ['Tue, 10 Mar 2026 08:05:09 GMT', '2026-03-10T08:05:09Z'],
    ['Tue, 10 Mar 2026 08:05 +0230', '2026-03-10T05:35:00Z'],
    ['10 Mar 26 08:05:09 EDT', '2026-03-10T12:05:09Z'],
    ['Tue, 10 Mar 2026 08:05:09 (CET)', '2026-03-10T07:05:09Z'],
    ['Tuesday, 10-Mar-26 08:05:09 GMT', '2026-03-10T08:05:09Z'],
    ['Tue Mar 10 08:05:09 2026', '2026-03-10T08:05:09Z'],
    ['Tue Mar 10 08:05:09 PST 2026', '2026-03-10T16:05:09Z'],
    ['Tue,  10th  March 2026, 8:05 pm', '2026-03-10T20:05:00Z'],
    ['March 10, 2026 12:05 am EST', '2026-03-10T05:05:00Z'],
    ['Di, 10. März 2026 08:05 +0100', '2026-03-10T07:05:00Z'],
    ['mar., 10 août 2026 08:05:00 +0200', '2026-08-10T06:05:00Z'],
    ['10 de dezembro de 2026', '2026-12-10T00:00:00Z'],
    ['10 марта 2026 08:05:00 MSK', '2026-03-10T05:05:00Z'],
    ['2026-03-10T08:05:09.123456Z', '2026-03-10T08:05:09Z'],
    ['2026-03-10T08:05-03', '2026-03-10T11:05:00Z'],
    ['2026-03-10T08:05:09-07:00Z', '2026-03-10T15:05:09Z'],
    ['2026/03/10 08:05', '2026-03-10T08:05:00Z'],
    ['20260310T080509Z', '2026-03-10T08:05:09Z'],
    ['2026-03', '2026-03-01T00:00:00Z'],
    ['10.03.2026 08:05', '2026-03-10T08:05:00Z'],
    ['3/10/2026 8:05 AM', '2026-03-10T08:05:00Z'],
    ['31/12/2026', '2026-12-31T00:00:00Z'],
    ['1773129909', '2026-03-10T08:05:09Z'],
    ['1773129909000', '2026-03-10T08:05:09Z'],
    ['2026-12-31T23:59:60Z', '2027-01-01T00:00:00Z'],
    ['2026-03-10T24:00:00Z', '2026-03-11T00:00:00Z'],
  ])('reads %s', (raw, expected) => expect(at(raw)).toBe(expected))

  it.each([
    ...['', 'yesterday', 'Tue', '30000-01-01T00:00:00Z', 'Sat, 01 Jan 30000 10:00:00 GMT', '2026-02-30', '31 Feb 2026'],
    ...['2026-13-01', '2026-03-10T25:00:00Z', '2026-03-10T08:61:00Z', '10 Foo 2026', '10 Mar 2026 08:05 XYZ', '12'],
    ...['2026-03-10T08:05:09+99:00', '0 Mar 2026'],
  ])('takes "%s" for no date', (raw) => expect(at(raw)).toBeNull())

  it('reads every moment that it could have been written from, whatever the notation', () => {
    const seconds = fc.integer({ min: Date.UTC(1990, 0) / 1000, max: Date.UTC(2049, 11) / 1000 })
    fc.assert(
      fc.property(seconds, (second) => {
        const date = new Date(second * 1000)
        const iso = date.toISOString()
        const short = date.toUTCString().replace(/ (\d\d)(\d\d) /, ' $2 ')
        const notations = [
          date.toUTCString(),
          short,
          iso,
          iso.replace('T', ' ').replace('Z', ''),
          iso.replace(/[-:]|\.000/g, ''),
        ]
        for (const notation of notations) expect(parseDate(notation)).toBe(second * 1000)
      }),
    )
  })

  it('never throws and never leaves the range of dates', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9TZ:+ ./-]{0,40}$/)), (raw) => {
        const time = parseDate(raw)
        if (time !== null) expect(Number.isNaN(new Date(time).getTime())).toBe(false)
      }),
    )
  })
})
