import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { parseQuery } from '#query/parse.ts'
import type { Query } from '#query/query.ts'
import { QueryError } from '#query/query-error.ts'

/** A query from the command line; one that cannot be read is a usage error that points at the place. */
export function queryArgument(source: string): Query {
  try {
    return parseQuery(source)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw new PipelineError(ErrorClass.Config, 'QUERY_INVALID', error.withPlace(source), { cause: error })
  }
}
