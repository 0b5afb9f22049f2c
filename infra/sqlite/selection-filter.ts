import type { DatabaseSync } from 'node:sqlite'
import type { Selection, TimeRange } from '#infra/contracts/search-index.ts'
import { Facts } from '#query/facts.ts'
import { createMatcher } from '#query/match.ts'
import type { Token } from '#query/token.ts'
import { tokensOf } from '#query/token-string.ts'
import { placeOf } from './facts-chunk.ts'
import type { FactsReader } from './facts-reader.ts'
import { ftsQuery } from './fts-query.ts'
import { firstRowOf, hourOf, isHourStart, lastRowOf } from './search-rows.ts'
import { withoutDates } from './without-dates.ts'

/** A selection in SQL: conditions on `fts`, and the values of `:expression`, `:first` and `:last`. */
export interface Filter {
  readonly where: string
  /** FTS5 takes bounds as such only when they are integers, which numbers of JavaScript are not. */
  readonly parameters: { readonly expression: string; readonly first: bigint; readonly last: bigint }
}

/** Turns selections into SQL. What FTS5 and row numbers cannot say is asked of two SQL functions, for one selection at a time. */
export class SelectionFilter {
  readonly #facts: FactsReader
  #range: TimeRange = { since: null, until: null }
  #timely = false
  #matches: (tokens: readonly Token[], facts: Facts) => boolean = () => true

  constructor(database: DatabaseSync, facts: FactsReader) {
    this.#facts = facts
    database.function('admits', (row) => Number(this.#admits(row as number)))
    database.function('verifies', (tokens, facts) =>
      Number(this.#matches(tokensOf(tokens as string), Facts.from(facts as string))),
    )
  }

  /** The answer holds until the next call. */
  select({ query, range: asked, brands, timely = false }: Selection): Filter {
    const { tree, range } = query === null ? { tree: null, range: asked } : withoutDates(query.tree, asked)
    const { expression, exact } = ftsQuery(tree, brands)
    const { since, until } = range
    this.#range = range
    this.#timely = timely
    const where = ['fts MATCH :expression AND fts.rowid BETWEEN :first AND :last']
    const cutsAnHour = (since !== null && !isHourStart(since)) || (until !== null && !isHourStart(until))
    if (timely || cutsAnHour) where.push('admits(fts.rowid)')
    if (query !== null && !exact) {
      this.#matches = createMatcher(query)
      where.push('(SELECT verifies(tokens, facts) FROM text WHERE row = fts.rowid)')
    }
    const first = since === null ? Number.MIN_SAFE_INTEGER : firstRowOf(hourOf(since))
    const last = until === null ? Number.MAX_SAFE_INTEGER : lastRowOf(hourOf(until - 1))
    return { where: where.join(' AND '), parameters: { expression, first: BigInt(first), last: BigInt(last) } }
  }

  #admits(row: number): boolean {
    const chunk = this.#facts.chunk(row)
    const place = placeOf(row)
    if (this.#timely && !chunk.isTimely(place)) return false
    const publishedAt = chunk.publishedAt(place)
    const { since, until } = this.#range
    return (since === null || publishedAt >= since) && (until === null || publishedAt < until)
  }
}
