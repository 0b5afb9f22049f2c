import { type Facts, NO_FACTS } from './facts.ts'
import type { Leaf } from './leaf.ts'
import { nearPairs, type Stand } from './near.ts'
import type { NearOperand, PositionalNode, Query, QueryNode } from './query.ts'
import { Reading } from './reading.ts'
import type { Token } from './token.ts'
import { Vocabulary } from './vocabulary.ts'

export type CompiledPosition =
  | { readonly type: 'leaf'; readonly leaf: Leaf }
  /** Its words, in order. */
  | { readonly type: 'phrase'; readonly leaves: readonly Leaf[] }

/** A query tree whose terms are leaves of a vocabulary. */
export type Compiled =
  | CompiledPosition
  | {
      readonly type: 'near'
      readonly left: readonly CompiledPosition[]
      readonly right: readonly CompiledPosition[]
      readonly distance: number
      readonly ordered: boolean
    }
  | { readonly type: 'and' | 'or'; readonly parts: readonly Compiled[] }
  | { readonly type: 'not'; readonly of: Compiled }
  /** Asked of the facts, as it stands in the query. */
  | (QueryNode & { readonly type: 'fact' | 'range' })

/** Answers whether a query is true for the tokens and facts of one text or mention. */
export function createMatcher(query: Query): (tokens: readonly Token[], facts?: Facts) => boolean {
  const vocabulary = new Vocabulary()
  const tree = compile(query.tree, vocabulary)
  const reading = new Reading(vocabulary)
  return (tokens, facts = NO_FACTS) => {
    reading.readTokens(tokens)
    return holds(tree, reading, facts)
  }
}

/** Adds what the query asks of single tokens to the vocabulary; `leavesOf` are to be released when it is no longer asked. */
export function compile(node: QueryNode, vocabulary: Vocabulary): Compiled {
  switch (node.type) {
    case 'and':
    case 'or':
      return { type: node.type, parts: node.parts.map((part) => compile(part, vocabulary)) }
    case 'not':
      return { type: 'not', of: compile(node.of, vocabulary) }
    case 'near':
      return {
        type: 'near',
        left: alternatives(node.left, vocabulary),
        right: alternatives(node.right, vocabulary),
        distance: node.distance,
        ordered: node.ordered,
      }
    case 'handle':
      return { type: 'leaf', leaf: vocabulary.handle(node.form) }
    case 'hashtag':
      return { type: 'leaf', leaf: vocabulary.hashtag(node.form) }
    case 'url':
      return { type: 'leaf', leaf: vocabulary.host(node.form) }
    case 'fact':
    case 'range':
      return node
    default:
      return compilePosition(node, vocabulary)
  }
}

function alternatives(operand: NearOperand, vocabulary: Vocabulary): CompiledPosition[] {
  if (operand.type !== 'or') return [compilePosition(operand, vocabulary)]
  return operand.parts.flatMap((part) => alternatives(part, vocabulary))
}

function compilePosition(node: PositionalNode, vocabulary: Vocabulary): CompiledPosition {
  switch (node.type) {
    case 'term':
      return { type: 'leaf', leaf: vocabulary.term(node.form) }
    case 'prefix':
      return { type: 'leaf', leaf: vocabulary.prefix(node.form) }
    case 'cased':
      return { type: 'leaf', leaf: vocabulary.cased(node.form, node.cased) }
    case 'phrase':
      return { type: 'phrase', leaves: node.words.map((word) => vocabulary.word(word)) }
  }
}

/** Every use of a leaf in a compiled query. */
export function leavesOf(node: Compiled): readonly Leaf[] {
  switch (node.type) {
    case 'leaf':
      return [node.leaf]
    case 'phrase':
      return node.leaves
    case 'near':
      return [...node.left, ...node.right].flatMap(leavesOf)
    case 'and':
    case 'or':
      return node.parts.flatMap(leavesOf)
    case 'not':
      return leavesOf(node.of)
    case 'fact':
    case 'range':
      return []
  }
}

/**
 * Is the query true for what was read last, and these facts? Each node is looked at once at most; a phrase costs the places of its rarest
 * word times its length, NEAR the places of its parts and the length of the text: never more than terms times tokens.
 */
export function holds(node: Compiled, reading: Reading, facts: Facts): boolean {
  reading.steps++
  switch (node.type) {
    case 'leaf':
      return reading.has(node.leaf)
    case 'phrase':
      return occurs(node, reading) && phraseStands(node, reading, 1).length > 0
    case 'near':
      return (
        node.left.some((part) => occurs(part, reading)) &&
        node.right.some((part) => occurs(part, reading)) &&
        nearStands(node, reading, 1).length > 0
      )
    case 'and':
      for (const part of node.parts) if (!holds(part, reading, facts)) return false
      return true
    case 'or':
      for (const part of node.parts) if (holds(part, reading, facts)) return true
      return false
    case 'not':
      return !holds(node.of, reading, facts)
    case 'fact':
      return facts.has(node.field, node.value)
    case 'range':
      return facts.isWithin(node.field, node.bounds)
  }
}

/** Whatever their places, are its words there? */
function occurs(node: CompiledPosition, reading: Reading): boolean {
  reading.steps++
  if (node.type === 'leaf') return reading.has(node.leaf)
  for (const leaf of node.leaves) if (!reading.has(leaf)) return false
  return true
}

/** At most so many of the pairs of stands that are near each other; one when there is any. */
export function nearStands(
  { left, right, distance, ordered }: Compiled & { readonly type: 'near' },
  reading: Reading,
  most: number,
): (readonly [Stand, Stand])[] {
  return nearPairs(standsOf(left, reading), standsOf(right, reading), { distance, ordered }, reading, most)
}

/** Where any of the alternatives stands. */
export function standsOf(alternatives: readonly CompiledPosition[], reading: Reading): Stand[] {
  const stands: Stand[] = []
  for (const alternative of alternatives) {
    if (alternative.type === 'phrase') {
      if (occurs(alternative, reading))
        for (const stand of phraseStands(alternative, reading, Number.POSITIVE_INFINITY)) stands.push(stand)
      continue
    }
    const { leaf } = alternative
    const count = reading.countOf(leaf)
    reading.steps += count + 1
    for (let i = 0; i < count; i++) stands.push({ start: leaf.positions[i]!, after: leaf.positions[i]! + 1 })
  }
  return stands
}

/** At most so many of the places of a phrase whose words all occur. Looks only where the rarest of them is. */
function phraseStands(
  { leaves }: CompiledPosition & { readonly type: 'phrase' },
  reading: Reading,
  most: number,
): Stand[] {
  const stands: Stand[] = []
  let rarest = 0
  for (let i = 1; i < leaves.length; i++) if (reading.countOf(leaves[i]!) < reading.countOf(leaves[rarest]!)) rarest = i
  const { positions, count } = leaves[rarest]!
  for (let i = 0; i < count && stands.length < most; i++) {
    const start = positions[i]! - rarest
    let matched = 0
    while (matched < leaves.length && reading.isWord(leaves[matched]!, start + matched)) matched++
    reading.steps += matched + 1
    if (matched === leaves.length) stands.push({ start, after: start + leaves.length })
  }
  return stands
}
