import { PostTokens, TokenKind } from '../text/post-tokens.ts'
import { HASH_SEED, hashUnit, mixed } from '../text/word-hash.ts'
import { lowerOf, SCRIPT_COUNT, scriptOf } from './script-of.ts'

/** Characters looked at: enough for every post worth the name, and what bounds the time of a detection. */
const MAX_CHARACTERS = 200
const LONGEST_GRAM = 4
const WORD_EDGE = 1
const WHOLE_WORD = 0x3243f6a8

/**
 * What the language model looks at: the words of the commonest script as hashed character 1–4-grams with word edges, and
 * whole. Links, handles, numbers and pictures say nothing. One instance serves all texts.
 */
export class LanguageFeatures {
  readonly #mask: number
  readonly #tokens = new PostTokens()
  readonly #letters = new Int32Array(SCRIPT_COUNT)
  readonly #word = new Uint16Array(MAX_CHARACTERS + 2)
  count = 0
  readonly rows = new Int32Array(MAX_CHARACTERS * 2 * (LONGEST_GRAM + 2))
  /** The commonest script and its letters; -1 when there is no letter that we know. */
  script = -1
  letters = 0

  constructor(hashRows: number) {
    this.#mask = hashRows - 1
  }

  read(text: string): this {
    const seen = text.length > MAX_CHARACTERS ? text.slice(0, MAX_CHARACTERS) : text
    const { count, kinds, starts, ends } = this.#tokens.read(seen)
    this.#letters.fill(0)
    for (let token = 0; token < count; token++) {
      if (kinds[token] !== TokenKind.Word) continue
      for (let at = starts[token]!; at < ends[token]!; at++) {
        const script = scriptOf(seen.charCodeAt(at))
        if (script >= 0) this.#letters[script]!++
      }
    }
    this.script = -1
    this.letters = 0
    for (let script = 0; script < SCRIPT_COUNT; script++) {
      if (this.#letters[script]! > this.letters) {
        this.script = script
        this.letters = this.#letters[script]!
      }
    }
    this.count = 0
    if (this.script < 0) return this
    for (let token = 0; token < count; token++) {
      if (kinds[token] === TokenKind.Word) this.#readWord(seen, starts[token]!, ends[token]!)
    }
    return this
  }

  #readWord(text: string, start: number, end: number): void {
    const word = this.#word
    let length = 0
    word[length++] = WORD_EDGE
    let hasScript = false
    for (let at = start; at < end; at++) {
      const unit = text.charCodeAt(at)
      if (scriptOf(unit) === this.script) hasScript = true
      word[length++] = lowerOf(unit)
    }
    if (!hasScript) return
    word[length++] = WORD_EDGE
    let whole = HASH_SEED ^ WHOLE_WORD
    for (let from = 0; from < length; from++) {
      const longest = Math.min(length, from + LONGEST_GRAM)
      let hash = HASH_SEED
      for (let at = from; at < longest; at++) {
        hash = hashUnit(hash, word[at]!)
        if (at === from && word[at] === WORD_EDGE) continue
        this.rows[this.count++] = mixed(hash) & this.#mask
      }
      whole = hashUnit(whole, word[from]!)
    }
    this.rows[this.count++] = mixed(whole) & this.#mask
  }
}
