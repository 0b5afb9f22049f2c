import { type PostTokens, TokenKind } from '#enrich/text/post-tokens.ts'
import { HASH_SEED, hashUnit, hashWord, mixed } from '#enrich/text/word-hash.ts'
import { CUES, type Cue, type CueWords } from './cue.ts'

const APOSTROPHE = 39
const MIN_AFTER_APOSTROPHE = 3
const MIN_PREFIX = 3
const MAX_PREFIX = 16

interface Phrase {
  readonly cue: number
  /** Hashes of the words after the first. */
  readonly rest: readonly number[]
}

/** Where a cue was found: a run of tokens. */
export interface CueHit {
  readonly cue: Cue
  readonly from: number
  readonly to: number
}

/** Finds the cue words of one language in the tokens of a post. */
export class PhraseMatcher {
  /** By the hash of the first word. */
  readonly #phrases = new Map<number, Phrase[]>()
  /** By the hash of the beginning of a word, per length. */
  readonly #prefixes: (Map<number, number[]> | undefined)[] = []

  constructor(words: CueWords) {
    for (const [cue, name] of CUES.entries()) {
      for (const phrase of words[name].split('|')) {
        if (phrase.endsWith('*')) this.#addPrefix(phrase.slice(0, -1), cue)
        else this.#addPhrase(phrase.split(' ').map(hashWord), cue)
      }
    }
  }

  /** Every hit, in the order of the text. A token may belong to several cues, and to each at most once. */
  find(tokens: PostTokens): CueHit[] {
    const hits: CueHit[] = []
    /** First token that each cue may take again. */
    const free = new Int32Array(CUES.length)
    const { hashes, starts } = plainWords(tokens)
    const add = (cue: number, from: number, to: number): void => {
      if (from < free[cue]!) return
      free[cue] = to
      hits.push({ cue: CUES[cue]!, from, to })
    }
    for (let i = 0; i < tokens.count; i++) {
      const kind = tokens.kinds[i]!
      if (kind !== TokenKind.Word && kind !== TokenKind.Hashtag && kind !== TokenKind.Number) continue
      for (const { cue, rest } of this.#phrases.get(hashes[i]!) ?? []) {
        if (rest.every((hash, w) => hashes[i + 1 + w] === hash)) add(cue, i, i + 1 + rest.length)
      }
      this.#findPrefixes(tokens, starts[i]!, i, add)
    }
    return hits
  }

  #findPrefixes(
    tokens: PostTokens,
    start: number,
    i: number,
    add: (cue: number, from: number, to: number) => void,
  ): void {
    const length = Math.min(MAX_PREFIX, tokens.foldedStarts[i + 1]! - start)
    let hash = HASH_SEED
    for (let n = 1; n <= length; n++) {
      hash = hashUnit(hash, tokens.folded[start + n - 1]!)
      const prefixes = this.#prefixes[n]
      if (prefixes === undefined) continue
      for (const cue of prefixes.get(mixed(hash)) ?? []) add(cue, i, i + 1)
    }
  }

  #addPrefix(prefix: string, cue: number): void {
    if (prefix.length < MIN_PREFIX || prefix.length > MAX_PREFIX)
      throw new RangeError(`a prefix of ${prefix.length} letters`)
    this.#prefixes[prefix.length] ??= new Map()
    const known = this.#prefixes[prefix.length]!
    const hash = hashWord(prefix)
    known.set(hash, [...(known.get(hash) ?? []), cue])
  }

  #addPhrase([first, ...rest]: number[], cue: number): void {
    const phrase = { cue, rest }
    const known = this.#phrases.get(first!)
    if (known === undefined) this.#phrases.set(first!, [phrase])
    else known.push(phrase)
  }
}

/**
 * Where the word that counts begins in `folded`, and its hash: `don't` and `dont` are one word, and of `l'étude` the part after
 * the apostrophe counts.
 */
function plainWords(tokens: PostTokens): { hashes: Int32Array; starts: Int32Array } {
  const { count, folded, foldedStarts } = tokens
  const hashes = tokens.hashes.slice(0, count)
  const starts = foldedStarts.slice(0, count)
  for (let i = 0; i < count; i++) {
    const end = foldedStarts[i + 1]!
    const apostrophe = tokens.kinds[i] === TokenKind.Word ? folded.subarray(starts[i]!, end).indexOf(APOSTROPHE) : -1
    if (apostrophe < 0) continue
    const after = starts[i]! + apostrophe + 1
    if (end - after >= MIN_AFTER_APOSTROPHE) starts[i] = after
    let hash = HASH_SEED
    for (let at = starts[i]!; at < end; at++) {
      if (folded[at] !== APOSTROPHE) hash = hashUnit(hash, folded[at]!)
    }
    hashes[i] = mixed(hash)
  }
  return { hashes, starts }
}
