import { type SearchIndex, type TermCount, TermField } from '#infra/contracts/search-index.ts'
import type { Alert, AlertFacts } from '#schemas/generated.ts'
import type { AlertRule } from './alert-rule.ts'
import type { MoodChange } from './negative-share-detector.ts'
import { countStems, stemmerOf } from './stem-words.ts'

type Opening = Extract<MoodChange, { kind: 'open' }>

const BEFORE_MS = 7 * 86_400_000
const TERMS = 6
const CANDIDATES = 60
const SOURCES = 4
const SAMPLES = 5
const AUTHORS_COUNTED = 1_000

/** An alert as its subscriber reads it: what was seen against what is usual, since when, and in which words, sources and mentions. */
export async function describeOpening(
  index: SearchIndex,
  rule: AlertRule,
  {
    id,
    at,
    openedAt,
    severity,
    change,
  }: { id: string; at: number; openedAt: number; severity: number; change: Opening },
): Promise<Alert> {
  const during = { query: null, brands: [rule.brand], timely: true, range: { since: change.since, until: at } }
  const before = { ...during, range: { since: change.since - BEFORE_MS, until: change.since } }
  const words = (selection: typeof during, fields: readonly TermField[], termLimit: number) =>
    index.aggregate({ ...selection, buckets: false, terms: fields, termLimit })
  const [now, then, authors, page] = await Promise.all([
    words(during, [TermField.Word, TermField.Platform, TermField.Language], CANDIDATES),
    words(before, [TermField.Word], CANDIDATES * 5),
    words(during, [TermField.Author], AUTHORS_COUNTED),
    index.search({ ...during, sort: 'newest', limit: SAMPLES, after: null }),
  ])
  const observedShare = change.negative / change.mentions
  const facts: AlertFacts = {
    observedShare,
    expectedShare: change.usual,
    mentions: Math.round(change.mentions),
    windowMs: at - change.since,
    terms: unusualWords(
      { counts: now.terms.word ?? [], mentions: now.total.mentions },
      { counts: then.terms.word ?? [], mentions: then.total.mentions },
      now.terms.language?.[0]?.term ?? null,
    ),
    sources: (now.terms.platform ?? []).slice(0, SOURCES).map(({ term }) => term),
    authors: authors.terms.author?.length ?? 0,
    samples: page.hits.map((hit) => hit.id),
  }
  return {
    ...{ id, version: 1, state: 'open', rule: rule.id, brand: rule.brand, at, openedAt, facts },
    severity: severityOf(severity, observedShare - change.usual, change.mentions),
    summary: summaryOf(rule, facts),
  }
}

/** The end of an event, with what is known from its opening. */
export function describeResolution(
  rule: AlertRule,
  id: string,
  at: number,
  openedAt: number,
  opening: Alert | null,
): Alert {
  const nothing: AlertFacts = {
    ...{
      observedShare: 0,
      expectedShare: 0,
      mentions: 0,
      windowMs: at - openedAt,
      terms: [],
      sources: [],
      authors: 0,
      samples: [],
    },
  }
  return {
    ...{ id, version: 2, state: 'resolved', rule: rule.id, brand: rule.brand, at, openedAt },
    severity: opening?.severity ?? 1,
    facts: opening === null ? nothing : { ...opening.facts, windowMs: at - openedAt },
    summary: `${rule.brand}: the mood is back to usual after ${duration(at - openedAt)}`,
  }
}

function summaryOf(
  rule: AlertRule,
  { observedShare, expectedShare, mentions, windowMs, terms, sources }: AlertFacts,
): string {
  const about = terms.length > 0 ? `; words: ${terms.slice(0, 4).join(', ')}` : ''
  const where = sources.length > 0 ? `; on ${sources.join(', ')}` : ''
  const negative = Math.round(observedShare * mentions)
  const seen = `${negative} of ${mentions} mentions within ${duration(windowMs)} are negative (${percent(observedShare)})`
  return `${rule.brand}: ${seen}, usual is ${percent(expectedShare)}${about}${where}`
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}

/** 1..10: half by how far the share is from the usual one, half by how many speak. */
function severityOf(overLimit: number, difference: number, mentions: number): number {
  const distance = Math.min(1, Math.max(0, difference) / 0.5)
  const volume = Math.min(1, Math.log10(1 + mentions) / 3)
  return Math.max(1, Math.min(10, Math.round(1 + 4 * distance + 4 * volume + Math.min(1, overLimit - 1))))
}

interface Words {
  readonly counts: readonly TermCount[]
  readonly mentions: number
}

/**
 * Words, in any of their inflections, that are more frequent than before beyond chance: the log-likelihood ratio of Dunning,
 * "Accurate methods for the statistics of surprise and coincidence", Computational Linguistics 1993. Significant, not frequent.
 */
export function unusualWords(now: Words, before: Words, language: string | null): readonly string[] {
  const stem = stemmerOf(language)
  const known = countStems(before.counts, stem)
  return [...countStems(now.counts, stem)]
    .map(([key, { term, mentions }]) => ({
      term,
      surprise: surprise(mentions, now.mentions, known.get(key)?.mentions ?? 0, before.mentions),
    }))
    .filter(({ surprise }) => surprise > 6.6) // one in a hundred by chance
    .sort((a, b) => b.surprise - a.surprise)
    .slice(0, TERMS)
    .map(({ term }) => term)
}

function surprise(a: number, aTotal: number, b: number, bTotal: number): number {
  if (aTotal === 0 || a / aTotal <= b / Math.max(1, bTotal)) return 0
  const pooled = (a + b) / (aTotal + bTotal)
  const part = (seen: number, expected: number) => (seen > 0 ? seen * Math.log(seen / expected) : 0)
  return 2 * (part(a, aTotal * pooled) + part(b, bTotal * pooled))
}
