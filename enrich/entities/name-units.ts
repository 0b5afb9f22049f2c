import { CharClass, classOf, foldOf } from '#enrich/text/char-class.ts'
import { type PostTokens, TokenFlag, TokenKind } from '#enrich/text/post-tokens.ts'
import { isApostrophe } from '#enrich/text/unit.ts'
import { HASH_SEED, hashUnit, hashWord, mixed } from '#enrich/text/word-hash.ts'

const CLITICS = new Set(["'s", "'m", "'d", "'t", "'re", "'ve", "'ll"].map((clitic) => hashWord(clitic)))
const HYPHEN = 45
const AMPERSAND = 38
const DOT = 46
const MAX_ABBREVIATION = 3

/**
 * The tokens of a post cut the way names are written: `Coca-Cola`, `AT&T` and `U.S.` are one unit, `Ada's` is two (`Ada` and
 * `'s`). Filled again by each `read`.
 */
export class NameUnits {
  count = 0
  starts = new Int32Array(256)
  ends = new Int32Array(256)
  kinds = new Uint8Array(256)
  /** Of the folded form, as `hashWord` makes it. */
  hashes = new Int32Array(256)

  read(text: string, tokens: PostTokens): this {
    this.#reserve(2 * tokens.count)
    this.count = 0
    for (let i = 0; i < tokens.count; ) i = this.#unit(text, tokens, i)
    return this
  }

  /** Adds the unit that begins with token `i`; answers the first token after it. */
  #unit(text: string, tokens: PostTokens, i: number): number {
    const { starts, ends, kinds } = tokens
    const start = starts[i]!
    const kind = kinds[i]!
    if (kind === TokenKind.Word) {
      const last = lastOfName(text, tokens, i)
      const end = ends[last]!
      const owner = end - 2
      if (last > i || (isApostrophe(text.charCodeAt(owner)) && owner > start)) {
        const isOwned = owner > start && isApostrophe(text.charCodeAt(owner)) && (text.charCodeAt(end - 1) | 32) === 115
        const nameEnd = isOwned ? owner : end
        this.#add(start, nameEnd, kind, foldedHash(text, start, nameEnd))
        if (isOwned) this.#add(owner, end, kind, foldedHash(text, owner, end))
        return last + 1
      }
    } else if (kind === TokenKind.Punctuation && isApostrophe(text.charCodeAt(start)) && isGluedWord(tokens, i + 1)) {
      const hash = foldedHash(text, start, ends[i + 1]!)
      if (CLITICS.has(hash)) {
        this.#add(start, ends[i + 1]!, TokenKind.Word, hash)
        return i + 2
      }
    }
    this.#add(start, ends[i]!, kind, tokens.hashes[i]!)
    return i + 1
  }

  /** Links, handles, pictures and most marks are part of no name; a stop only behind an abbreviation (`St.`, `J.`). */
  canName(text: string, unit: number): boolean {
    const kind = this.kinds[unit]!
    if (kind !== TokenKind.Punctuation) {
      return kind === TokenKind.Word || kind === TokenKind.Number || kind === TokenKind.Hashtag
    }
    const start = this.starts[unit]!
    if (this.ends[unit]! - start > 1) return false
    const mark = text.charCodeAt(start)
    if (mark === DOT) return unit > 0 && this.ends[unit - 1]! - this.starts[unit - 1]! <= MAX_ABBREVIATION
    return mark === HYPHEN || mark === AMPERSAND || isApostrophe(mark)
  }

  #add(start: number, end: number, kind: number, hash: number): void {
    this.starts[this.count] = start
    this.ends[this.count] = end
    this.kinds[this.count] = kind
    this.hashes[this.count] = hash
    this.count++
  }

  #reserve(wanted: number): void {
    if (this.starts.length >= wanted && this.starts.length <= 16 * Math.max(wanted, 4096)) return
    this.starts = new Int32Array(wanted)
    this.ends = new Int32Array(wanted)
    this.kinds = new Uint8Array(wanted)
    this.hashes = new Int32Array(wanted)
  }
}

/** The last token of the hyphened, ampersanded or dotted name that begins with the word `i`. */
function lastOfName(text: string, tokens: PostTokens, i: number): number {
  const { starts, ends } = tokens
  let last = i
  let isDotted = false
  while (isGlued(tokens, last + 1) && ends[last + 1]! - starts[last + 1]! === 1) {
    const mark = text.charCodeAt(starts[last + 1]!)
    const isInitial = ends[last]! - starts[last]! === 1
    if (mark === DOT && isInitial) {
      if (isGluedWord(tokens, last + 2) && ends[last + 2]! - starts[last + 2]! === 1) {
        isDotted = true
        last += 2
        continue
      }
      if (isDotted) last++
      break
    }
    if ((mark !== HYPHEN && mark !== AMPERSAND) || !isGluedWord(tokens, last + 2)) break
    last += 2
  }
  return last
}

const isGlued = (tokens: PostTokens, i: number): boolean =>
  i < tokens.count && (tokens.flags[i]! & TokenFlag.Glued) !== 0

const isGluedWord = (tokens: PostTokens, i: number): boolean =>
  isGlued(tokens, i) && (tokens.kinds[i] === TokenKind.Word || tokens.kinds[i] === TokenKind.Number)

/** The hash of a part of a text, as `hashWord` makes it. */
export function foldedHash(text: string, start: number, end: number): number {
  let hash = HASH_SEED
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i)
    if (classOf(unit) !== CharClass.Ignored) hash = hashUnit(hash, isApostrophe(unit) ? 39 : foldOf(unit))
  }
  return mixed(hash)
}
