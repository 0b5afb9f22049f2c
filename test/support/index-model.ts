import {
  type Aggregates,
  BUCKET_MS,
  type Hit,
  type Selection,
  type Sums,
  TermField,
} from '#infra/contracts/search-index.ts'
import { isTimely, termsOf } from '#infra/runtime/mention-terms.ts'
import { WordCounter } from '#infra/runtime/word-counter.ts'
import { Facts } from '#query/facts.ts'
import { createMatcher } from '#query/match.ts'
import { tokensOf } from '#query/token-string.ts'
import type { AuthorEvent, EnrichedEvent } from '#schemas/generated.ts'
import { authorKey } from '#schemas/mention-id.ts'
import { type Content, type MentionState, merge, stateOf } from '#schemas/merge.ts'
import { isOfAuthor, type Said } from './enriched-event.ts'

/**
 * What an index shows after these operations, by the rules of DESIGN §5 said as simply as possible: it looks at all operations
 * at once and so knows no order of arrival.
 */
export function shownAfter(said: readonly Said[]): Hit[] {
  const ofAuthors = said.filter(isOfAuthor)
  const states = new Map<string, MentionState>()
  for (const event of said) {
    if (!isOfAuthor(event)) states.set(event.id, merge(states.get(event.id) ?? null, stateOf(event as EnrichedEvent)))
  }
  const shown: Hit[] = []
  for (const { id, content, visibility, firstObservedAt } of states.values()) {
    if (content === null || visibility?.hidden || firstObservedAt === null) continue
    const author = content.mention.author?.id ?? null
    const operations = author === null ? [] : ofAuthors.filter((event) => isAbout(event, content, author))
    const erased = operations.some(
      ({ op, block, observedAt }) => op === 'delete' && (block || firstObservedAt <= observedAt),
    )
    if (!erased && !isHidden(operations)) shown.push({ id, content, firstObservedAt })
  }
  return shown
}

const isAbout = ({ platform, authorId }: AuthorEvent, { mention }: Content, author: string): boolean =>
  authorKey(platform, authorId) === authorKey(mention.platform, author)

/** The last hide or restore counts; at the same moment the hide. */
function isHidden(operations: readonly AuthorEvent[]): boolean {
  const shows = operations.filter(({ op }) => op === 'hide' || op === 'restore')
  const last = Math.max(...shows.map(({ rev }) => rev))
  return shows.some(({ op, rev }) => rev === last && op === 'hide')
}

/** Those that a selection asks for, newest first. */
export function selected(hits: readonly Hit[], { query, range, brands, timely }: Selection): Hit[] {
  const matches = query === null ? () => true : createMatcher(query)
  return hits
    .filter(({ content, firstObservedAt }) => {
      const { publishedAt } = content.mention
      if (range.since !== null && publishedAt < range.since) return false
      if (range.until !== null && publishedAt >= range.until) return false
      if (brands.length > 0 && !brands.some((brand) => content.annotations.brands.includes(brand))) return false
      if (timely && !isTimely(content, firstObservedAt)) return false
      return matches(tokensOf(content.tokens), Facts.of(content))
    })
    .sort((a, b) => b.content.mention.publishedAt - a.content.mention.publishedAt)
}

/** Sums added up one by one. */
export function sumsOf(hits: readonly Hit[]): Sums {
  const scores = hits.map(({ content }) => content.annotations.sentiment).filter((score) => score !== null)
  const sum = (of: (score: (typeof scores)[number]) => number) => scores.reduce((total, score) => total + of(score), 0)
  return {
    mentions: hits.length,
    scored: scores.length,
    negative: sum(({ negative }) => negative),
    neutral: sum(({ neutral }) => neutral),
    positive: sum(({ positive }) => positive),
    negativeVariance: sum(({ negative }) => negative * (1 - negative)),
  }
}

export function bucketsOf(hits: readonly Hit[]): Aggregates['buckets'] {
  const groups = Map.groupBy(hits, ({ content }) => Math.floor(content.mention.publishedAt / BUCKET_MS) * BUCKET_MS)
  return [...groups].sort(([a], [b]) => a - b).map(([start, group]) => ({ start, sums: sumsOf(group) }))
}

/** In how many mentions each term stands. */
export function termCountsOf(field: TermField, hits: readonly Hit[]): Map<string, number> {
  if (field === TermField.Word) {
    const words = new WordCounter()
    for (const { content } of hits) words.add(content.tokens)
    return words.counts
  }
  const counts = new Map<string, number>()
  for (const { content } of hits) {
    for (const term of termsOf(field, content)) counts.set(term, (counts.get(term) ?? 0) + 1)
  }
  return counts
}
