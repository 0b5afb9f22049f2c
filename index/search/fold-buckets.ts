import type { Aggregates, Sums } from '#infra/contracts/search-index.ts'
import { addSums, NO_SUMS } from './expected-share.ts'

export type Period = 'hour' | 'day'

export interface Span {
  /** First moment of the local hour or day, milliseconds. */
  readonly start: number
  /** As people of that time zone write it: `2026-11-24` or `2026-11-24 17:00`. */
  readonly label: string
  readonly sums: Sums
}

/** The length of a bucket; time zones move by quarters of an hour, so a span begins at a bucket's start. */
const STEP_MS = 5 * 60_000
/** No local hour or day lasts less, also where clocks move: so far behind the start of one the next need not be looked for. */
const SHORTEST_MS: Readonly<Record<Period, number>> = { hour: 15 * 60_000, day: 20 * 3_600_000 }

/**
 * 5-minute UTC buckets folded into local hours or days, empty ones in between included; an hour that comes twice because clocks
 * are put back is one. Our code and not the engine's, so that all engines agree, also on days of 23 and 25 hours.
 */
export function foldBuckets(buckets: Aggregates['buckets'], period: Period, timeZone: string): readonly Span[] {
  const first = buckets[0]?.start
  if (first === undefined) return []
  const labelOf = localLabel(period, timeZone)
  const spans = new Map<string, { start: number; label: string; sums: Sums }>()
  let time = firstMoment(first, labelOf(first), labelOf)
  for (const { start, sums } of buckets) {
    const label = labelOf(start)
    while (!spans.has(label)) {
      const at = Math.min(time, start)
      const here = labelOf(at)
      const isNew = !spans.has(here)
      if (isNew) spans.set(here, { start: at, label: here, sums: NO_SUMS })
      time = at + (isNew ? SHORTEST_MS[period] : STEP_MS)
    }
    const span = spans.get(label) as Span
    spans.set(label, { ...span, sums: addSums(span.sums, sums) })
  }
  return [...spans.values()]
}

function firstMoment(time: number, label: string, labelOf: (time: number) => string): number {
  let start = time - (time % STEP_MS)
  while (labelOf(start - STEP_MS) === label) start -= STEP_MS
  return start
}

function localLabel(period: Period, timeZone: string): (time: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    ...(period === 'hour' && { timeStyle: 'short' }),
  })
  return (time) => {
    const text = format.format(time)
    return period === 'hour' ? `${text.slice(0, -2)}00` : text
  }
}
