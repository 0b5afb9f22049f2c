import { mentionText } from '#schemas/mention.ts'
import { type Compiled, compile, nearStands, standsOf } from './match.ts'
import { type MentionTexts, mentionTokens } from './mention-tokens.ts'
import type { Stand } from './near.ts'
import type { Place, Query } from './query.ts'
import type { TextToken } from './token.ts'
import { tokenize } from './tokenize.ts'
import { Vocabulary } from './vocabulary.ts'

/**
 * The stretches of a text that make the query true, in order and without overlaps; nothing of a NOT, and nothing at all when
 * the query is false.
 */
export function highlight(query: Query, text: string): Place[] {
  return highlightTokens(query, tokenize(text))
}

/** The same for a mention, whose side texts count for the truth of the query: offsets into `mentionText`. */
export function highlightMention(query: Query, mention: MentionTexts): Place[] {
  const { length } = mentionText(mention)
  return highlightTokens(query, mentionTokens(mention)).filter(({ end }) => end <= length)
}

function highlightTokens(query: Query, tokens: readonly TextToken[]): Place[] {
  const vocabulary = new Vocabulary()
  const tree = compile(query.tree, vocabulary)
  vocabulary.read(tokens)
  const stands = reasons(tree, vocabulary) ?? []
  return merged(stands.map(({ start, after }) => ({ start: tokens[start]!.start, end: tokens[after - 1]!.end })))
}

/** What makes a node true: null when it is false, nothing when it is true for want of something. */
function reasons(node: Compiled, vocabulary: Vocabulary): Stand[] | null {
  switch (node.type) {
    case 'leaf':
    case 'phrase':
      return someOrNull(standsOf([node], vocabulary))
    case 'near':
      return someOrNull([...nearStands(node, vocabulary)].flat())
    case 'and': {
      const parts = node.parts.map((part) => reasons(part, vocabulary))
      return parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? [])
    }
    case 'or': {
      const parts = node.parts.flatMap((part) => [reasons(part, vocabulary)].filter((stands) => stands !== null))
      return parts.length === 0 ? null : parts.flat()
    }
    case 'not':
      return reasons(node.of, vocabulary) === null ? [] : null
  }
}

const someOrNull = (stands: Stand[]): Stand[] | null => (stands.length === 0 ? null : stands)

function merged(places: Place[]): Place[] {
  places.sort((a, b) => a.start - b.start)
  const apart: { start: number; end: number }[] = []
  for (const { start, end } of places) {
    const last = apart.at(-1)
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end)
    else apart.push({ start, end })
  }
  return apart
}
