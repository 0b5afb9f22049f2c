import { UNCLEAN } from './characters.ts'
import { cleanText } from './clean-text.ts'
import { DROPPED, EMPTY_HASH, foldsTo, foldUnit, hashOn, NO_HASH } from './folding.ts'
import type { FormEntry } from './form-table.ts'
import type { Leaf } from './leaf.ts'
import { scan } from './scan.ts'
import { SpanKind, Spans } from './spans.ts'
import type { Token } from './token.ts'
import { casedWord, tokenAt } from './tokenize.ts'
import { hostOf } from './url-host.ts'
import type { Vocabulary } from './vocabulary.ts'

const spans = new Spans()

/** Places of a leaf that keep their memory for the next text. */
const KEPT_POSITIONS = 64
const USUAL_LENGTH = 128
const KEPT_LENGTH = 65_536

/**
 * What one text or mention has of a vocabulary. It is read from tokens or, several times as fast, straight from the texts:
 * words are folded, hashed and compared where they stand, and no token is made of them. What was read before is forgotten.
 */
export class Reading {
  /** The leaves it has, each once. */
  readonly found: Leaf[] = []
  /** Number of positions. */
  length = 0
  /** What the evaluation of queries on it has cost so far: nodes, stands and words that were looked at. */
  steps = 0

  readonly #vocabulary: Vocabulary
  #number = 0
  /** By position: the leaf of the word that stands there, if somebody asks for it, and the field it is in. */
  #words = new Int32Array(USUAL_LENGTH)
  #fields = new Int32Array(USUAL_LENGTH)
  #field = 0

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
  }

  readTokens(tokens: readonly Token[]): void {
    this.#begin()
    for (const token of tokens) this.#readToken(token)
  }

  /** The fields of a mention, or one text: as `readTokens` of their tokens with a gap between two that have any. */
  readFields(fields: readonly string[]): void {
    this.#begin()
    for (const field of fields) {
      const clean = scanned(field)
      if (spans.length === 0) continue
      if (this.length > 0) this.#gap()
      for (let at = 0; at < spans.length; at++) this.#readSpan(clean, at)
    }
  }

  has(leaf: Leaf): boolean {
    return leaf.reading === this.#number
  }

  /** In how many places. */
  countOf(leaf: Leaf): number {
    return leaf.reading === this.#number ? leaf.count : 0
  }

  isWord(leaf: Leaf, position: number): boolean {
    return position >= 0 && position < this.length && this.#words[position] === leaf.id
  }

  /** Number of the field that a position is in; nothing is near across two. */
  fieldOf(position: number): number {
    return this.#fields[position]!
  }

  #begin(): void {
    if (this.#words.length > KEPT_LENGTH) this.#resize(USUAL_LENGTH)
    this.#vocabulary.texts++
    this.#number++
    this.#field = 0
    this.length = 0
    this.steps = 0
    this.found.length = 0
  }

  #readToken({ kind, form, cased }: Token): void {
    switch (kind) {
      case 'word':
        this.#readForm(form, cased, SpanKind.Word)
        break
      case 'hashtag':
        this.#readForm(form, cased, SpanKind.Hashtag)
        break
      case 'handle':
        this.#step()
        this.#hit(this.#vocabulary.forms.find(form)?.handle ?? null)
        break
      case 'url':
        this.#step()
        this.#readHost(form)
        break
      case 'gap':
        this.#gap()
    }
  }

  #readSpan(text: string, at: number): void {
    const kind = spans.kinds[at] as SpanKind
    const [start, end] = [spans.starts[at]!, spans.ends[at]!]
    if (kind === SpanKind.Url) {
      this.#step()
      if (this.#vocabulary.hosts.size > 0) this.#readHost(hostOf(text, start, end))
      return
    }
    const hash = spans.hashes[at]!
    if (hash === NO_HASH) this.#readToken(tokenAt(text, spans, at))
    else if (kind === SpanKind.Word) this.#readInPlace(text, start, end, kind, hash, spans.seen[at]!)
    else this.#readInPlace(text, start + 1, end, kind, hash, 0)
  }

  #readInPlace(text: string, start: number, end: number, kind: SpanKind, hash: number, seen: number): void {
    this.#step()
    const { prefixes, forms } = this.#vocabulary
    for (let entry = forms.bucket(hash); entry !== null; entry = entry.next) {
      if (entry.hash !== hash || !foldsTo(entry.form, spans.units, start, end)) continue
      this.#hitForm(entry, kind, entry.cased === null ? '' : casedWord(text, start, end, seen))
      break
    }
    if (prefixes.size > 0 && kind !== SpanKind.Handle) this.#readPrefixesInPlace(start, end)
  }

  #readPrefixesInPlace(start: number, end: number): void {
    const { prefixes, forms } = this.#vocabulary
    let hash = EMPTY_HASH
    let length = 0
    for (let at = start; at < end; at++) {
      const unit = foldUnit(spans.units[at]!)
      if (unit === DROPPED) continue
      hash = hashOn(hash, unit)
      if (++length < prefixes.lead) continue
      if (length === prefixes.lead && !prefixes.mayBegin(hash)) return
      for (let entry = forms.bucket(hash); entry !== null; entry = entry.next)
        if (entry.hash === hash && entry.prefix !== null && foldsTo(entry.form, spans.units, start, at + 1))
          this.#hit(entry.prefix)
    }
  }

  #readForm(form: string, cased: string, kind: SpanKind): void {
    this.#step()
    const { prefixes, forms } = this.#vocabulary
    if (!forms.mayBeginLike(form)) return
    const entry = forms.find(form)
    if (entry !== null) this.#hitForm(entry, kind, cased)
    if (prefixes.size === 0) return
    let hash = EMPTY_HASH
    for (let length = 1; length <= form.length; length++) {
      hash = hashOn(hash, form.charCodeAt(length - 1))
      if (length < prefixes.lead) continue
      if (length === prefixes.lead && !prefixes.mayBegin(hash)) return
      this.#hit(forms.findHashed(form.slice(0, length), hash)?.prefix ?? null)
    }
  }

  /** The host and each of its parent domains. */
  #readHost(host: string): void {
    for (let start = 0; start >= 0; ) {
      this.#hit(this.#vocabulary.hosts.get(host.slice(start)) ?? null)
      const dot = host.indexOf('.', start)
      start = dot < 0 ? -1 : dot + 1
    }
  }

  #hitForm(entry: FormEntry, kind: SpanKind, cased: string): void {
    if (kind === SpanKind.Handle) {
      this.#hit(entry.handle)
      return
    }
    this.#hit(entry.term)
    if (kind === SpanKind.Hashtag) {
      this.#hit(entry.hashtag)
      return
    }
    if (entry.word !== null) {
      this.#hit(entry.word)
      this.#words[this.length - 1] = entry.word.id
    }
    if (entry.cased !== null) this.#hit(entry.cased.get(cased) ?? null)
  }

  /** The position that was begun last has the leaf. */
  #hit(leaf: Leaf | null): void {
    if (leaf === null) return
    if (leaf.reading !== this.#number) {
      leaf.reading = this.#number
      leaf.count = 0
      leaf.texts++
      if (leaf.positions.length > KEPT_POSITIONS) leaf.positions = []
      this.found.push(leaf)
    }
    leaf.positions[leaf.count++] = this.length - 1
  }

  /** Begins the next position. */
  #step(): void {
    const at = this.length
    if (at === this.#words.length) this.#resize(2 * at)
    this.#words[at] = 0
    this.#fields[at] = this.#field
    this.length = at + 1
  }

  /** A position that no query matches, between two fields. */
  #gap(): void {
    this.#step()
    this.#field++
  }

  #resize(room: number): void {
    const [words, fields] = [this.#words, this.#fields]
    this.#words = new Int32Array(room)
    this.#fields = new Int32Array(room)
    this.#words.set(words.subarray(0, this.length))
    this.#fields.set(fields.subarray(0, this.length))
  }
}

/** Fills the spans; answers the text that they point into. */
function scanned(text: string): string {
  if (scan(text, spans, UNCLEAN)) return text
  const clean = cleanText(text).text
  scan(clean, spans, 0)
  return clean
}
