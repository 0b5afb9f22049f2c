import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const
const LOCAL = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}))?)?$/
const EXACT = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/
const DAY_MS = 86_400_000

/**
 * A moment as people type it: `36h`, `7d` (so long before `now`), `2026-11-01` and `2026-11-01T12:00` (in `timeZone`), or a
 * full RFC 3339 time. Milliseconds; a usage error otherwise.
 */
export function parseTime(text: string, now: number, timeZone: string): number {
  const ago = /^(\d{1,5})([mhdw])$/.exec(text)
  if (ago) return now - Number(ago[1]) * UNIT_MS[ago[2] as keyof typeof UNIT_MS]
  const local = LOCAL.exec(text)
  if (local) {
    const [, date, time = '00:00', second = '00'] = local
    const wall = `${date}T${time}:${second}.000Z`
    const asUtc = Date.parse(wall)
    // The 30th of February would be taken for a day of March.
    if (Number.isFinite(asUtc) && new Date(asUtc).toISOString() === wall) return localTime(asUtc, timeZone)
  }
  const exact = EXACT.test(text) ? Date.parse(text.toUpperCase()) : Number.NaN
  if (Number.isFinite(exact)) return exact
  throw new PipelineError(
    ErrorClass.Config,
    'TIME_INVALID',
    `"${text}" is not a time: expected 2026-11-01, 2026-11-01T12:00, 2026-11-01T12:00:00Z, or so long ago: 90m, 36h, 7d, 4w`,
  )
}

/** When a clock on the wall of that zone shows `wall` (read as UTC): the first time if it does twice; if never, so much after the gap. */
function localTime(wall: number, timeZone: string): number {
  const before = offsetAt(wall - DAY_MS, timeZone)
  const first = wall - before
  if (offsetAt(first, timeZone) === before) return first
  const after = wall - offsetAt(wall + DAY_MS, timeZone)
  return offsetAt(after, timeZone) === wall - after ? after : first
}

function offsetAt(time: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(time)
  return Date.parse(`${parts.replace(' ', 'T')}Z`) - Math.floor(time / 1000) * 1000
}

/** The zone asked for, else that of this machine; a usage error when there is no such zone. */
export function timeZoneOf(asked: string | undefined): string {
  if (asked === undefined) return new Intl.DateTimeFormat().resolvedOptions().timeZone
  try {
    return new Intl.DateTimeFormat('en', { timeZone: asked }).resolvedOptions().timeZone
  } catch (cause) {
    throw new PipelineError(
      ErrorClass.Config,
      'TIME_ZONE_UNKNOWN',
      `there is no time zone "${asked}": expected a name such as Europe/Berlin or UTC`,
      { cause },
    )
  }
}
