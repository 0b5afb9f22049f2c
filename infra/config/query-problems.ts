import { parseProfileQuery } from '#query/profile-query.ts'
import { QueryError } from '#query/query-error.ts'
import { entries } from './problems.ts'
import type { KeyPath } from './yaml-places.ts'

export interface QueryProblem {
  readonly path: KeyPath
  readonly query: string
  /** Of the character in the query that it is about. */
  readonly offset: number
  readonly message: string
}

/** What the query language says about the query of each brand. */
export function queryProblems(value: unknown): QueryProblem[] {
  return entries(value, 'brands').flatMap(({ item, path }) => {
    // Without a letter it is the schema that complains.
    if (typeof item.query !== 'string' || item.query.trim() === '') return []
    try {
      parseProfileQuery(item.query)
      return []
    } catch (error) {
      if (!(error instanceof QueryError)) throw error
      return [{ path: [...path, 'query'], query: item.query, offset: error.place.start, message: error.message }]
    }
  })
}
