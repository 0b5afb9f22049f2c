import { expect, it } from 'vitest'
import { retryAfterMs } from '#infra/runtime/retry-after.ts'

const NOW = Date.UTC(2026, 0, 5, 12)

it.each([
  ['120', 120_000],
  ['0', 0],
  ['1.5', 1_500],
  [String(NOW / 1000 + 90), 90_000],
  ['2026-01-05T12:01:00Z', 60_000],
  ['2026-01-05T13:01:00+01:00', 60_000],
  ['2026-01-05T12:01:00', 60_000],
  ['Mon, 05 Jan 2026 12:02:00 GMT', 120_000],
  ['Monday, 05-Jan-26 12:02:00 GMT', 120_000],
  ['Mon Jan  5 12:02:00 2026', 120_000],
  ['Mon, 05 Jan 2026 11:00:00 GMT', 0],
  ['999999999', 86_400_000],
  ['soon', null],
  ['-5', null],
  ['', null],
])('reads Retry-After: %s', (value, expected) => {
  expect(retryAfterMs({ 'retry-after': value }, NOW)).toBe(expected)
})

it('reads the reset of a rate limit when there is no Retry-After', () => {
  expect(retryAfterMs({ 'x-ratelimit-reset': '42.5' }, NOW)).toBe(42_500)
  expect(retryAfterMs({ 'ratelimit-reset': '7' }, NOW)).toBe(7_000)
  expect(retryAfterMs({}, NOW)).toBeNull()
})
