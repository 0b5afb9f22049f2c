import { mentionText } from '#schemas/mention.ts'
import { emojiForms, emojiIn } from './emoji.ts'
import type { Facts } from './facts.ts'
import { type Compiled, compile, nearStands, standsOf } from './match.ts'
import { type MentionTexts, mentionTokens } from './mention-tokens.ts'
import type { Stand } from './near.ts'
import type { Place, Query } from './query.ts'
import { Reading } from './reading.ts'
import type { TextToken } from './token.ts'
import { Vocabulary } from './vocabulary.ts'

/**
 * The stretches of a mention's text that make the query true, in order and without overlaps: offsets into `mentionText`. Its side
 * texts and facts count for the truth of the query. Nothing of a NOT or of a field that the text does not show, and nothing at all
 * when the query is false.
 */
export function highlightMention(query: Query, mention: MentionTexts, facts: Facts): Place[] {
  const text = mentionText(mention)
  const shown = { tokens: mentionTokens(mention), text, facts }
  const vocabulary = new Vocabulary()
  const tree = compile(query.tree, vocabulary)
  const reading = new Reading(vocabulary)
  reading.readTokens(shown.tokens)
  return merged(reasons(tree, reading, shown) ?? []).filter(({ end }) => end <= text.length)
}

interface Shown {
  readonly tokens: readonly TextToken[]
  readonly text: string
  readonly facts: Facts
}

/** What makes a node true: null when it is false, nothing when it is true for want of something or not because of the text. */
function reasons(node: Compiled, reading: Reading, shown: Shown): Place[] | null {
  switch (node.type) {
    case 'leaf':
    case 'phrase':
      return placesOrNull(standsOf([node], reading), shown)
    case 'near':
      return placesOrNull(nearStands(node, reading, Number.POSITIVE_INFINITY).flat(), shown)
    case 'fact': {
      if (!shown.facts.has(node.field, node.value)) return null
      if (node.field !== 'emoji') return []
      return emojiIn(shown.text).filter((emoji) => emojiForms(emoji).includes(node.value))
    }
    case 'range':
      return shown.facts.isWithin(node.field, node.bounds) ? [] : null
    case 'and': {
      const parts = node.parts.map((part) => reasons(part, reading, shown))
      return parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? [])
    }
    case 'or': {
      const parts = node.parts.flatMap((part) => [reasons(part, reading, shown)].filter((places) => places !== null))
      return parts.length === 0 ? null : parts.flat()
    }
    case 'not':
      return reasons(node.of, reading, shown) === null ? [] : null
  }
}

const placesOrNull = (stands: Stand[], { tokens }: Shown): Place[] | null =>
  stands.length === 0
    ? null
    : stands.map(({ start, after }) => ({ start: tokens[start]!.start, end: tokens[after - 1]!.end }))

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
