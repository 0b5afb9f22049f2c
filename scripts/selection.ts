import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { Selection } from '#infra/contracts/search-index.ts'
import { parseQuery } from '#query/parse.ts'
import { QueryError } from '#query/query-error.ts'
import { parseTime } from './time-argument.ts'

export interface SelectionArguments {
  readonly query: string
  readonly brand?: string
  readonly since?: string
  readonly until?: string
}

/** What `search` and `report` are asked about. A query that cannot be read is a usage error that points at the place. */
export function selectionOf(given: SelectionArguments, now: number, timeZone: string): Selection {
  const time = (text: string | undefined) => (text === undefined ? null : parseTime(text, now, timeZone))
  const [since, until] = [time(given.since), time(given.until)]
  if (since !== null && until !== null && since >= until) {
    throw new PipelineError(ErrorClass.Config, 'RANGE_EMPTY', '--since must be earlier than --until')
  }
  return {
    query: given.query.trim() === '' ? null : parsed(given.query),
    range: { since, until },
    brands: given.brand === undefined ? [] : [given.brand],
  }
}

function parsed(source: string): ReturnType<typeof parseQuery> {
  try {
    return parseQuery(source)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw new PipelineError(ErrorClass.Config, 'QUERY_INVALID', error.withPlace(source), { cause: error })
  }
}
