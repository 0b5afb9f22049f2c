import type { estypes } from '@elastic/elasticsearch'
import type { Selection } from '#infra/contracts/search-index.ts'
import { createMatcher } from '#query/match.ts'
import { tokensOf } from '#query/token-string.ts'
import { compileQuery } from './compile-query.ts'
import { factsIn, type MentionDocument } from './mention-document.ts'
import { FACT_FIELDS, type MentionField } from './mention-fields.ts'

/** A selection as Elasticsearch can say it. */
export interface Filter {
  readonly query: estypes.QueryDslQueryContainer
  /** Of a document read with `VERIFIED_FIELDS`: the last word on what the query finds; null where it is exact. */
  readonly verifies: ((document: MentionDocument) => boolean) | null
}

export const VERIFIED_FIELDS: readonly MentionField[] = ['tokens', ...FACT_FIELDS]

export function filterOf({ query, range, brands, timely = false }: Selection): Filter {
  const filter: estypes.QueryDslQueryContainer[] = []
  const compiled = query === null ? null : compileQuery(query.tree)
  if (compiled !== null) filter.push(compiled.query)
  if (brands.length > 0) filter.push({ terms: { brands: [...brands] } })
  if (timely) filter.push({ term: { timely: true } })
  if (range.since !== null || range.until !== null) {
    const bounds = {
      ...(range.since === null ? {} : { gte: range.since }),
      ...(range.until === null ? {} : { lt: range.until }),
    }
    filter.push({ range: { publishedAt: bounds } })
  }
  const isExact = compiled === null || compiled.exact
  const matches = query === null || isExact ? null : createMatcher(query)
  return {
    query: filter.length === 0 ? { match_all: {} } : { bool: { filter } },
    verifies: matches === null ? null : (document) => matches(tokensOf(String(document.tokens)), factsIn(document)),
  }
}
