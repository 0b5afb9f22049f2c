import { describe, expect, it } from 'vitest'
import { type DateOrder, dateOrderShownBy, hasClock, parseImportTime } from '#ingest/file/import-time.ts'

const utc = { timeZone: 'UTC', dateOrder: null }
const iso = (value: unknown, timeZone = 'UTC', dateOrder: DateOrder | null = null): string | null => {
  const time = parseImportTime(value, { timeZone, dateOrder })
  return typeof time === 'number' ? new Date(time).toISOString().replace('.000Z', 'Z') : time
}

describe('parseImportTime', () => {
  it.each([
    ['2026-07-04T14:38:08Z', '2026-07-04T14:38:08Z'],
    ['2026-07-04T14:38:08.123456+02:00', '2026-07-04T12:38:08.123Z'],
    ['2026-07-04 14:38:08.0', '2026-07-04T14:38:08Z'],
    ['2026-07-04 14:38:08 UTC', '2026-07-04T14:38:08Z'],
    ['2026/7/4 9:05', '2026-07-04T09:05:00Z'],
    ['2026-07-04', '2026-07-04T00:00:00Z'],
    ['Sat, 04 Jul 2026 14:38:08 GMT', '2026-07-04T14:38:08Z'],
    ['Sat, 4 Jul 2026 14:38:08 -0500', '2026-07-04T19:38:08Z'],
    ['21-Jul-2019 11:59PM', '2019-07-21T23:59:00Z'],
    ['July 4, 2026 12:05 a.m.', '2026-07-04T00:05:00Z'],
    ['Jul 4, 2026, 2:38 PM', '2026-07-04T14:38:00Z'],
    ['Wed Oct 10 20:19:24 +0000 2018', '2018-10-10T20:19:24Z'],
    ['31.12.2025 23:59', '2025-12-31T23:59:00Z'],
    ['03.04.2022', '2022-04-03T00:00:00Z'],
    ['13/01/22', '2022-01-13T00:00:00Z'],
    ['01/13/2022 1:00 PM', '2022-01-13T13:00:00Z'],
    ['04/04/2022', '2022-04-04T00:00:00Z'],
    ['1783175888', '2026-07-04T14:38:08Z'],
    [1783175888, '2026-07-04T14:38:08Z'],
    [1783175888085, '2026-07-04T14:38:08.085Z'],
    [1783175888085434, '2026-07-04T14:38:08.085Z'],
    ['30000-01-01T00:00:00Z', '+030000-01-01T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('reads %s', (value, expected) => expect(iso(value)).toBe(expected))

  it.each([
    ...[
      '',
      'yesterday',
      '2026-13-01',
      '2026-02-29',
      '31/31/2026',
      '2026-07-04 25:00',
      '2026-07-04 13:00 PM',
      '04 Foo 2026',
    ],
    ...['2026-07-04 12', '2026-07-04x', '999999-01-01', '12:30', '20', null, true, {}, Number.NaN, 1e300],
  ])('reads no time from %s', (value) => expect(parseImportTime(value, utc)).toBeNull())

  it('does not guess between day and month', () => {
    expect(iso('03/04/2022')).toBe('ambiguous')
    expect(iso('03/04/2022 10:00', 'UTC', 'day-first')).toBe('2022-04-03T10:00:00Z')
    expect(iso('03-04-2022', 'UTC', 'month-first')).toBe('2022-03-04T00:00:00Z')
    expect(iso('13/04/2022', 'UTC', 'month-first')).toBe('2022-04-13T00:00:00Z')
  })

  it('reads times without a zone in the zone of the account, summer and winter', () => {
    expect(iso('2026-07-04 14:00', 'Europe/Berlin')).toBe('2026-07-04T12:00:00Z')
    expect(iso('2026-01-04 14:00', 'Europe/Berlin')).toBe('2026-01-04T13:00:00Z')
    expect(iso('2026-03-29 01:30', 'Europe/Berlin')).toBe('2026-03-29T00:30:00Z')
    expect(iso('2026-03-29 03:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00Z')
    expect(iso('2026-07-04 14:00', 'Asia/Kathmandu')).toBe('2026-07-04T08:15:00Z')
    expect(iso('2026-07-04 14:00', 'America/New_York')).toBe('2026-07-04T18:00:00Z')
    expect(iso('2026-07-04T14:00:00Z', 'America/New_York')).toBe('2026-07-04T14:00:00Z')
  })
})

describe('dateOrderShownBy', () => {
  it('says what a date proves', () => {
    expect(dateOrderShownBy('13/04/2022 10:00')).toBe('day-first')
    expect(dateOrderShownBy('04/13/2022')).toBe('month-first')
    expect(dateOrderShownBy('03/04/2022')).toBe('ambiguous')
    for (const value of ['04/04/2022', '03.04.2022', '2022-04-03', 'x']) expect(dateOrderShownBy(value)).toBeNull()
  })
})

describe('hasClock', () => {
  it('knows a date with a time of day', () => {
    for (const value of ['2026-07-04T10:00', '7/21/19 11:59 PM', '21-Jul-2019 11PM']) expect(hasClock(value)).toBe(true)
    for (const value of ['2026-07-04', '21-Jul-2019', 'Jul 21, 2019']) expect(hasClock(value)).toBe(false)
  })
})
