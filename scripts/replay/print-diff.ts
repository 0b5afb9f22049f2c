import { mentionText } from '#schemas/mention.ts'
import type { Content } from '#schemas/merge.ts'
import { movingWords } from '../moving-words.ts'
import { columnsOf, pad, shorten } from '../terminal/columns.ts'
import type { Paint } from '../terminal/paint.ts'
import { safeText } from '../terminal/safe-text.ts'
import type { Tallied } from './compare-indices.ts'
import {
  type Confusion,
  type DiffFigures,
  type Example,
  type LabelDiff,
  type Moved,
  SENTIMENT_LABELS,
  sentimentLabel,
} from './score-diff.ts'

const TEXT_COLUMNS = 160
const WORDS = 3
const PAIRS = 8
const MOVERS = 5
const MISINFORMATION_STATES = ['nothing_to_check', 'low', 'raised', 'high', 'unknown', 'not scored'] as const

/** For people: what was compared, how labels changed, who moved, and examples. */
export function printDiff(name: string, tallied: Tallied, figures: DiffFigures, paint: Paint): string[] {
  const { compared, sentiment, language, misinformation, entities } = figures
  const title = (text: string) => ['', paint('bold', text)]
  const share = (changed: number) => `${count(changed)} of ${count(compared)} changed (${percent(changed, compared)})`
  return [
    paint('bold', `live → ${name}`),
    `  ${name} shows ${count(tallied.found)} mentions = compared ${count(tallied.compared)} + edited ${count(tallied.edited)}` +
      ` + deleted since ${count(tallied.deleted)} + only there ${count(tallied.onlyNew)}`,
    `  only live, of what was asked for: ${count(tallied.onlyOld)}`,
    `  sentiment by ${list(figures.models.old)} → ${list(figures.models.new)}`,
    ...title(`sentiment: ${share(sentiment.changed)}; mean change of p(negative) ${signed(sentiment.meanChange)}`),
    ...table(sentiment.table, SENTIMENT_LABELS),
    ...title(`language: ${share(language.changed)}`),
    ...pairs(language),
    ...title(`misinformation: ${share(misinformation.changed)}`),
    ...(misinformation.changed === 0 ? [] : table(misinformation.table, MISINFORMATION_STATES)),
    ...title(`entities: ${share(entities.changed)}; ${count(entities.added)} new, ${count(entities.removed)} gone`),
    ...movers('brands that moved most', figures.brands, title),
    ...movers('languages that moved most', figures.languages, title),
    ...(figures.examples.length === 0 ? [] : title('examples, those that moved most first')),
    ...figures.examples.flatMap((example) => exampleLines(example, paint)),
  ]
}

/** The same for machines. */
export const diffJson = (name: string, tallied: Tallied, figures: DiffFigures): unknown => ({
  ...{ name, mentions: tallied, ...figures },
  examples: figures.examples.map(({ id, old, new: now, change }) => ({
    ...{ id, text: mentionText(now.mention), change },
    old: side(old),
    new: side(now),
  })),
})

const side = ({ mention, annotations }: Content) => ({
  label: sentimentLabel(annotations),
  negative: annotations.sentiment?.negative ?? null,
  words: annotations.sentiment === null ? [] : movingWords(annotations.sentiment, mentionText(mention), WORDS),
})

/** Old labels in rows, those that occur; new ones in columns. */
function table(confusion: Confusion, order: readonly string[]): string[] {
  const present = new Set([...Object.keys(confusion), ...Object.values(confusion).flatMap((row) => Object.keys(row))])
  const labels = [
    ...order.filter((label) => present.has(label)),
    ...[...present].filter((l) => !order.includes(l)).sort(),
  ]
  const rows = labels.filter((label) => confusion[label] !== undefined)
  const cells = rows.map((old) => labels.map((now) => count(confusion[old]?.[now] ?? 0)))
  const first = Math.max('live ↓'.length, ...rows.map(columnsOf))
  const widths = labels.map((label, i) => Math.max(columnsOf(label), ...cells.map((row) => row[i]?.length ?? 0)))
  const line = (name: string, values: readonly string[]) =>
    `  ${pad(name, first)}  ${values.map((value, i) => value.padStart(widths[i] as number)).join('  ')}`
  return [line('live ↓', labels), ...rows.map((label, i) => line(label, cells[i] as string[]))]
}

/** The most frequent changes: a table of all languages would be wider than any terminal. */
function pairs({ table: confusion }: LabelDiff): string[] {
  const changed = Object.entries(confusion)
    .flatMap(([old, row]) => Object.entries(row).map(([now, mentions]) => ({ old, now, mentions })))
    .filter(({ old, now }) => old !== now)
    .sort((a, b) => b.mentions - a.mentions || (a.old + a.now < b.old + b.now ? -1 : 1))
  const shown = changed.slice(0, PAIRS).map(({ old, now, mentions }) => `  ${old} → ${now}  ${count(mentions)}`)
  return changed.length > PAIRS ? [...shown, `  and ${changed.length - PAIRS} rarer changes`] : shown
}

function movers(name: string, all: readonly Moved[], title: (text: string) => string[]): string[] {
  const shown = all.filter(({ changed, meanChange }) => changed > 0 || meanChange).slice(0, MOVERS)
  if (shown.length === 0) return []
  const width = Math.max(...shown.map((one) => columnsOf(one.name)))
  return [
    ...title(`${name} (p(negative); labels changed)`),
    ...shown.map(
      ({ name: of, compared, changed, meanChange }) =>
        `  ${pad(safeText(of), width)}  ${signed(meanChange)}; ${count(changed)} of ${count(compared)}`,
    ),
  ]
}

function exampleLines({ id, old, new: now }: Example, paint: Paint): string[] {
  return [
    `  ${shorten(safeText(mentionText(now.mention)), TEXT_COLUMNS)}`,
    `    ${judgement(old)}  →  ${paint('bold', judgement(now))}`,
    paint('gray', `    ${safeText(id)}`),
  ]
}

function judgement(content: Content): string {
  const { sentiment, notScored } = content.annotations
  if (sentiment === null) {
    const why = notScored.find(({ score }) => score === 'sentiment')?.reason
    return why === undefined ? 'not scored' : `not scored (${safeText(why)})`
  }
  const certainty = Math.round(sentiment[sentiment.label === 'unknown' ? 'neutral' : sentiment.label] * 100)
  const words = movingWords(sentiment, mentionText(content.mention), WORDS).map((word) => `"${safeText(word)}"`)
  const uncertain = sentiment.uncertain ? ' (uncertain)' : ''
  return `${sentiment.label} ${certainty} %${uncertain}${words.length > 0 ? `, because of ${words.join(', ')}` : ''}`
}

const list = (models: readonly string[]): string => (models.length === 0 ? 'no model' : models.map(safeText).join(', '))
const count = (n: number): string => n.toLocaleString('en-US')
const percent = (part: number, whole: number): string =>
  whole === 0 ? '0 %' : `${((part / whole) * 100).toFixed(1)} %`
const signed = (change: number | null): string =>
  change === null ? 'unknown' : `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(3)}`
