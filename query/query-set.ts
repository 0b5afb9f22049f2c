import { type Facts, NO_FACTS } from './facts.ts'
import { type Compiled, compile, holds } from './match.ts'
import { parseQuery } from './parse.ts'
import type { Token } from './token.ts'
import { type Leaf, Vocabulary } from './vocabulary.ts'

interface Member {
  readonly id: string
  readonly tree: Compiled
  /** Number of the match that has already tried this query. */
  tried: number
}

/**
 * Many queries matched at once, exactly. Each registers the rarest tokens that it cannot do without; only the queries that
 * have one of them in a text are evaluated.
 */
export class QuerySet {
  readonly #vocabulary = new Vocabulary()
  readonly #byTrigger = new Map<Leaf, Member[]>()
  /** True also for some text that has none of their tokens, as `NOT a` is. */
  readonly #untriggered: Member[] = []
  #matches = 0

  /** Throws the QueryError of the first query that cannot be read. */
  constructor(queries: readonly { readonly id: string; readonly query: string }[]) {
    for (const { id, query } of queries) {
      const tree = compile(parseQuery(query).tree, this.#vocabulary)
      const member = { id, tree, tried: 0 }
      const triggers = triggersOf(tree)
      if (triggers === null) this.#untriggered.push(member)
      else for (const leaf of new Set(triggers.leaves)) this.#register(leaf, member)
    }
  }

  /** Ids of the queries that are true for these tokens and facts. */
  match(tokens: readonly Token[], facts: Facts = NO_FACTS): string[] {
    const ids: string[] = []
    for (const member of this.#candidates(tokens)) if (holds(member.tree, this.#vocabulary, facts)) ids.push(member.id)
    return ids
  }

  matchesAny(tokens: readonly Token[], facts: Facts = NO_FACTS): boolean {
    return this.#candidates(tokens).some(({ tree }) => holds(tree, this.#vocabulary, facts))
  }

  #register(leaf: Leaf, member: Member): void {
    const members = this.#byTrigger.get(leaf)
    if (members === undefined) this.#byTrigger.set(leaf, [member])
    else members.push(member)
  }

  #candidates(tokens: readonly Token[]): Member[] {
    const current = ++this.#matches
    const candidates = [...this.#untriggered]
    for (const leaf of this.#vocabulary.read(tokens)) {
      const members = this.#byTrigger.get(leaf)
      if (members === undefined) continue
      for (const member of members) {
        if (member.tried === current) continue
        member.tried = current
        candidates.push(member)
      }
    }
    return candidates
  }
}

/** Leaves of which a text must have at least one, and the share of texts that is expected to. */
interface Triggers {
  readonly leaves: readonly Leaf[]
  readonly share: number
}

/** null when a text without any of its leaves may make the query true. */
function triggersOf(node: Compiled): Triggers | null {
  switch (node.type) {
    case 'leaf':
      return { leaves: [node.leaf], share: node.leaf.share }
    case 'phrase':
      return rarest(node.leaves.map((leaf) => ({ leaves: [leaf], share: leaf.share })))
    case 'near':
      return rarest([any(node.left.map(triggersOf)), any(node.right.map(triggersOf))])
    case 'and':
      return rarest(node.parts.map(triggersOf))
    case 'or':
      return any(node.parts.map(triggersOf))
    case 'not':
    case 'fact':
    case 'range':
      return null
  }
}

function rarest(each: readonly (Triggers | null)[]): Triggers | null {
  return each.reduce((best, next) => (best === null || (next !== null && next.share < best.share) ? next : best), null)
}

function any(each: readonly (Triggers | null)[]): Triggers | null {
  const known = each.filter((triggers) => triggers !== null)
  if (known.length < each.length) return null
  return { leaves: known.flatMap(({ leaves }) => leaves), share: known.reduce((sum, { share }) => sum + share, 0) }
}
