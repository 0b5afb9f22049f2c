import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** A mention's place in the order of pages: by time, then by id. */
export type PagePlace = readonly [publishedAt: number, id: string]

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
