import type { estypes } from '@elastic/elasticsearch'
import type { NearOperand, PositionalNode, QueryNode } from '#query/query.ts'
import { type MentionField, numberFields } from './mention-fields.ts'

type Container = estypes.QueryDslQueryContainer
type Intervals = estypes.QueryDslIntervalsContainer

/** A query that finds every match; when not `exact` it may find more, and `query/` has the last word. */
export interface CompiledQuery {
  readonly query: Container
  readonly exact: boolean
}

/** More combinations than this are searched without their distance. */
const MAX_NEAR_PAIRS = 64
/** Elasticsearch takes 30 levels, of which a level of ours takes up to two. What lies deeper is left to the verification. */
const MAX_DEPTH = 12
/** Elasticsearch takes at least 1,024 clauses in a query. */
const MAX_CLAUSES = 500

const FACTS: MentionField = 'facts'
const TOKENS = 'tokens'
const CASED = 'tokens.cased'
/** Between two fields of a mention. */
const GAP = '\u00b6'

const UNSAID: CompiledQuery = { query: { match_all: {} }, exact: false }

/** Compiles the whole tree. `\u00b6`, tags, handles and hosts are tokens like any other, so nothing is said twice. */
export function compileQuery(tree: QueryNode): CompiledQuery {
  const compiled = compile(tree, 0)
  return clausesOf(compiled.query) > MAX_CLAUSES ? UNSAID : compiled
}

function compile(node: QueryNode, depth: number): CompiledQuery {
  if (depth > MAX_DEPTH) return UNSAID
  switch (node.type) {
    case 'term':
      return anyToken(TOKENS, wordOrTag(node.form))
    case 'prefix':
      return exactly(anyOf(wordOrTag(node.form).map((form) => ({ prefix: { [TOKENS]: form } }))))
    case 'phrase':
      return exactly({ match_phrase: { [TOKENS]: node.words.join(' ') } })
    case 'cased':
      return anyToken(CASED, [casedToken(node)])
    case 'handle':
      return anyToken(TOKENS, [`@${node.form}`])
    case 'hashtag':
      return anyToken(TOKENS, [`#${node.form}`])
    case 'url': {
      const host = `u:${node.form.split('.').reverse().join('.')}`
      return exactly(anyOf([{ term: { [TOKENS]: host } }, { prefix: { [TOKENS]: `${host}.` } }]))
    }
    case 'fact':
      return anyToken(FACTS, [`${node.field}=${node.value}`])
    case 'range':
      return exactly({ range: { [numberFields[node.field]]: { ...node.bounds } } })
    case 'near':
      return compileNear(node)
    case 'or':
      return compileOr(node.parts.map((part) => compile(part, depth + 1)))
    case 'and':
      return compileAnd(node.parts, depth + 1)
    case 'not':
      return compileAnd([node], depth + 1)
    default:
      return node satisfies never
  }
}

/** Alternatives that are single tokens of one field become one clause, however many they are. */
function compileOr(parts: readonly CompiledQuery[]): CompiledQuery {
  const exact = parts.every((part) => part.exact)
  const rest: Container[] = []
  const tokens = new Map<string, string[]>()
  for (const { query } of parts) {
    const [field, forms] = Object.entries((query.terms ?? {}) as Record<string, readonly string[]>)[0] ?? []
    if (field === undefined || forms === undefined) rest.push(query)
    else tokens.set(field, [...(tokens.get(field) ?? []), ...forms])
  }
  return { query: anyOf([...[...tokens].map(([field, forms]) => ({ terms: { [field]: forms } })), ...rest]), exact }
}

/** An exclusion that cannot be said exactly is left to the verification. */
function compileAnd(parts: readonly QueryNode[], depth: number): CompiledQuery {
  const wanted = parts.filter(({ type }) => type !== 'not').map((part) => compile(part, depth))
  const unwanted = parts.flatMap((part) => (part.type === 'not' ? [compile(part.of, depth)] : []))
  const excluded = unwanted.filter(({ exact }) => exact)
  const query = {
    bool: { filter: wanted.map((part) => part.query), must_not: excluded.map((part) => part.query) },
  }
  return { query, exact: excluded.length === unwanted.length && wanted.every(({ exact }) => exact) }
}

/**
 * An interval for each pair of alternatives: an interval source keeps the shortest of several that begin together, which
 * need not be the one that is near. An interval of a prefix has a limit of expansions beyond which Elasticsearch refuses it,
 * and one that shall stand twice is counted with other gaps.
 */
function compileNear({ left, right, distance, ordered }: QueryNode & { readonly type: 'near' }): CompiledQuery {
  const [lefts, rights] = [alternatives(left), alternatives(right)]
  const twice = new Set(lefts.map(sourceOf)).intersection(new Set(rights.map(sourceOf)))
  const isSayable = twice.size === 0 && [...lefts, ...rights].every(({ type }) => type !== 'prefix')
  if (!isSayable || lefts.length * rights.length > MAX_NEAR_PAIRS) {
    const both = [lefts, rights].map((operands) => compileOr(operands.map((operand) => compile(operand, 0))).query)
    return { query: { bool: { filter: both } }, exact: false }
  }
  if (distance < 1) return { query: { match_none: {} }, exact: true }
  const directions: readonly (readonly [PositionalNode, PositionalNode])[] = lefts.flatMap((a) =>
    rights.flatMap((b) => (ordered ? [[a, b] as const] : [[a, b] as const, [b, a] as const])),
  )
  const intervals = directions.map(
    ([first, second]): Intervals => ({
      all_of: {
        ordered: true,
        max_gaps: distance - 1,
        intervals: [interval(first), interval(second)],
        filter: { not_containing: { match: { query: GAP } } },
      },
    }),
  )
  return exactly({ intervals: { [TOKENS]: { any_of: { intervals } } } })
}

const alternatives = (operand: NearOperand): readonly PositionalNode[] =>
  operand.type === 'or' ? operand.parts.flatMap(alternatives) : [operand]

/** The same for operands that find the same. */
const sourceOf = (node: PositionalNode): string => JSON.stringify(interval(node))

function interval(node: PositionalNode): Intervals {
  switch (node.type) {
    case 'term':
      return { any_of: { intervals: wordOrTag(node.form).map((form) => ({ match: { query: form } })) } }
    case 'phrase':
      return { match: { query: node.words.join(' '), ordered: true, max_gaps: 0 } }
    case 'cased':
      return { match: { query: casedToken(node), use_field: CASED } }
    case 'prefix':
      return { prefix: { prefix: node.form } }
    default:
      return node satisfies never
  }
}

const wordOrTag = (form: string): readonly string[] => [form, `#${form}`]
/** As the token string has it. */
const casedToken = ({ form, cased }: PositionalNode & { readonly type: 'cased' }): string =>
  form === cased ? form : `${form}|${cased}`

const exactly = (query: Container): CompiledQuery => ({ query, exact: true })
const anyToken = (field: string, forms: readonly string[]): CompiledQuery => exactly({ terms: { [field]: [...forms] } })
const anyOf = (queries: readonly Container[]): Container =>
  queries.length === 1 ? queries[0]! : { bool: { should: [...queries], minimum_should_match: 1 } }

/** `terms` is one clause, whatever it lists. */
function clausesOf(query: Container): number {
  const { filter, should, must_not } = query.bool ?? {}
  const below = [filter, should, must_not].flatMap((part) => (part ?? []) as Container[])
  const { any_of: pairs } = (query.intervals?.[TOKENS] ?? {}) as Intervals
  const intervals = 4 * (pairs?.intervals.length ?? 0)
  return 1 + intervals + below.reduce((sum, part) => sum + clausesOf(part), 0)
}
