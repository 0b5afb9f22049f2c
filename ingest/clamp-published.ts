import type { Mention } from '#schemas/generated.ts'

/** Clocks of authors and servers differ by a time zone at most; what claims to come from later than this is wrong. */
const MAX_AHEAD_MS = 3_600_000

/**
 * The author's time as a mention may hold it: never more than an hour after we saw it. Unknown or unreadable (null, NaN) it is
 * the time we saw it; then, and when it was clamped, it counts as estimated. The only place that clamps (DESIGN §5).
 */
export function clampPublished(
  authorTime: number | null,
  observedAt: number,
): Pick<Mention, 'publishedAt' | 'publishedAtEstimated'> {
  if (authorTime === null || !Number.isFinite(authorTime)) {
    return { publishedAt: observedAt, publishedAtEstimated: true }
  }
  const latest = observedAt + MAX_AHEAD_MS
  return authorTime > latest
    ? { publishedAt: latest, publishedAtEstimated: true }
    : { publishedAt: Math.trunc(authorTime), publishedAtEstimated: false }
}
