import { type Facts, NO_FACTS } from './facts.ts'
import { nearPairs, type Stand } from './near.ts'
import type { NearOperand, PositionalNode, Query, QueryNode } from './query.ts'
import type { Token } from './token.ts'
import { type Leaf, Vocabulary } from './vocabulary.ts'

export type CompiledPosition =
  | { readonly type: 'leaf'; readonly leaf: Leaf }
  | { readonly type: 'phrase'; readonly words: readonly string[]; readonly leaves: readonly Leaf[] }

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
  return (tokens, facts = NO_FACTS) => {
    vocabulary.read(tokens)
    return holds(tree, vocabulary, facts)
  }
}

/** Adds what the query asks of single tokens to the vocabulary. */
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
      return { type: 'phrase', words: node.words, leaves: node.words.map((word) => vocabulary.word(word)) }
  }
}

/** Is the query true for the tokens that the vocabulary read last, and these facts? */
export function holds(node: Compiled, vocabulary: Vocabulary, facts: Facts): boolean {
  switch (node.type) {
    case 'leaf':
      return vocabulary.has(node.leaf)
    case 'phrase':
      return node.leaves.every((leaf) => vocabulary.has(leaf)) && !phraseStands(node, vocabulary).next().done
    case 'near':
      return !nearStands(node, vocabulary).next().done
    case 'and':
      return node.parts.every((part) => holds(part, vocabulary, facts))
    case 'or':
      return node.parts.some((part) => holds(part, vocabulary, facts))
    case 'not':
      return !holds(node.of, vocabulary, facts)
    case 'fact':
      return facts.has(node.field, node.value)
    case 'range':
      return facts.isWithin(node.field, node.bounds)
  }
}

/** The pairs of stands that are near each other in the tokens read last. */
export function nearStands(
  { left, right, distance, ordered }: Compiled & { readonly type: 'near' },
  vocabulary: Vocabulary,
): Generator<readonly [Stand, Stand]> {
  const nearness = { distance, ordered, gaps: vocabulary.gaps }
  return nearPairs(standsOf(left, vocabulary), standsOf(right, vocabulary), nearness)
}

/** Where any of the alternatives stands, in order. */
export function standsOf(alternatives: readonly CompiledPosition[], vocabulary: Vocabulary): Stand[] {
  const stands: Stand[] = []
  for (const alternative of alternatives) {
    if (alternative.type === 'phrase') for (const stand of phraseStands(alternative, vocabulary)) stands.push(stand)
    else for (const start of vocabulary.positions(alternative.leaf)) stands.push({ start, after: start + 1 })
  }
  if (alternatives.length > 1) stands.sort((a, b) => a.start - b.start)
  return stands
}

/** Looks only where the rarest word of the phrase is. */
function* phraseStands(
  { words, leaves }: CompiledPosition & { readonly type: 'phrase' },
  vocabulary: Vocabulary,
): Generator<Stand> {
  const { tokens } = vocabulary
  let rarest = 0
  for (let i = 1; i < leaves.length; i++) {
    if (vocabulary.positions(leaves[i]!).length < vocabulary.positions(leaves[rarest]!).length) rarest = i
  }
  for (const position of vocabulary.positions(leaves[rarest]!)) {
    const start = position - rarest
    const stands = words.every((word, i) => {
      const token = tokens[start + i]
      return token !== undefined && token.kind === 'word' && token.form === word
    })
    if (stands) yield { start, after: start + words.length }
  }
}
