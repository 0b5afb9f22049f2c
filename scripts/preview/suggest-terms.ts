import type { SearchIndex, TimeRange } from '#infra/contracts/search-index.ts'
import { parseQuery } from '#query/parse.ts'
import type { Query, QueryNode } from '#query/query.ts'
import { QueryError } from '#query/query-error.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { countWords } from './count-words.ts'
import { type DistinctiveWord, distinctiveWords } from './distinctive-words.ts'
import { createNamesWord } from './query-parts.ts'

export interface Suggestion {
  /** Mentions that the words were counted in. */
  readonly mentions: number
  readonly words: readonly DistinctiveWord[]
  readonly wordsAreSampled: boolean
}

export interface Suggestions {
  /** Words of mentions that name products, rivals or words of the profile, and that the query does not find. null: it lists none. */
  readonly missed: Suggestion | null
  /** Words of what the query finds where an ambiguous name means something else, or may. null: the brand is not ambiguous. */
  readonly noise: Suggestion | null
}

const WORDS_SHOWN = 10

/** Words that a query for this brand might add or exclude, from all mentions of the range, whatever brand they were given. */
export async function suggestTerms(
  index: SearchIndex,
  profile: BrandProfile,
  { query, range }: { readonly query: Query; readonly range: TimeRange },
): Promise<Suggestions> {
  const named = [...profile.products, ...profile.rivals, ...profile.words].flatMap(nameNode)
  const { tree } = query
  const { place } = tree
  const words = (asked: QueryNode) => countWords(index, { query: { ...query, tree: asked }, range, brands: [] })
  const and = (...parts: QueryNode[]): QueryNode => ({ type: 'and', parts, place })
  const or = (parts: QueryNode[]): QueryNode => (parts.length === 1 ? parts[0]! : { type: 'or', parts, place })
  const told = [tree, ...named].map((node) => createNamesWord({ ...query, tree: node }))
  const shown = { limit: WORDS_SHOWN, isKnown: (word: string) => told.some((names) => names(word)) }

  const suggestion = async (some: QueryNode, among: QueryNode): Promise<Suggestion> => {
    const found = await words(some)
    const all = await words(among)
    return {
      mentions: found.mentions,
      words: distinctiveWords(found, all, shown),
      wordsAreSampled: all.isSampled,
    }
  }
  const other: QueryNode = { type: 'not', of: tree, place }
  const doubtful = parseQuery('sense:(other OR unsure)').tree
  return {
    missed: named.length === 0 ? null : await suggestion(and(or(named), other), other),
    noise: profile.ambiguous ? await suggestion(and(tree, doubtful), tree) : null,
  }
}

/** A name as people write it, as words next to each other; nothing for a name of signs only. */
function nameNode(name: string): QueryNode[] {
  try {
    return [parseQuery(`"${name.replaceAll(/["\\]/g, ' ')}"`).tree]
  } catch (error) {
    if (error instanceof QueryError) return []
    throw error
  }
}
