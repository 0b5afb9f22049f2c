import { lintQuery } from '#query/lint.ts'
import { parseQuery } from '#query/parse.ts'
import { parseProfileQuery } from '#query/profile-query.ts'
import type { Query } from '#query/query.ts'
import { pointAt, QueryError } from '#query/query-error.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { paintFor } from '../terminal/paint.ts'

export interface QueryCheckOptions {
  readonly query: string
  /** It is for a brand profile, which knows less of a mention. */
  readonly profile?: boolean
  readonly json?: boolean
}

/** Prints what is wrong or doubtful about a query, each with the place; exit code 2 when it cannot be read. */
export async function queryCheck(options: QueryCheckOptions, { output }: Pick<CommandIo, 'output'>): Promise<ExitCode> {
  const read = tryParse(options)
  const error = read instanceof QueryError ? read : null
  const warnings = read instanceof QueryError ? [] : lintQuery(read)
  if (options.json) {
    const shown = error && { message: error.message, place: error.place }
    output.write(`${JSON.stringify({ ok: error === null, error: shown, warnings })}\n`)
    return error === null ? ExitCode.Done : ExitCode.Usage
  }
  const paint = paintFor(output)
  const lines = warnings.map(
    ({ message, place }) => `${paint('yellow', 'warning')}: ${message}\n${pointAt(options.query, place)}`,
  )
  if (error !== null) lines.push(`${paint('red', 'error')}: ${error.withPlace(options.query)}`)
  else if (lines.length === 0)
    lines.push(`${paint('green', '✓')} the query can be read, and nothing about it is doubtful`)
  output.write(`${lines.join('\n')}\n`)
  return error === null ? ExitCode.Done : ExitCode.Usage
}

function tryParse({ query, profile = false }: QueryCheckOptions): Query | QueryError {
  try {
    return profile ? parseProfileQuery(query) : parseQuery(query)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
}
