import { CharClass, classOf, foldOf, isUpper } from '#enrich/text/char-class.ts'
import { TokenKind } from '#enrich/text/post-tokens.ts'
import { HASH_SEED, hashUnit, mixed } from '#enrich/text/word-hash.ts'
import type { NameUnits } from './name-units.ts'
import { NO_CLASSES, type WordClasses } from './word-classes.ts'

/** Neighbours that are looked at on each side. */
const REACH = 2
/** Longer words are hashed by their beginning; nothing a person calls a name is longer. */
const MAX_WORD = 64

/** Kind of what stands before and after the text. */
const OUTSIDE = 15

/** Features of one token, the same number for each. */
export const FEATURES = 44

/** What a feature looks at, in words: the first ones at the word itself, and so on. */
export const FEATURE_GROUPS = [
  { until: 3, says: 'the word itself' },
  { until: 11, says: 'the words beside it' },
  { until: 19, says: 'how it is capitalised' },
  { until: 27, says: 'its beginning and ending' },
  { until: 39, says: 'words that are used alike' },
  { until: FEATURES, says: 'our lists of names' },
] as const

/**
 * Turns tokens into hashed features: the word, its shape, its affixes, its classes, and those of its neighbours. Training and
 * tagging call the same code. One instance serves one text at a time.
 */
export class EntityFeatures {
  readonly #classes: WordClasses
  /** `FEATURES` hashes a token, 32 bits each. */
  hashes = new Uint32Array(FEATURES * 512)
  /** Arrays below hold one value a token, `REACH` places further right. */
  #word = new Int32Array(512)
  #lower = new Int32Array(512)
  #shape = new Int32Array(512)
  #slot = new Int32Array(512)
  #kind = new Uint8Array(512)
  #initial = new Uint8Array(512)

  constructor(classes: WordClasses) {
    this.#classes = classes
  }

  /** Fills `hashes` for the units of `text`. */
  extract(text: string, units: NameUnits): void {
    const { count } = units
    this.#reserve(count)
    for (let i = -REACH; i < count + REACH; i++) {
      if (i < 0 || i >= count) this.#outside(i + REACH, i < 0 ? -1 : 1)
      else this.#look(text, units, i)
    }
    const regime = this.#regime(count)
    for (let i = 0; i < count; i++) this.#combine(text, units.starts[i]!, units.ends[i]!, i, regime)
  }

  #reserve(count: number): void {
    if (this.hashes.length < count * FEATURES) this.hashes = new Uint32Array(count * FEATURES * 2)
    if (this.#word.length >= count + 2 * REACH) return
    const length = (count + 2 * REACH) * 2
    this.#word = new Int32Array(length)
    this.#lower = new Int32Array(length)
    this.#shape = new Int32Array(length)
    this.#slot = new Int32Array(length)
    this.#kind = new Uint8Array(length)
    this.#initial = new Uint8Array(length)
  }

  #outside(at: number, side: number): void {
    this.#word[at] = side
    this.#lower[at] = side
    this.#shape[at] = side
    this.#slot[at] = -1
    this.#kind[at] = OUTSIDE
    this.#initial[at] = 0
  }

  /** What one unit looks like by itself. */
  #look(text: string, units: NameUnits, unit: number): void {
    const at = unit + REACH
    const kind = units.kinds[unit]!
    const lower = units.hashes[unit]!
    this.#kind[at] = kind
    this.#lower[at] = lower
    this.#slot[at] = this.#classes.find(lower)
    this.#initial[at] = 0
    if (kind !== TokenKind.Word && kind !== TokenKind.Hashtag) {
      this.#word[at] = lower
      this.#shape[at] = kind === TokenKind.Punctuation ? lower : kind
      return
    }
    const from = units.starts[unit]! + (kind === TokenKind.Hashtag ? 1 : 0)
    const to = Math.min(units.ends[unit]!, from + MAX_WORD)
    let word = HASH_SEED
    let shape = HASH_SEED
    let last = 0
    for (let i = from; i < to; i++) {
      const code = text.charCodeAt(i)
      word = hashUnit(word, code)
      const sort = sortOf(code)
      if (sort !== last) {
        shape = hashUnit(shape, sort)
        last = sort
      }
    }
    this.#word[at] = word
    this.#shape[at] = mix(shape, kind)
    if (kind === TokenKind.Word) this.#initial[at] = isUpper(text.charCodeAt(from)) ? 2 : 1
  }

  /** How much a capital says in this text: nothing where all words have one, or none. */
  #regime(count: number): number {
    let capitals = 0
    let words = 0
    for (let i = 0; i < count; i++) {
      const initial = this.#initial[i + REACH]!
      if (initial === 0) continue
      words++
      if (initial === 2) capitals++
    }
    if (capitals === 0) return 0
    const share = capitals / words
    return share < 0.2 ? 1 : share < 0.4 ? 2 : share < 0.7 ? 3 : 4
  }

  #combine(text: string, start: number, end: number, token: number, regime: number): void {
    const hashes = this.hashes
    const begin = token * FEATURES
    let at = begin
    const add = (value: number): void => {
      // the place in the row is the name of the template
      hashes[at] = mixed(mix(at - begin + 1, value)) >>> 0
      at++
    }
    const i = token + REACH
    const lower = this.#lower
    const shape = this.#shape
    const l0 = lower[i]!
    const l1 = lower[i + 1]!
    const lm1 = lower[i - 1]!
    const s0 = shape[i]!
    const s1 = shape[i + 1]!
    const sm1 = shape[i - 1]!

    add(0)
    add(this.#word[i]!)
    add(l0)
    add(lm1)
    add(l1)
    add(lower[i - 2]!)
    add(lower[i + 2]!)
    add(mix(lm1, l0))
    add(mix(l0, l1))
    add(mix(lm1, s0))
    add(mix(l1, s0))
    add(s0)
    add(sm1)
    add(s1)
    add(mix(sm1, s0))
    add(mix(s0, s1))
    add(mix(s0, regime))
    add(mix(mix(s0, regime), sm1))
    add(mix(mix(s0, regime), s1))

    const kind = this.#kind[i]!
    const from = kind === TokenKind.Hashtag ? start + 1 : start
    const length = kind === TokenKind.Word || kind === TokenKind.Hashtag ? end - from : 0
    for (let n = 1; n <= 4; n++) {
      add(length > n ? mix(affix(text, from, from + n), n) : 0)
      add(length > n ? mix(affix(text, end - n, end), -n) : 0)
    }

    const c0 = this.#classesOf(i)
    const cm1 = this.#classesOf(i - 1)
    const c1 = this.#classesOf(i + 1)
    add(k128(this.#classesOf(i - 2)))
    add(k128(cm1))
    add(k128(c0))
    add(k128(c1))
    add(k128(this.#classesOf(i + 2)))
    add(k512(cm1))
    add(k512(c0))
    add(k512(c1))
    add(k1500(cm1))
    add(k1500(c0))
    add(k1500(c1))
    add(mix(k128(c0), s0))

    const lists = this.#listsOf(i)
    const listsBefore = this.#listsOf(i - 1)
    const listsAfter = this.#listsOf(i + 1)
    add(mix(lists, s0))
    add(mix(listsBefore, s0))
    add(mix(listsAfter, s0))
    add(mix(listsBefore, lists + 16))
    add(mix(lists, listsAfter + 16))
  }

  #classesOf(at: number): number {
    const slot = this.#slot[at]!
    return slot < 0 ? NO_CLASSES : this.#classes.classesAt(slot)
  }

  #listsOf(at: number): number {
    const slot = this.#slot[at]!
    return slot < 0 ? 0 : this.#classes.listsAt(slot)
  }
}

const k128 = (classes: number): number => (classes >>> 5) & 127
const k512 = (classes: number): number => (classes >>> 12) & 511
const k1500 = (classes: number): number => classes >>> 21

function affix(text: string, start: number, end: number): number {
  let hash = HASH_SEED
  for (let i = start; i < end; i++) hash = hashUnit(hash, foldOf(text.charCodeAt(i)))
  return hash
}

/** Two numbers in one; order counts. */
function mix(a: number, b: number): number {
  const h = Math.imul(a ^ (b >>> 15), 0x2c1b3c6d) + b
  return Math.imul(h ^ (h >>> 12), 0x297a2d39)
}

/** X capital, x other letters, d digits, p what is none of these and not ASCII, the sign itself else. */
function sortOf(code: number): number {
  const kind = classOf(code)
  if (kind === CharClass.Letter || kind === CharClass.Ideograph) return isUpper(code) ? 88 : 120
  if (kind === CharClass.Digit) return 100
  return code < 128 ? code : 112
}
