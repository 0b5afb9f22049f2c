import { existsSync } from 'node:fs'
import { loadConfiguration } from '#infra/config/load-configuration.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { Facts } from '#query/facts.ts'
import { highlightMention } from '#query/highlight.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { mentionText } from '#schemas/mention.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { openForReading } from '../compose.ts'
import type { DistinctiveWord } from '../preview/distinctive-words.ts'
import { type Preview, previewQuery } from '../preview/preview-query.ts'
import { type Suggestion, type Suggestions, suggestTerms } from '../preview/suggest-terms.ts'
import { queryArgument } from '../query-argument.ts'
import { openBeside } from '../replay/beside.ts'
import { type SelectionArguments, selectionOf } from '../selection.ts'
import { pad, shorten, writeLines } from '../terminal/columns.ts'
import { excerpt } from '../terminal/excerpt.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import { safeText } from '../terminal/safe-text.ts'
import { timeZoneOf } from '../time-argument.ts'

const PART_WIDTH = 40
/** A NOT that takes more than this share away deserves a look. */
const MUCH = 0.25

export interface QueryPreviewOptions extends SelectionArguments {
  readonly data?: string
  readonly config?: string
  /** An index beside the live one. */
  readonly index?: string
  /** Mentions in the sample. */
  readonly limit: number
  readonly timeZone?: string
  readonly json?: boolean
}

/** Prints what a query finds in the index, by which part, what NOT removes, the words that set it apart, and a sample. */
export async function queryPreview(
  options: QueryPreviewOptions,
  { output }: Pick<CommandIo, 'output'>,
): Promise<ExitCode> {
  const query = queryArgument(options.query)
  const timeZone = timeZoneOf(options.timeZone)
  const selection = selectionOf(options, systemClock.now(), timeZone)
  await using installation = await openForReading(options.data, options.config)
  await using opened = options.index === undefined ? null : await openBeside(installation, options.index)
  const index = opened ?? installation.index
  const preview = await previewQuery(index, { ...selection, query, limit: options.limit })
  const profile = options.brand === undefined ? null : await findProfile(options.config, options.brand)
  const suggestions = profile === null ? null : await suggestTerms(index, profile, { query, range: selection.range })
  const sample = preview.sample.map(({ id, content }) => {
    const { mention } = content
    return { id, mention, matches: highlightMention(query, mention, Facts.of(content)) }
  })
  if (options.json) {
    output.write(`${JSON.stringify({ ...preview, suggestions, sample })}\n`)
    return ExitCode.Done
  }
  const paint = paintFor(output)
  const when = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  const lines = sample.flatMap(({ id, mention, matches }) => [
    paint('gray', `  ${when.format(mention.publishedAt)} · ${mention.platform} · ${safeText(mention.url ?? id)}`),
    `    ${excerpt(mentionText(mention), matches, paint)}`,
  ])
  writeLines(output, [
    ...figures(preview, paint),
    ...suggested(suggestions, options, paint),
    ...section('a sample, spread over the time', lines, paint),
  ])
  return ExitCode.Done
}

function figures(preview: Preview, paint: Paint): string[] {
  const { mentions, of, alternatives, notCounted, removed, words, wordsAreSampled } = preview
  const lines = [
    `${paint('bold', `${number(mentions)} ${mentions === 1 ? 'mention matches' : 'mentions match'}`)}, ${percent(of === 0 ? 0 : mentions / of)} of the ${number(of)} in this range`,
    ...section(
      `what each part finds · of that, what no other part finds`,
      alternatives.map((part) => `${row(part.part, part.mentions)} ${number(part.alone).padStart(8)}`),
      paint,
    ),
    ...section('words that set it apart from the rest of the range', words.map(wordLine), paint),
  ]
  if (removed !== null) {
    const removes = `NOT removes ${number(removed.mentions)}, ${percent(removed.share)} of what the rest of the query finds`
    const parts = removed.parts.map((part) => row(part.part, part.mentions))
    lines.push(...section(removes, parts, paint))
    if (removed.share > MUCH)
      lines.push(
        `${paint('yellow', 'warning')}: NOT removes more than a quarter: look at the words of what it removes, and name them more exactly`,
      )
    lines.push(...section('words that set apart what NOT removes', removed.words.map(wordLine), paint))
  }
  if (notCounted > 0) lines.push('', `${number(notCounted)} more parts were not counted`)
  if (wordsAreSampled) lines.push('', 'Words were counted in a sample of the mentions, all else in all of them.')
  return lines
}

/** The demo, and a data directory from elsewhere, know brands without a profile here. */
async function findProfile(config = 'earshot.yaml', brand: string): Promise<BrandProfile | null> {
  if (!existsSync(config)) return null
  return (await loadConfiguration(config)).brands.find(({ id }) => id === brand) ?? null
}

function suggested(
  suggestions: Suggestions | null,
  { brand, config }: QueryPreviewOptions,
  paint: Paint,
): readonly string[] {
  if (suggestions === null)
    return brand === undefined
      ? []
      : ['', `No suggestions: ${config ?? 'earshot.yaml'} has no brand ${safeText(brand)}.`]
  const list = (title: string, found: Suggestion | null): string[] => {
    if (found === null) return []
    const among = `${number(found.mentions)} mentions${found.wordsAreSampled ? ', words counted in a sample' : ''}`
    const lines = found.words.length === 0 ? ['  none'] : found.words.map(wordLine)
    return section(`${title} (${among})`, lines, paint)
  }
  return [
    ...list('words that it may miss, beside products, rivals and words of the profile', suggestions.missed),
    ...list('words that may mark noise, where the name means something else or may', suggestions.noise),
  ]
}

const section = (title: string, lines: readonly string[], paint: Paint): string[] =>
  lines.length === 0 ? [] : ['', paint('bold', title), ...lines]

const row = (part: string, mentions: number): string =>
  `  ${pad(shorten(safeText(part), PART_WIDTH), PART_WIDTH)} ${number(mentions).padStart(8)}`

const wordLine = ({ word, mentions, shareFound, shareElsewhere }: DistinctiveWord): string =>
  `${row(word, mentions)}   ${percent(shareFound)}, elsewhere ${percent(shareElsewhere)}`

const number = (n: number): string => n.toLocaleString('en-US')

const percent = (share: number): string =>
  share > 0 && share < 0.001 ? 'under 0.1 %' : `${(share * 100).toFixed(1)} %`
