import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?$/

/**
 * A moment as people type it: `36h`, `7d` (so long before `now`), `2026-11-01` and `2026-11-01T12:00` (in `timeZone`), or a
 * full RFC 3339 time. Milliseconds; a usage error otherwise.
 */
export function parseTime(text: string, now: number, timeZone: string): number {
  const ago = /^(\d{1,5})([mhdw])$/.exec(text)
  if (ago) return now - Number(ago[1]) * UNIT_MS[ago[2] as keyof typeof UNIT_MS]
  const local = LOCAL.exec(text)
  if (local) {
    const [year, month, day, hour, minute, second] = local.slice(1).map((part) => Number(part ?? 0))
    const asUtc = Date.UTC(year as number, (month as number) - 1, day, hour, minute, second)
    if (new Date(asUtc).getUTCDate() === day) return asUtc - zoneOffset(asUtc, timeZone)
  }
  const exact = /[Zz]|[+-]\d{2}:\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(exact)) return exact
  throw new PipelineError(
    ErrorClass.Config,
    'TIME_INVALID',
    `"${text}" is not a time: expected 2026-11-01, 2026-11-01T12:00, 2026-11-01T12:00:00Z, or so long ago: 90m, 36h, 7d, 4w`,
  )
}

/** What must be taken from a wall-clock time (read as UTC) of that zone to get UTC; asked twice because of clock changes. */
function zoneOffset(wall: number, timeZone: string): number {
  const first = offsetAt(wall, timeZone)
  return offsetAt(wall - first, timeZone)
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
