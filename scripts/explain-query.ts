import type { Facts } from '#query/facts.ts'
import { highlightMention } from '#query/highlight.ts'
import { createMatcher } from '#query/match.ts'
import { type MentionTexts, mentionTokens } from '#query/mention-tokens.ts'
import type { Place, Query, QueryNode } from '#query/query.ts'
import { tokenString } from '#query/token-string.ts'
import type { Paint } from './terminal/paint.ts'
import { safeText } from './terminal/safe-text.ts'

export interface Explanation {
  readonly matches: boolean
  /** What of the text made it true: offsets into `mentionText`. */
  readonly highlights: readonly Place[]
  /** Fields that are true, as they stand in the query. */
  readonly trueFields: readonly string[]
  /** Parts that would have to be true and are not, as they stand in the query. */
  readonly untrue: readonly string[]
  readonly tokens: string
}

/** Whether a query matches a mention, and which of its parts decided so. */
export function explainQuery(query: Query, mention: MentionTexts, facts: Facts): Explanation {
  const tokens = mentionTokens(mention)
  const holds = (tree: QueryNode): boolean => createMatcher({ ...query, tree })(tokens, facts)
  return {
    matches: holds(query.tree),
    highlights: highlightMention(query, mention, facts),
    trueFields: fieldsOf(query.tree)
      .filter(holds)
      .map((node) => writtenPart(query, node)),
    untrue: untrueParts(query.tree, holds).map((node) => writtenPart(query, node)),
    tokens: tokenString(tokens),
  }
}

function untrueParts(tree: QueryNode, holds: (node: QueryNode) => boolean): QueryNode[] {
  if (tree.type === 'and') return tree.parts.flatMap((part) => untrueParts(part, holds))
  return holds(tree) ? [] : [tree]
}

/** Fields are not to be seen in the text, wherever they stand in the query. */
export function fieldsOf(tree: QueryNode): QueryNode[] {
  switch (tree.type) {
    case 'and':
    case 'or':
      return tree.parts.flatMap(fieldsOf)
    case 'not':
      return fieldsOf(tree.of)
    case 'fact':
    case 'range':
      return [tree]
    default:
      return []
  }
}

/** As it was written. A place ends before the bracket that closes it, and begins behind the name of a field that has several values. */
export function writtenPart({ source }: Query, node: QueryNode): string {
  const part = source.slice(node.place.start, node.place.end)
  if ((node.type === 'fact' || node.type === 'range') && node.field !== 'emoji' && !part.includes(':'))
    return `${node.field}:${part}`
  return part + ')'.repeat(Math.max(0, part.split('(').length - part.split(')').length))
}

/** In brackets as well as in colour, so that a copy of the screen still shows it. */
export function markedText(text: string, highlights: readonly Place[], paint: Paint): string {
  let shown = ''
  let at = 0
  for (const { start, end } of highlights) {
    shown += safeText(text.slice(at, start)) + paint(['bold', 'yellow'], `[${safeText(text.slice(start, end))}]`)
    at = end
  }
  return shown + safeText(text.slice(at))
}
