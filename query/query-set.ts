import { type Facts, NO_FACTS } from './facts.ts'
import type { Leaf } from './leaf.ts'
import { type Compiled, compile, holds, leavesOf } from './match.ts'
import { parseQuery } from './parse.ts'
import { Reading } from './reading.ts'
import type { Token } from './token.ts'
import { triggersOf } from './triggers.ts'
import { Vocabulary } from './vocabulary.ts'

/** A query of a set. */
export interface Member {
  readonly id: string
  /** Later ones have higher numbers. */
  readonly number: number
  readonly tree: Compiled
  /** The leaves that wake it; null for a query that is true also for some text without its tokens, as `NOT a` is. */
  triggers: readonly Leaf[] | null
  /** Number of the match that has already tried this query. */
  tried: number
}

/** Texts after which the set first looks how frequent tokens really are; then each time as many again. */
const FIRST_LOOK = 2_048
/** Texts that a guess weighs as much as. */
const GUESS_WEIGHT = 500

/**
 * Many queries matched at once, exactly. Each registers the rarest tokens that it cannot do without; only the queries that
 * have one of them in a text are evaluated. Which are rare is guessed first and then learnt from the texts: that changes the
 * speed, never an answer. Queries may come and go at any time between two matches.
 */
export class QuerySet {
  readonly #vocabulary = new Vocabulary()
  readonly #reading = new Reading(this.#vocabulary)
  readonly #members = new Map<string, Member>()
  readonly #untriggered = new Set<Member>()
  #numbers = 0
  #matches = 0
  #nextLook = FIRST_LOOK

  /** Throws the QueryError of the first query that cannot be read. */
  constructor(queries: readonly { readonly id: string; readonly query: string }[]) {
    for (const { id, query } of queries) this.add(id, query)
  }

  get size(): number {
    return this.#members.size
  }

  /** How many different things its queries ask of single tokens. */
  get terms(): number {
    return this.#vocabulary.size
  }

  /** What the last match cost: nodes, stands and words looked at in the queries that were tried. */
  get steps(): number {
    return this.#reading.steps
  }

  /** From the next match on. Takes the place of the query that had this id; throws a QueryError, and changes nothing, when it cannot be read. */
  add(id: string, query: string): void {
    const { tree } = parseQuery(query)
    this.remove(id)
    const member: Member = {
      id,
      number: ++this.#numbers,
      tree: compile(tree, this.#vocabulary),
      triggers: null,
      tried: 0,
    }
    this.#members.set(id, member)
    this.#register(member)
  }

  /** From the next match on; gives back what only this query needed. Answers whether there was one. */
  remove(id: string): boolean {
    const member = this.#members.get(id)
    if (member === undefined) return false
    this.#members.delete(id)
    this.#unregister(member)
    for (const leaf of leavesOf(member.tree)) this.#vocabulary.release(leaf)
    return true
  }

  /** Ids of the queries that are true for these tokens and facts, in the order in which they were added. */
  match(tokens: readonly Token[], facts: Facts = NO_FACTS): string[] {
    this.#reading.readTokens(tokens)
    return this.#matching(facts, Number.POSITIVE_INFINITY)
  }

  /** The same for the tokens of these fields (of a mention, `mentionFields`), which are not made. */
  matchFields(fields: readonly string[], facts: Facts = NO_FACTS): string[] {
    this.#reading.readFields(fields)
    return this.#matching(facts, Number.POSITIVE_INFINITY)
  }

  matchesAny(tokens: readonly Token[], facts: Facts = NO_FACTS): boolean {
    this.#reading.readTokens(tokens)
    return this.#matching(facts, 1).length > 0
  }

  /** As `matchFields`. */
  matchesAnyFields(fields: readonly string[], facts: Facts = NO_FACTS): boolean {
    this.#reading.readFields(fields)
    return this.#matching(facts, 1).length > 0
  }

  /** At most so many of the queries that are true for what was read. */
  #matching(facts: Facts, most: number): string[] {
    if (this.#vocabulary.texts === this.#nextLook) this.#learn()
    const current = ++this.#matches
    const matching: Member[] = []
    for (const member of this.#untriggered) {
      if (matching.length >= most) break
      if (holds(member.tree, this.#reading, facts)) matching.push(member)
    }
    for (const { wakes } of this.#reading.found) {
      for (const member of wakes) {
        if (matching.length >= most) break
        if (member.tried === current) continue
        member.tried = current
        if (holds(member.tree, this.#reading, facts)) matching.push(member)
      }
    }
    if (matching.length > 1) matching.sort((a, b) => a.number - b.number)
    return matching.map(({ id }) => id)
  }

  /** Chooses the triggers of all queries anew. */
  #learn(): void {
    for (const member of this.#members.values()) {
      this.#unregister(member)
      this.#register(member)
    }
    this.#nextLook *= 2
  }

  #register(member: Member): void {
    const read = this.#vocabulary.texts
    const shareOf = ({ guess, texts, since }: Leaf) => (texts + guess * GUESS_WEIGHT) / (read - since + GUESS_WEIGHT)
    member.triggers = triggersOf(member.tree, shareOf)?.leaves ?? null
    if (member.triggers === null) this.#untriggered.add(member)
    else for (const { wakes } of member.triggers) wakes.push(member)
  }

  #unregister(member: Member): void {
    this.#untriggered.delete(member)
    for (const { wakes } of member.triggers ?? []) {
      const last = wakes.pop()!
      if (last !== member) wakes[wakes.indexOf(member)] = last
    }
  }
}
