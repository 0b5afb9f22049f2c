import { type FieldName, fields } from './fields.ts'
import { parseQuery } from './parse.ts'
import type { Query, QueryNode } from './query.ts'
import { QueryError } from './query-error.ts'

/**
 * Reads the query of a brand profile. It is matched before anything has been found out about a mention, so a field that a
 * mention does not hold from the start is a QueryError like any other mistake.
 */
export function parseProfileQuery(source: string): Query {
  const query = parseQuery(source)
  refuseLaterFields(query.tree)
  return query
}

function refuseLaterFields(node: QueryNode): void {
  switch (node.type) {
    case 'and':
    case 'or':
      for (const part of node.parts) refuseLaterFields(part)
      return
    case 'not':
      refuseLaterFields(node.of)
      return
    case 'fact':
    case 'range': {
      if (node.field === 'published' || fields[node.field].raw) return
      const known = (Object.keys(fields) as FieldName[]).filter((name) => fields[name].raw)
      const instead = node.field === 'lang' ? 'declared: asks for the language that the platform states; ' : ''
      throw new QueryError(
        `${node.field}: is not known yet when the query of a brand is matched; ${instead}expected one of ${known.map((name) => `${name}:`).join(' ')}`,
        node.place,
      )
    }
  }
}
