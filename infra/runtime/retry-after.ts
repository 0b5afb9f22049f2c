const LONGEST_PAUSE_MS = 24 * 3_600_000
/** A number beyond this is a moment (Unix seconds), not a duration. */
const FIRST_UNIX_SECOND = 1_000_000_000

/**
 * The pause that a server asks for in `Retry-After` or in a rate limit's reset header, in milliseconds from `now`, at most a
 * day; null when it asks for none that we understand. Servers write it as seconds, fractions of seconds, Unix seconds,
 * an ISO time or an HTTP date (RFC 9110 §10.2.3 and practice).
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const value = (headers['retry-after'] ?? headers['x-ratelimit-reset'] ?? headers['ratelimit-reset'])?.trim()
  if (!value) return null
  const pause = pauseOf(value, now)
  return Number.isNaN(pause) ? null : Math.min(LONGEST_PAUSE_MS, Math.max(0, Math.ceil(pause)))
}

function pauseOf(value: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(value)) {
    const seconds = Number(value)
    return seconds < FIRST_UNIX_SECOND ? seconds * 1000 : seconds * 1000 - now
  }
  if (!/\d:\d\d/.test(value)) return Number.NaN // `Date.parse` finds a date in almost anything
  // `Date.parse` takes a time without a zone (asctime, sloppy ISO) for local time.
  const zoned = /(GMT|UTC?|Z|[+-]\d\d:?\d\d)$/i.test(value)
  return Date.parse(zoned ? value : value.includes('T') ? `${value}Z` : `${value} GMT`) - now
}
