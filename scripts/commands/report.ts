import { negativeShare } from '#index/search/expected-share.ts'
import { foldBuckets, type Period } from '#index/search/fold-buckets.ts'
import { type Aggregates, TermField } from '#infra/contracts/search-index.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { openForReading } from '../compose.ts'
import { openBeside } from '../replay/beside.ts'
import { type SelectionArguments, selectionOf } from '../selection.ts'
import { bar } from '../terminal/chart.ts'
import { pad, shorten, writeLines } from '../terminal/columns.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import { safeText } from '../terminal/safe-text.ts'
import { percent, timeline } from '../terminal/timeline.ts'
import { timeZoneOf } from '../time-argument.ts'

const DAY_MS = 86_400_000
/** Above this length a report counts days, below it hours. */
const HOURS_UP_TO_MS = 2 * DAY_MS
const TERMS_SHOWN = 8
const NAME_WIDTH = 24

const SECTIONS = [
  [TermField.Connector, 'sources'],
  [TermField.Platform, 'platforms'],
  [TermField.Language, 'languages'],
  [TermField.Word, 'words'],
  [TermField.Author, 'authors'],
  [TermField.Entity, 'entities'],
  [TermField.Domain, 'linked sites'],
] as const

export interface ReportOptions extends SelectionArguments {
  readonly data?: string
  readonly config?: string
  /** An index beside the live one. */
  readonly index?: string
  readonly timeZone?: string
  readonly json?: boolean
}

/** Draws volume and mood over time and who and what stands out, in the time zone asked for. */
export async function report(options: ReportOptions, { output }: CommandIo): Promise<ExitCode> {
  const timeZone = timeZoneOf(options.timeZone)
  const selection = selectionOf(options, systemClock.now(), timeZone)
  await using installation = await openForReading(options.data, options.config)
  const terms = SECTIONS.map(([field]) => field)
  await using opened = options.index === undefined ? null : await openBeside(installation, options.index)
  const index = opened ?? installation.index
  const found = await index.aggregate({ ...selection, buckets: true, terms, termLimit: TERMS_SHOWN })
  const period = periodOf(found)
  const spans = foldBuckets(found.buckets, period, timeZone)
  if (options.json) {
    const shares = spans.map(({ start, label, sums }) => ({
      start: new Date(start).toISOString(),
      label,
      ...sums,
      negativeShare: negativeShare(sums),
    }))
    const total = { ...found.total, negativeShare: negativeShare(found.total) }
    output.write(
      `${JSON.stringify({ timeZone, period, total, spans: shares, terms: found.terms, termError: found.termError })}\n`,
    )
    return ExitCode.Done
  }
  const width = Math.min(output.columns ?? 100, 120)
  const paint = paintFor(output)
  writeLines(output, [
    summary(found, timeZone, paint),
    ...timeline(spans, width, paint),
    ...tables(found, width, paint),
  ])
  return ExitCode.Done
}

function periodOf({ buckets }: Aggregates): Period {
  const first = buckets[0]?.start ?? 0
  const last = buckets.at(-1)?.start ?? 0
  return last - first <= HOURS_UP_TO_MS ? 'hour' : 'day'
}

function summary({ total }: Aggregates, timeZone: string, paint: Paint): string {
  if (total.mentions === 0) {
    return 'No mentions. Ask for a longer time (--since 30d), another brand, or look at "earshot status".'
  }
  const share = negativeShare(total)
  const mood = share === null ? 'none of them scored' : `expected negative share ${percent(share)}`
  const unscored = total.mentions - total.scored
  const silent = unscored > 0 && share !== null ? `, ${count(unscored)} not scored` : ''
  return `${paint('bold', `${count(total.mentions)} mentions`)}, ${mood}${silent}. Times: ${timeZone}`
}

function tables({ terms, termError }: Aggregates, width: number, paint: Paint): string[] {
  const room = Math.max(10, Math.min(40, width - NAME_WIDTH - 12))
  const lines = SECTIONS.flatMap(([field, title]) => {
    const rows = terms[field] ?? []
    if (rows.length === 0) return []
    const most = rows[0]?.mentions ?? 0
    return [
      '',
      paint('bold', title),
      ...rows.map(({ term, mentions }) => {
        const name = shorten(safeText(term), NAME_WIDTH)
        return `  ${pad(name, NAME_WIDTH)} ${count(mentions).padStart(7)} ${paint('cyan', bar(mentions, most, room))}`
      }),
    ]
  })
  return termError > 0 ? [...lines, '', `Counts of this list may be off by up to ${count(termError)}.`] : lines
}

const count = (n: number): string => n.toLocaleString('en-US')
