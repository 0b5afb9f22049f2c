import type { Query, QueryNode } from '#query/query.ts'
import { writtenPart } from '../explain-query.ts'

/** A part as it stands in the query, and a query for what it decides. */
export interface Part {
  readonly written: string
  readonly query: Query
}

export interface Alternative extends Part {
  /** Finds what no other alternative finds. */
  readonly alone: Query
}

export interface Exclusions {
  /** What the query would find without its NOT. */
  readonly without: Query
  /** What NOT removes from it. */
  readonly removed: Query
  /** What each part of NOT removes, whether or not another part does too. */
  readonly parts: readonly Part[]
}

/** A query taken apart at its top level; each of its queries is made of the nodes of the one tree. */
export interface QueryParts {
  /** Parts of the OR (of the longest when several are joined by AND), each with all else that is asked for. Empty without an OR. */
  readonly alternatives: readonly Alternative[]
  /** null when there is no NOT, or nothing else. */
  readonly exclusions: Exclusions | null
}

export function takeApart(query: Query): QueryParts {
  const asked = flat(query.tree, 'and')
  return { alternatives: alternativesOf(query, asked), exclusions: exclusionsOf(query, asked) }
}

function alternativesOf(query: Query, asked: readonly QueryNode[]): Alternative[] {
  let longest: QueryNode | null = null
  let parts: readonly QueryNode[] = []
  for (const node of asked) {
    const own = node.type === 'or' ? flat(node, 'or') : []
    if (own.length > parts.length) [longest, parts] = [node, own]
  }
  const rest = asked.filter((node) => node !== longest)
  return parts.map((part) => {
    const others = parts.filter((other) => other !== part)
    const none: QueryNode = { type: 'not', of: joined('or', others), place: part.place }
    return {
      written: writtenPart(query, part),
      query: { ...query, tree: joined('and', [...rest, part]) },
      alone: { ...query, tree: joined('and', [...rest, part, none]) },
    }
  })
}

function exclusionsOf(query: Query, asked: readonly QueryNode[]): Exclusions | null {
  const wanted = asked.filter(({ type }) => type !== 'not')
  const excluded = asked.flatMap((node) => (node.type === 'not' ? flat(node.of, 'or') : []))
  if (wanted.length === 0 || excluded.length === 0) return null
  const removing = (node: QueryNode): Query => ({ ...query, tree: joined('and', [...wanted, node]) })
  return {
    without: { ...query, tree: joined('and', wanted) },
    removed: removing(joined('or', excluded)),
    parts: excluded.map((node) => ({ written: writtenPart(query, node), query: removing(node) })),
  }
}

const flat = (node: QueryNode, type: 'and' | 'or'): readonly QueryNode[] =>
  node.type === type ? node.parts.flatMap((part) => flat(part, type)) : [node]

/** `parts` holds one or more. */
function joined(type: 'and' | 'or', parts: readonly QueryNode[]): QueryNode {
  const [first] = parts
  return parts.length === 1 ? first! : { type, parts, place: first!.place }
}

/** All that a query asks of single mentions, also behind NOT. */
function leavesOf(node: QueryNode): QueryNode[] {
  switch (node.type) {
    case 'and':
    case 'or':
      return node.parts.flatMap(leavesOf)
    case 'near':
      return [...leavesOf(node.left), ...leavesOf(node.right)]
    case 'not':
      return leavesOf(node.of)
    default:
      return [node]
  }
}

/** Whether a query names this folded word: that what it finds holds the word says nothing new. */
export function createNamesWord({ tree }: Query): (word: string) => boolean {
  const words = new Set<string>()
  const beginnings: string[] = []
  for (const node of leavesOf(tree)) {
    if (node.type === 'prefix') beginnings.push(node.form)
    else if (node.type === 'phrase') for (const word of node.words) words.add(word)
    else if (node.type === 'term' || node.type === 'cased') words.add(node.form)
  }
  return (word) => words.has(word) || beginnings.some((beginning) => word.startsWith(beginning))
}
