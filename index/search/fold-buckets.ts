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

/**
 * 5-minute UTC buckets folded into local hours or days, empty ones in between included. Our code and not the engine's, so
 * that all engines agree, also on days of 23 and 25 hours.
 */
export function foldBuckets(buckets: Aggregates['buckets'], period: Period, timeZone: string): readonly Span[] {
  const labelOf = localLabel(period, timeZone)
  const spans: { start: number; label: string; sums: Sums }[] = []
  let last: (typeof spans)[number] | undefined
  for (const { start, sums } of buckets) {
    const label = labelOf(start)
    if (last?.label !== label) {
      if (last !== undefined) spans.push(...emptySpans(last, start, label, labelOf, SHORTEST_MS[period]))
      last = { start: firstMoment(start, label, labelOf), label, sums: NO_SUMS }
      spans.push(last)
    }
    last.sums = addSums(last.sums, sums)
  }
  return spans
}

/** The length of a bucket; time zones move by quarters of an hour, so a span begins at a bucket's start. */
const STEP_MS = 5 * 60_000
/** No local hour or day is shorter: Lord Howe Island moves its clocks by half an hour. So far ahead nobody need look for the next. */
const SHORTEST_MS: Readonly<Record<Period, number>> = { hour: 30 * 60_000, day: 20 * 3_600_000 }

function emptySpans(
  from: { readonly start: number; readonly label: string },
  until: number,
  untilLabel: string,
  labelOf: (time: number) => string,
  shortest: number,
): { start: number; label: string; sums: Sums }[] {
  const spans = []
  let label = from.label
  for (let time = from.start + shortest; time < until; time += STEP_MS) {
    const here = labelOf(time)
    if (here === label) continue
    if (here === untilLabel) break
    label = here
    spans.push({ start: time, label, sums: NO_SUMS })
    time += shortest - STEP_MS
  }
  return spans
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
