import type { Hit, SearchIndex, Selection } from '#infra/contracts/search-index.ts'
import type { Query } from '#query/query.ts'
import { type CountedWords, countWords } from './count-words.ts'
import { type DistinctiveWord, distinctiveWords } from './distinctive-words.ts'
import { createNamesWord, takeApart } from './query-parts.ts'

export interface CountedPart {
  readonly part: string
  readonly mentions: number
}

export interface CountedAlternative extends CountedPart {
  /** How many no other part finds. */
  readonly alone: number
}

export interface Removed {
  readonly mentions: number
  /** Of what the query would find without its NOT, 0 to 1. */
  readonly share: number
  readonly parts: readonly CountedPart[]
  readonly words: readonly DistinctiveWord[]
}

export interface Preview {
  readonly mentions: number
  /** Everything in the range. */
  readonly of: number
  readonly alternatives: readonly CountedAlternative[]
  /** Parts of OR and NOT that were not counted, as there are too many. */
  readonly notCounted: number
  readonly removed: Removed | null
  readonly words: readonly DistinctiveWord[]
  /** Words were counted in a sample of the mentions. */
  readonly wordsAreSampled: boolean
  readonly sample: readonly Hit[]
}

export interface PreviewRequest extends Selection {
  readonly query: Query
  /** Mentions in the sample, at most. */
  readonly limit: number
}

/** Each part is a question or two to the index. */
const MOST_PARTS = 30
const WORDS_SHOWN = 10

/**
 * What a query finds in an index, which part of it does, what NOT removes, and which words set it apart. Each count is exact at
 * the moment it is asked for; where a pipeline writes meanwhile, a later count may know a few mentions more.
 */
export async function previewQuery(index: SearchIndex, { limit, ...selection }: PreviewRequest): Promise<Preview> {
  const { query } = selection
  const { alternatives, exclusions } = takeApart(query)
  const count = async (asked: Query | null): Promise<number> =>
    (await index.search({ ...selection, query: asked, sort: 'newest', limit: 1, after: null })).total
  const wordsOf = (asked: Query | null): Promise<CountedWords> => countWords(index, { ...selection, query: asked })
  const shown = { limit: WORDS_SHOWN, isKnown: createNamesWord(query) }

  const found = await wordsOf(query)
  const all = await wordsOf(null)
  const counted: CountedAlternative[] = []
  for (const part of alternatives.slice(0, MOST_PARTS))
    counted.push({ part: part.written, mentions: await count(part.query), alone: await count(part.alone) })
  let removed: Removed | null = null
  if (exclusions !== null) {
    const gone = await wordsOf(exclusions.removed)
    const parts: CountedPart[] = []
    for (const part of exclusions.parts.slice(0, MOST_PARTS))
      parts.push({ part: part.written, mentions: await count(part.query) })
    const without = await wordsOf(exclusions.without)
    const share = without.mentions === 0 ? 0 : gone.mentions / without.mentions
    removed = { mentions: gone.mentions, share, parts, words: distinctiveWords(gone, without, shown) }
  }
  const left = (list: readonly unknown[] = []): number => Math.max(0, list.length - MOST_PARTS)
  return {
    mentions: found.mentions,
    of: all.mentions,
    alternatives: counted,
    notCounted: left(alternatives) + left(exclusions?.parts),
    removed,
    words: distinctiveWords(found, all, shown),
    wordsAreSampled: all.isSampled,
    sample: await sampleOf(index, selection, limit),
  }
}

/** The newest mention of each of `limit` equal spans of the time from the first match to the last; a silent span has none. */
async function sampleOf(index: SearchIndex, selection: Selection, limit: number): Promise<Hit[]> {
  const one = async (range: Selection['range'], sort: 'newest' | 'oldest'): Promise<Hit | undefined> =>
    (await index.search({ ...selection, range, sort, limit: 1, after: null })).hits[0]
  const first = (await one(selection.range, 'oldest'))?.content.mention.publishedAt
  const last = (await one(selection.range, 'newest'))?.content.mention.publishedAt
  if (first === undefined || last === undefined) return []
  const hits: Hit[] = []
  for (let i = 0; i < limit; i++) {
    const edge = (n: number): number => first + Math.floor(((last + 1 - first) * n) / limit)
    const [since, until] = [edge(i), edge(i + 1)]
    const hit = since < until ? await one({ since, until }, 'newest') : undefined
    if (hit !== undefined) hits.push(hit)
  }
  return hits
}
