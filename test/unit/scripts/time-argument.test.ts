import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTime, timeZoneOf } from '#scripts/time-argument.ts'

const NOW = Date.UTC(2026, 10, 24, 12)
const at = (text: string, zone = 'UTC') => new Date(parseTime(text, NOW, zone)).toISOString().replace('.000Z', 'Z')

describe('a time as people type it', () => {
  it.for([
    ['90m', '2026-11-24T10:30:00Z'],
    ['36h', '2026-11-23T00:00:00Z'],
    ['7d', '2026-11-17T12:00:00Z'],
    ['4w', '2026-10-27T12:00:00Z'],
    ['0d', '2026-11-24T12:00:00Z'],
    ['2026-11-01', '2026-11-01T00:00:00Z'],
    ['2026-11-01T12:34', '2026-11-01T12:34:00Z'],
    ['2026-11-01 12:34:56', '2026-11-01T12:34:56Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2026-11-01T12:00:00Z', '2026-11-01T12:00:00Z'],
    ['2026-11-01t12:00:00z', '2026-11-01T12:00:00Z'],
    ['2026-11-01T12:00:00.000+05:45', '2026-11-01T06:15:00Z'],
    ['2026-11-01 12:00-03:30', '2026-11-01T15:30:00Z'],
  ] as const)('%s is %s', ([text, time]) => {
    expect(at(text)).toBe(time)
  })

  it.for([
    ['2026-11-01', 'Europe/Berlin', '2026-10-31T23:00:00Z'],
    ['2026-06-01T12:00', 'Europe/Berlin', '2026-06-01T10:00:00Z'],
    ['2026-06-01T12:00', 'Asia/Kathmandu', '2026-06-01T06:15:00Z'],
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z'], // twice: the first
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'], // never: half an hour after the gap
    ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00Z'], // a day that begins at one o'clock
    ['2026-04-05', 'America/Santiago', '2026-04-05T04:00:00Z'], // after a midnight that came twice
    ['2026-04-04T23:30', 'America/Santiago', '2026-04-05T02:30:00Z'],
    ['2026-06-01T12:00:00Z', 'Europe/Berlin', '2026-06-01T12:00:00Z'],
  ] as const)('%s in %s is %s', ([text, zone, time]) => {
    expect(at(text, zone)).toBe(time)
  })

  it.for([
    ...['', 'tomorrow', '7', '7y', '-7d', '1.5h', '2026', '2026-13-01', '2026-02-30', '2025-02-29', '2026-11-01T24:30'],
    ...[
      '2026-11-01T12:60',
      '2026-11-01T12:00:60',
      '2026-1-1',
      'lazy 5',
      '2026-11-01Z',
      '99999999d',
      '2026-11-01T12:00+1',
    ],
  ])('"%s" is none, and the message says what is', (text) => {
    expect(() => parseTime(text, NOW, 'UTC')).toThrow(
      expect.objectContaining({
        class: 'config',
        code: 'TIME_INVALID',
        message: expect.stringContaining('2026-11-01'),
      }),
    )
  })

  it('shows on the wall of its zone what was typed, in every zone, but where clocks jump', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia']
    const minutes = fc.integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 })
    fc.assert(
      fc.property(minutes, fc.constantFrom(...zones), (minute, timeZone) => {
        const wall = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
        const typed = wall.format(minute * 60_000)
        const parsed = parseTime(typed, NOW, timeZone)
        expect(wall.format(parsed)).toBe(typed)
        expect(parsed).toBeLessThanOrEqual(minute * 60_000)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a time zone', () => {
  it('is the one asked for, or that of the machine', () => {
    expect(timeZoneOf('Europe/Berlin')).toBe('Europe/Berlin')
    expect(timeZoneOf(undefined)).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone)
  })

  it.for(['Mars/Base', '', '; rm'])('"%s" is none', (zone) => {
    expect(() => timeZoneOf(zone)).toThrow(expect.objectContaining({ class: 'config', code: 'TIME_ZONE_UNKNOWN' }))
  })
})
