import { type PostTokens, TokenFlag, TokenKind } from '../text/post-tokens.ts'
import { HASH_SEED, hashUnit, hashWord, mixed } from '../text/word-hash.ts'
import type { WordTable } from '../text/word-table.ts'

/** Kinds of hashed features; each kind of a post is scaled by 1/√n, so that a long post says no more than a short one. */
export const FeatureGroup = { Words: 0, Pairs: 1, Grams: 2 } as const
export const GROUPS = 3

/** Figures per word list of `WordTable`, then those of the whole post. */
const FIGURES_PER_LIST = 11
export const LISTS = 3
const Surface = {
  Exclamations: 0,
  Questions: 1,
  Capitals: 2,
  Elongated: 3,
  Links: 4,
  Handles: 5,
  Hashtags: 6,
  Words: 7,
  Dots: 8,
  StartsWithHandle: 9,
  Numbers: 10,
  Quotes: 11,
} as const
const SURFACES = 12
export const NUMERIC_ROWS = LISTS * FIGURES_PER_LIST + SURFACES

/** Words after a negation that carry its mark, at most. */
const NEGATION_REACH = 4
const NEGATED = 0x5bd1e995
const PAIR = 0x27d4eb2f
const GRAM = 0x165667b1
const WORD_EDGE = 1
const LIST_SCALES = [1 / 32, 1 / 25, 1 / 127] as const
const NEGATED_SCALE = -0.6
const CAPITALS_SCALE = 1.3

// English, Spanish, Portuguese, French, Italian, German, romanised Hindi, Arabic.
const NEGATIONS = new Set(
  `no not never none nobody nothing neither nor nowhere without cannot cant dont doesnt didnt wont wouldnt shouldnt couldnt isnt arent
  wasnt werent aint hasnt havent hadnt can't don't doesn't didn't won't wouldn't shouldn't couldn't isn't aren't wasn't weren't ain't
  hasn't haven't hadn't hardly barely nunca sin ni tampoco nao não nem sem pas jamais sans rien aucun aucune non mai senza nicht nich
  kein keine keinen keiner nie ohne nahi nahin nai لا ليس ما لم لن غير مش`
    .split(/\s+/)
    .map(hashWord),
)

/**
 * What the sentiment model looks at: hashed words, neighbours and character 3–5-grams, each with the token it came from, and
 * figures from word lists and surface marks. One instance serves all posts; its arrays hold the last one read.
 */
export class SentimentFeatures {
  readonly #hashMask: number
  readonly #lists: WordTable
  count = 0
  /** Row in the weight table. */
  rows = new Int32Array(1024)
  groups = new Uint8Array(1024)
  /** Token that the feature ends in; a pair also covers the one before. */
  tokens = new Int32Array(1024)
  /** 1/√n per group. */
  readonly scales = new Float64Array(GROUPS)

  numericCount = 0
  numericRows = new Uint8Array(256)
  numericValues = new Float64Array(256)
  /** -1: of the whole post. */
  numericTokens = new Int32Array(256)

  /** Words, emoji and emoticons that a word list knows. */
  known = 0
  hasNegation = false

  constructor(hashRows: number, lists: WordTable) {
    this.#hashMask = hashRows - 1
    this.#lists = lists
  }

  read(tokens: PostTokens): this {
    this.#reserve(tokens)
    this.count = 0
    this.numericCount = 0
    this.known = 0
    this.hasNegation = false
    this.#readHashed(tokens)
    this.#readLists(tokens)
    this.#readSurface(tokens)
    return this
  }

  #readHashed(tokens: PostTokens): void {
    const { count, kinds, hashes } = tokens
    let words = 0
    let pairs = 0
    let grams = 0
    let reach = 0
    let before = 0
    for (let token = 0; token < count; token++) {
      const kind = kinds[token]!
      const word = hashes[token]!
      // A sentence mark ends a negation; quotes and dashes do not.
      if (kind === TokenKind.Punctuation && isClauseEnd(tokens, token)) reach = 0
      const hash = reach > 0 && kind === TokenKind.Word ? word ^ NEGATED : word
      this.#add(kind === TokenKind.Hashtag ? mixed(hash + 1) : hash, FeatureGroup.Words, token)
      words++
      if (kind === TokenKind.Hashtag) {
        this.#add(hash, FeatureGroup.Words, token)
        words++
      }
      if (token > 0) {
        this.#add(mixed(Math.imul(before, PAIR) + hash), FeatureGroup.Pairs, token)
        pairs++
      }
      before = hash
      if (kind === TokenKind.Word || kind === TokenKind.Hashtag) grams += this.#readGrams(tokens, token)
      if (reach > 0 && kind === TokenKind.Word) reach--
      if (kind === TokenKind.Word && NEGATIONS.has(word)) {
        reach = NEGATION_REACH
        this.hasNegation = true
      }
    }
    this.scales[FeatureGroup.Words] = 1 / Math.sqrt(words || 1)
    this.scales[FeatureGroup.Pairs] = 1 / Math.sqrt(pairs || 1)
    this.scales[FeatureGroup.Grams] = 1 / Math.sqrt(grams || 1)
  }

  /** 3, 4 and 5 units in a row, with both edges of the word. */
  #readGrams(tokens: PostTokens, token: number): number {
    const { folded, foldedStarts } = tokens
    const start = foldedStarts[token]! - 1
    const end = foldedStarts[token + 1]! + 1
    const before = this.count
    for (let from = start; from + 3 <= end; from++) {
      let hash = hashUnit(HASH_SEED ^ GRAM, from === start ? WORD_EDGE : folded[from]!)
      hash = hashUnit(hash, folded[from + 1]!)
      const longest = Math.min(end, from + 5)
      for (let at = from + 2; at < longest; at++) {
        hash = hashUnit(hash, at === end - 1 ? WORD_EDGE : folded[at]!)
        this.#add(mixed(hash), FeatureGroup.Grams, token)
      }
    }
    return this.count - before
  }

  #add(hash: number, group: number, token: number): void {
    this.rows[this.count] = hash & this.#hashMask
    this.groups[this.count] = group
    this.tokens[this.count] = token
    this.count++
  }

  /** Per list: sums of good and bad, turned and softened after a negation, louder in capitals; counts, extremes, last, balance. */
  #readLists(tokens: PostTokens): void {
    const { count, kinds, hashes, flags } = tokens
    const { values } = this.#lists
    for (let list = 0; list < LISTS; list++) {
      const first = list * FIGURES_PER_LIST
      let reach = 0
      let sum = 0
      let absolute = 0
      let highest = 0
      let highestToken = -1
      let lowest = 0
      let lowestToken = -1
      let last = 0
      let lastToken = -1
      for (let token = 0; token < count; token++) {
        const kind = kinds[token]!
        if (kind === TokenKind.Punctuation && isClauseEnd(tokens, token)) reach = 0
        const slot = kind === TokenKind.Url || kind === TokenKind.Handle ? -1 : this.#lists.find(hashes[token]!)
        let value = slot < 0 ? 0 : values[slot * LISTS + list]! * LIST_SCALES[list]!
        if (value !== 0) {
          if (list !== 1) this.known++
          if (flags[token]! & TokenFlag.AllCaps) value *= CAPITALS_SCALE
          if (reach > 0 && kind === TokenKind.Word) value *= NEGATED_SCALE
          sum += value
          absolute += Math.abs(value)
          this.#figure(first + (value > 0 ? 0 : 1), value / 4, token)
          this.#figure(first + (value > 0 ? 2 : 3), 0.25, token)
          if (value > highest) {
            highest = value
            highestToken = token
          }
          if (value < lowest) {
            lowest = value
            lowestToken = token
          }
          last = value
          lastToken = token
        }
        if (reach > 0 && kind === TokenKind.Word) reach--
        if (kind === TokenKind.Word && NEGATIONS.has(hashes[token]!)) reach = NEGATION_REACH
      }
      if (highestToken >= 0) this.#figure(first + 4, highest / 2, highestToken)
      if (lowestToken >= 0) this.#figure(first + 5, lowest / 2, lowestToken)
      if (lastToken >= 0) {
        this.#figure(first + 6, last / 2, lastToken)
        this.#figure(first + (sum > 0 ? 7 : sum < 0 ? 8 : 9), 0.5, -1)
        this.#figure(first + 10, sum / Math.sqrt(absolute * absolute + 4), -1)
      }
    }
  }

  #readSurface(tokens: PostTokens): void {
    const { count, kinds, flags, folded, foldedStarts } = tokens
    const scale = 1 / Math.sqrt(count || 1)
    const first = LISTS * FIGURES_PER_LIST
    for (let token = 0; token < count; token++) {
      if (flags[token]! & TokenFlag.AllCaps) this.#figure(first + Surface.Capitals, scale, token)
      if (flags[token]! & TokenFlag.Elongated) this.#figure(first + Surface.Elongated, scale, token)
      switch (kinds[token]) {
        case TokenKind.Word:
          this.#figure(first + Surface.Words, scale / 4, token)
          break
        case TokenKind.Url:
          this.#figure(first + Surface.Links, scale, token)
          break
        case TokenKind.Number:
          this.#figure(first + Surface.Numbers, scale, token)
          break
        case TokenKind.Handle:
          this.#figure(first + Surface.Handles, scale, token)
          if (token === 0) this.#figure(first + Surface.StartsWithHandle, 0.5, token)
          break
        case TokenKind.Hashtag:
          this.#figure(first + Surface.Hashtags, scale, token)
          break
        case TokenKind.Punctuation: {
          const mark = folded[foldedStarts[token]!]!
          if (mark === 33) this.#figure(first + Surface.Exclamations, scale, token)
          else if (mark === 63) this.#figure(first + Surface.Questions, scale, token)
          else if (mark === 46 || mark === 0x2026) this.#figure(first + Surface.Dots, scale, token)
          else if (mark === 34 || mark === 0x201c) this.#figure(first + Surface.Quotes, scale, token)
        }
      }
    }
  }

  #figure(row: number, value: number, token: number): void {
    this.numericRows[this.numericCount] = row
    this.numericValues[this.numericCount] = value
    this.numericTokens[this.numericCount] = token
    this.numericCount++
  }

  #reserve(tokens: PostTokens): void {
    const hashed = 3 * tokens.count + 3 * (tokens.foldedStarts[tokens.count]! + 2 * tokens.count)
    if (this.rows.length < hashed) {
      this.rows = new Int32Array(hashed * 2)
      this.groups = new Uint8Array(hashed * 2)
      this.tokens = new Int32Array(hashed * 2)
    }
    const numeric = (2 * LISTS + 4) * tokens.count + LISTS * 5
    if (this.numericRows.length < numeric) {
      this.numericRows = new Uint8Array(numeric * 2)
      this.numericValues = new Float64Array(numeric * 2)
      this.numericTokens = new Int32Array(numeric * 2)
    }
  }
}

function isClauseEnd(tokens: PostTokens, token: number): boolean {
  const mark = tokens.folded[tokens.foldedStarts[token]!]!
  return mark === 46 || mark === 44 || mark === 33 || mark === 63 || mark === 59 || mark === 58 || mark === 0x2026
}
