import { lintQuery } from '#query/lint.ts'
import { parseQuery } from '#query/parse.ts'
import type { Query } from '#query/query.ts'
import { pointAt, QueryError } from '#query/query-error.ts'
import { type CommandIo, ExitCode } from '../command-io.ts'
import { paintFor } from '../terminal/paint.ts'

export interface QueryCheckOptions {
  readonly query: string
  readonly json?: boolean
}

/** Prints what is wrong or doubtful about a query, each with the place; exit code 2 when it cannot be read. */
export async function queryCheck(options: QueryCheckOptions, { output }: Pick<CommandIo, 'output'>): Promise<ExitCode> {
  const read = tryParse(options.query)
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

function tryParse(source: string): Query | QueryError {
  try {
    return parseQuery(source)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
}
