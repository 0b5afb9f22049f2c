import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { SearchRequest } from '#infra/contracts/search-index.ts'

/** A mention's place in the order of pages: by time, then by row. */
export interface PagePlace {
  readonly publishedAt: number
  readonly row: number
}

/** Negative when `a` is shown before `b`. */
export function comparePlaces(sort: SearchRequest['sort'], a: PagePlace, b: PagePlace): number {
  const oldestFirst = a.publishedAt - b.publishedAt || a.row - b.row
  return sort === 'oldest' ? oldestFirst : -oldestFirst
}

export const printPlace = ({ publishedAt, row }: PagePlace): string => `${publishedAt}.${row}`

/** Reads what `printPlace` wrote. Throws a config error for anything else. */
export function parsePlace(cursor: string): PagePlace {
  const parts = /^(-?\d{1,16})\.(-?\d{1,16})$/.exec(cursor)
  if (parts !== null) return { publishedAt: Number(parts[1]), row: Number(parts[2]) }
  throw new PipelineError(
    ErrorClass.Config,
    'CURSOR_INVALID',
    'this is no place in a list of results; give the `next` of the page before, or none',
  )
}
