import { ErrorClass, PipelineError } from '../contracts/errors.ts'
import type { SearchRequest } from '../contracts/search-index.ts'

/** A mention's place in the order of pages: by time, then by the bytes of its id. Every index shows the same order. */
export type PagePlace = readonly [publishedAt: number, id: string]

/** Negative when `a` is shown before `b`. */
export function comparePlaces(sort: SearchRequest['sort'], a: PagePlace, b: PagePlace): number {
  const oldestFirst = a[0] - b[0] || Buffer.compare(Buffer.from(a[1]), Buffer.from(b[1]))
  return sort === 'oldest' ? oldestFirst : -oldestFirst
}

export const printPlace = ([publishedAt, id]: PagePlace): string =>
  `${publishedAt}.${Buffer.from(id).toString('base64url')}`

/** Reads what `printPlace` wrote. Throws a config error for anything else. */
export function parsePlace(cursor: string): PagePlace {
  const parts = /^(-?\d{1,16})\.([\w-]+)$/.exec(cursor)
  if (parts !== null) return [Number(parts[1]), Buffer.from(parts[2]!, 'base64url').toString()]
  throw new PipelineError(
    ErrorClass.Config,
    'CURSOR_INVALID',
    'this is no place in a list of results; give the `next` of the page before, or none',
  )
}
