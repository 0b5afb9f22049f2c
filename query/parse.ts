import { type Lexeme, readLexemes } from './lexemes.ts'
import type { NearOperand, Place, Query, QueryNode } from './query.ts'
import { QueryError } from './query-error.ts'
import { readAtom } from './read-atom.ts'
import { readField } from './read-field.ts'

const MAX_CHARACTERS = 50_000
const MAX_TERMS = 2_000
const MAX_NESTING = 50
const MAX_DISTANCE = 1_000
const FIELD = /^[a-z_.]+:$/i
const VALUES = 'lang:(de OR fr)'

/**
 * Reads a query: NOT binds tightest, then NEAR, AND (or nothing between two parts), OR. Linear time. Throws a QueryError
 * with the place of the first mistake; what can be read but was hardly meant is told by `lintQuery`.
 */
export function parseQuery(source: string): Query {
  if (source.length > MAX_CHARACTERS)
    throw new QueryError(`expected at most ${MAX_CHARACTERS} characters; cut the query in two`, {
      start: MAX_CHARACTERS,
      end: MAX_CHARACTERS + 1,
    })
  return { source, tree: new Parser(source).parse() }
}

class Parser {
  readonly #lexemes: readonly Lexeme[]
  readonly #end: Place
  #at = 0
  #terms = 0
  #nesting = 0

  constructor(source: string) {
    this.#lexemes = readLexemes(source)
    this.#end = { start: source.length, end: source.length }
  }

  parse(): QueryNode {
    if (this.#lexemes.length === 0) throw new QueryError('the query is empty: expected a word, as in acme', this.#end)
    const tree = this.#or()
    const left = this.#lexemes[this.#at]
    if (left !== undefined) throw new QueryError('this ) has no ( before it', left.place)
    return tree
  }

  #or(): QueryNode {
    const parts = [this.#and()]
    while (this.#take('OR')) parts.push(this.#and())
    return joined('or', parts)
  }

  #and(): QueryNode {
    const parts = [this.#near()]
    while (!this.#endsAnd()) {
      this.#take('AND')
      parts.push(this.#near())
    }
    return joined('and', parts)
  }

  #endsAnd(): boolean {
    const lexeme = this.#lexemes[this.#at]
    return lexeme === undefined || lexeme.kind === 'close' || isWord(lexeme, 'OR')
  }

  #near(): QueryNode {
    const left = this.#not()
    const operator = this.#lexemes[this.#at]
    if (operator === undefined || !isNear(operator)) return left
    this.#at++
    const { distance, ordered } = readDistance(operator)
    const right = this.#not()
    const again = this.#lexemes[this.#at]
    if (again !== undefined && isNear(again))
      throw new QueryError('NEAR joins two parts: write (A NEAR/5 B) AND (B NEAR/5 C)', again.place)
    const place = { start: left.place.start, end: right.place.end }
    return { type: 'near', left: positional(left), right: positional(right), distance, ordered, place }
  }

  #not(): QueryNode {
    const lexeme = this.#lexemes[this.#at]
    if (lexeme === undefined || !isWord(lexeme, 'NOT')) return this.#primary()
    this.#at++
    return this.#nested(lexeme, () => {
      const of = this.#not()
      return { type: 'not', of, place: { start: lexeme.place.start, end: of.place.end } }
    })
  }

  #primary(): QueryNode {
    const lexeme = this.#lexemes[this.#at]
    if (lexeme === undefined || lexeme.kind === 'close' || isOperator(lexeme)) throw this.#missing(lexeme)
    this.#at++
    if (lexeme.kind !== 'open') {
      if (++this.#terms > MAX_TERMS)
        throw new QueryError(`expected at most ${MAX_TERMS} terms; cut the query in two`, lexeme.place)
      return this.#opensValues(lexeme) ? this.#values(lexeme) : readAtom(lexeme)
    }
    return this.#nested(lexeme, () => {
      const inner = this.#or()
      if (this.#lexemes[this.#at++]?.kind !== 'close')
        throw new QueryError('this ( is never closed: expected a ) after the last part', lexeme.place)
      return inner
    })
  }

  /** `lang:(de OR fr)` */
  #opensValues({ kind, text, place }: Lexeme): boolean {
    const after = this.#lexemes[this.#at]
    return kind === 'word' && FIELD.test(text) && after?.kind === 'open' && after.place.start === place.end
  }

  #values(field: Lexeme): QueryNode {
    const name = field.text.slice(0, -1)
    const open = this.#lexemes[this.#at]!
    const parts: QueryNode[] = []
    do {
      this.#at++
      const value = this.#lexemes[this.#at++]
      if (value === undefined || value.kind === 'open' || value.kind === 'close' || isOperator(value))
        throw new QueryError(
          `expected values joined by OR in these brackets, as in ${VALUES}`,
          value?.place ?? open.place,
        )
      if (++this.#terms > MAX_TERMS)
        throw new QueryError(`expected at most ${MAX_TERMS} terms; cut the query in two`, value.place)
      parts.push(readField(name, value.text, value.place))
    } while (this.#lexemes[this.#at] !== undefined && isWord(this.#lexemes[this.#at]!, 'OR'))
    const close = this.#lexemes[this.#at++]
    if (close === undefined)
      throw new QueryError('this ( is never closed: expected a ) after the last value', open.place)
    if (close.kind !== 'close') throw new QueryError(`expected OR or ) after a value, as in ${VALUES}`, close.place)
    return { ...joined('or', parts), place: { start: field.place.start, end: close.place.end } }
  }

  #nested(lexeme: Lexeme, read: () => QueryNode): QueryNode {
    if (++this.#nesting > MAX_NESTING)
      throw new QueryError(
        `expected at most ${MAX_NESTING} brackets and NOT inside each other; write alternatives side by side, as in (a OR b OR c)`,
        lexeme.place,
      )
    const node = read()
    this.#nesting--
    return node
  }

  #take(operator: 'AND' | 'OR'): boolean {
    const lexeme = this.#lexemes[this.#at]
    if (lexeme === undefined || !isWord(lexeme, operator)) return false
    this.#at++
    return true
  }

  /** Something has to stand here and does not. */
  #missing(found: Lexeme | undefined): QueryError {
    const before = this.#lexemes[this.#at - 1]
    if (before?.kind === 'open') {
      if (found?.kind === 'close')
        return new QueryError('these brackets are empty: expected a word in them', found.place)
      if (found === undefined) return new QueryError('this ( is never closed', before.place)
    }
    const side = before !== undefined && isOperator(before) ? `after ${before.text}` : ''
    if (found !== undefined && isOperator(found))
      return new QueryError(
        `expected a word ${side || `before ${found.text}`}; to find the word itself write "${found.text.toLowerCase()}"`,
        found.place,
      )
    if (side === '' && found !== undefined) return new QueryError('this ) has no ( before it', found.place)
    return new QueryError(`expected a word ${side}`.trimEnd(), found?.place ?? before?.place ?? this.#end)
  }
}

function joined(type: 'and' | 'or', parts: QueryNode[]): QueryNode {
  if (parts.length === 1) return parts[0]!
  return { type, parts, place: { start: parts[0]!.place.start, end: parts.at(-1)!.place.end } }
}

const isWord = (lexeme: Lexeme, operator: string): boolean => lexeme.kind === 'word' && lexeme.text === operator

const isNear = (lexeme: Lexeme): boolean => lexeme.kind === 'word' && /^NEAR(?:\/|$)/.test(lexeme.text)

const isOperator = (lexeme: Lexeme): boolean =>
  isNear(lexeme) || isWord(lexeme, 'AND') || isWord(lexeme, 'OR') || isWord(lexeme, 'NOT')

function readDistance({ text, place }: Lexeme): { distance: number; ordered: boolean } {
  const parts = /^NEAR\/(\d{1,9})(f?)$/.exec(text)
  const distance = Number(parts?.[1])
  if (parts === null || distance < 1 || distance > MAX_DISTANCE)
    throw new QueryError(
      `expected a distance from 1 to ${MAX_DISTANCE} words after NEAR, as in NEAR/5, or NEAR/5f to keep the order`,
      place,
    )
  return { distance, ordered: parts[2] === 'f' }
}

function positional(node: QueryNode): NearOperand {
  switch (node.type) {
    case 'term':
    case 'cased':
    case 'prefix':
    case 'phrase':
      return node
    case 'or':
      return { type: 'or', parts: node.parts.map(positional), place: node.place }
    default:
      throw new QueryError(
        `expected words, phrases or an OR of them beside NEAR, found ${inWords(node.type)}; join it with AND instead`,
        node.place,
      )
  }
}

function inWords(type: 'handle' | 'hashtag' | 'url' | 'fact' | 'range' | 'near' | 'and' | 'not'): string {
  return {
    handle: 'a handle',
    hashtag: 'a hashtag',
    url: 'a URL',
    fact: 'a field or an emoji',
    range: 'a field',
    near: 'NEAR',
    and: 'AND',
    not: 'NOT',
  }[type]
}
