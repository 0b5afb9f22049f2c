import { createReadStream } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { Facts } from '#query/facts.ts'
import { parseQuery } from '#query/parse.ts'
import { QueryError } from '#query/query-error.ts'
import { QuerySet } from '#query/query-set.ts'
import { readNdjson, writeText } from '../ndjson.ts'

export interface QueryMatchOptions {
  /** NDJSON {id, query}. */
  readonly queries: string
}

/** For each post of the input, in order, the ids of the queries that match it: NDJSON {id, text} to {id, queries}. */
export async function queryMatch(
  options: QueryMatchOptions,
  { input, output }: { readonly input: Readable; readonly output: Writable },
): Promise<void> {
  const queries = new QuerySet(await readQueries(options.queries))
  for await (const posts of readNdjson(input, 'stdin')) {
    let answers = ''
    for (const { value } of posts) {
      const text = typeof value.text === 'string' ? value.text : ''
      answers += `${JSON.stringify({ id: value.id, queries: queries.matchFields([text], Facts.ofText(text)) })}\n`
    }
    await writeText(output, answers)
  }
}

async function readQueries(path: string): Promise<{ id: string; query: string }[]> {
  const queries: { id: string; query: string }[] = []
  const ids = new Set<string>()
  const invalid = (line: number, message: string, cause?: unknown): PipelineError =>
    new PipelineError(ErrorClass.Config, 'QUERY_INVALID', `${path}, line ${line}: ${message}`, { cause })
  try {
    for await (const lines of readNdjson(createReadStream(path), path)) {
      for (const { value, number } of lines) {
        const { id, query } = value
        if (typeof id !== 'string' || typeof query !== 'string')
          throw invalid(number, 'expected "id" and "query", both text')
        try {
          parseQuery(query)
        } catch (error) {
          if (!(error instanceof QueryError)) throw error
          throw invalid(number, `query ${id}: ${error.withPlace(query)}`, error)
        }
        if (ids.has(id)) throw invalid(number, `the id ${id} stands twice: give each query an id of its own`)
        ids.add(id)
        queries.push({ id, query })
      }
    }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new PipelineError(ErrorClass.Config, 'QUERIES_UNREADABLE', `cannot read ${path}: ${error.message}`, {
      cause: error,
    })
  }
  return queries
}
