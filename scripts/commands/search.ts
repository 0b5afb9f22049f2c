import type { Hit, SearchPage } from '#infra/contracts/search-index.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { Facts } from '#query/facts.ts'
import { highlightMention } from '#query/highlight.ts'
import type { Query } from '#query/query.ts'
import type { Annotations } from '#schemas/generated.ts'
import { mentionText } from '#schemas/mention.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { openForReading } from '../compose.ts'
import { movingWords } from '../moving-words.ts'
import { openBeside } from '../replay/beside.ts'
import { type SelectionArguments, selectionOf } from '../selection.ts'
import { shorten, writeLines } from '../terminal/columns.ts'
import { excerpt } from '../terminal/excerpt.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import { safeText } from '../terminal/safe-text.ts'
import { timeZoneOf } from '../time-argument.ts'

const NAMES_SHOWN = 8
const REASONS_SHOWN = 3
export interface SearchOptions extends SelectionArguments {
  readonly data?: string
  readonly config?: string
  /** An index beside the live one. */
  readonly index?: string
  readonly sort: 'newest' | 'oldest'
  readonly limit: number
  readonly after?: string
  readonly timeZone?: string
  readonly json?: boolean
}

/** Prints a page of mentions, each with its matches highlighted and the reasons of its scores. */
export async function search(options: SearchOptions, { output, errors }: CommandIo): Promise<ExitCode> {
  const timeZone = timeZoneOf(options.timeZone)
  const selection = selectionOf(options, systemClock.now(), timeZone)
  await using installation = await openForReading(options.data, options.config)
  await using opened = options.index === undefined ? null : await openBeside(installation, options.index)
  const page = await (opened ?? installation.index).search({
    ...selection,
    sort: options.sort,
    limit: options.limit,
    after: options.after ?? null,
  })
  if (options.json) {
    for (const hit of page.hits) output.write(`${JSON.stringify(jsonHit(hit, selection.query))}\n`)
    errors.write(`${JSON.stringify({ total: page.total, next: page.next })}\n`)
    return ExitCode.Done
  }
  const paint = paintFor(output)
  for (const hit of page.hits) writeLines(output, [...textHit(hit, selection.query, timeZone, paint), ''])
  writeLines(output, [footer(page, options)])
  return ExitCode.Done
}

function footer({ total, hits, next }: SearchPage, { after }: SearchOptions): string {
  if (total === 0) return 'No mentions match. Try fewer words, a longer time, or "earshot query explain QUERY TEXT".'
  const found = `${total.toLocaleString('en-US')} ${total === 1 ? 'mention matches' : 'mentions match'}`
  if (next !== null) return `${found}; next page: the same command with --after ${next}`
  return after === undefined && hits.length === total ? `${found}.` : `${found}; this was the last page.`
}

function jsonHit({ id, content, firstObservedAt }: Hit, query: Query | null): unknown {
  const { mention, annotations, source, rev, generation, raw } = content
  const matches = query === null ? [] : highlightMention(query, mention, Facts.of(content))
  return { id, firstObservedAt, rev, generation, source, mention, annotations, raw, matches }
}

function textHit({ id, content }: Hit, query: Query | null, timeZone: string, paint: Paint): string[] {
  const { mention, annotations } = content
  const when = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  const author = mention.author?.handle ?? mention.author?.name ?? null
  const head = [
    when.format(mention.publishedAt),
    mention.platform,
    author === null ? null : shorten(safeText(author), 40),
    mention.lang.detected,
    annotations.brands.length > 0 ? annotations.brands.join(', ') : null,
  ].filter((part) => part !== null)
  return [
    paint('bold', head.join(' · ')),
    `  ${excerpt(mentionText(mention), query === null ? [] : highlightMention(query, mention, Facts.of(content)), paint)}`,
    ...reasons(annotations, mentionText(mention), paint).map((line) => `  ${line}`),
    paint('gray', `  ${safeText(mention.url ?? id)}`),
  ]
}

function reasons(annotations: Annotations, text: string, paint: Paint): string[] {
  const { sentiment, entities, fit, misinformation, notScored, brandSense } = annotations
  const lines: string[] = []
  for (const { brand, state, probability, parts } of brandSense) {
    const moved = [...parts].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, REASONS_SHOWN)
    const because = moved.map(({ start, end, reason }) => `"${safeText(text.slice(start, end))}" (${reason})`)
    const meant = Math.round(100 * probability)
    const said =
      state === 'other'
        ? `not ${brand} ${100 - meant} %`
        : `${brand} ${meant} %${state === 'unsure' ? ' (unsure whether it is meant)' : ''}`
    lines.push(`${said}${because.length > 0 ? `, because of ${because.join(', ')}` : ''}`)
  }
  if (sentiment !== null) {
    const colour = sentiment.label === 'negative' ? 'red' : sentiment.label === 'positive' ? 'green' : 'gray'
    const moved = movingWords(sentiment, text, REASONS_SHOWN).map((word) => `"${safeText(word)}"`)
    const certainty = Math.round(Math.max(sentiment.negative, sentiment.neutral, sentiment.positive) * 100)
    const because = moved.length > 0 ? `, because of ${moved.join(', ')}` : ''
    lines.push(
      paint(colour, `${sentiment.label} ${certainty} %`) + (sentiment.uncertain ? ' (uncertain)' : '') + because,
    )
  }
  if (entities !== null && entities.items.length > 0) {
    const names = new Set(entities.items.map(({ text: name, type }) => `${safeText(name)} (${type})`))
    const more = names.size > NAMES_SHOWN ? ` and ${names.size - NAMES_SHOWN} more` : ''
    lines.push(`names: ${[...names].slice(0, NAMES_SHOWN).join(', ')}${more}`)
  }
  if (fit !== null && fit.value !== null) {
    const known = fit.components.filter(({ value }) => value !== null).map(({ evidence }) => safeText(evidence))
    lines.push(`influencer fit ${fit.value.toFixed(2)}: ${known.slice(0, REASONS_SHOWN).join('; ')}`)
  }
  if (misinformation !== null && misinformation.state !== 'unknown' && misinformation.state !== 'nothing_to_check') {
    const why = misinformation.reasons.slice(0, REASONS_SHOWN).map(({ evidence }) => safeText(evidence))
    lines.push(`needs a check: ${misinformation.state}${why.length > 0 ? `, ${why.join('; ')}` : ''}`)
  }
  if (notScored.length > 0) {
    lines.push(paint('gray', `not scored: ${notScored.map(({ score, reason }) => `${score} (${reason})`).join(', ')}`))
  }
  return lines
}
