import { hashOf } from './folding.ts'
import type { FormSlot, Leaf } from './leaf.ts'

/** What is asked of tokens with one folded form. */
export class FormEntry implements Record<FormSlot, Leaf | null> {
  readonly hash: number
  readonly form: string
  /** The next in its bucket. */
  next: FormEntry | null
  term: Leaf | null = null
  word: Leaf | null = null
  hashtag: Leaf | null = null
  handle: Leaf | null = null
  /** Of tokens that begin so. */
  prefix: Leaf | null = null
  /** By the way they are written; null when nobody asks. */
  cased: Map<string, Leaf> | null = null

  constructor(hash: number, form: string, next: FormEntry | null) {
    this.hash = hash
    this.form = form
    this.next = next
  }

  get isEmpty(): boolean {
    const { term, word, hashtag, handle, prefix, cased } = this
    return (term ?? word ?? hashtag ?? handle ?? prefix ?? cased) === null
  }
}

const FEWEST = 16
const FIRSTS = 128

/** Forms by their hash, in buckets of which most are empty: a word that nobody asks for costs one look. */
export class FormTable {
  #buckets: (FormEntry | null)[] = empty(FEWEST)
  #size = 0
  /** How many forms there are by the lower bits of their first unit: told apart before anything is hashed. */
  readonly #firsts = new Uint32Array(FIRSTS)

  get size(): number {
    return this.#size
  }

  /** The first of those that may have the hash; go on by `next`. */
  bucket(hash: number): FormEntry | null {
    return this.#buckets[slotOf(hash, this.#buckets.length)]!
  }

  /** False: no form begins like this one. */
  mayBeginLike(form: string): boolean {
    return this.#firsts[form.charCodeAt(0) & (FIRSTS - 1)] !== 0
  }

  find(form: string): FormEntry | null {
    return this.findHashed(form, hashOf(form))
  }

  findHashed(form: string, hash: number): FormEntry | null {
    for (let entry = this.bucket(hash); entry !== null; entry = entry.next)
      if (entry.hash === hash && entry.form === form) return entry
    return null
  }

  ensure(form: string): FormEntry {
    const hash = hashOf(form)
    const known = this.findHashed(form, hash)
    if (known !== null) return known
    if (++this.#size > this.#buckets.length / 4) this.#resize(this.#buckets.length * 4)
    const slot = slotOf(hash, this.#buckets.length)
    const entry = new FormEntry(hash, form, this.#buckets[slot]!)
    this.#buckets[slot] = entry
    this.#countFirst(form, 1)
    return entry
  }

  delete(deleted: FormEntry): void {
    this.#countFirst(deleted.form, -1)
    const slot = slotOf(deleted.hash, this.#buckets.length)
    this.#buckets[slot] = without(this.#buckets[slot]!, deleted)
    if (--this.#size < this.#buckets.length / 32) this.#resize(Math.max(FEWEST, this.#buckets.length / 4))
  }

  #countFirst(form: string, by: 1 | -1): void {
    const index = form.charCodeAt(0) & (FIRSTS - 1)
    this.#firsts[index] = this.#firsts[index]! + by
  }

  #resize(length: number): void {
    if (length === this.#buckets.length) return
    const old = this.#buckets
    this.#buckets = empty(length)
    for (let entry of old) {
      while (entry !== null) {
        const { next } = entry
        const slot = slotOf(entry.hash, length)
        entry.next = this.#buckets[slot]!
        this.#buckets[slot] = entry
        entry = next
      }
    }
  }
}

function without(first: FormEntry | null, deleted: FormEntry): FormEntry | null {
  if (first === deleted || first === null) return deleted.next
  for (let entry = first; entry.next !== null; entry = entry.next) {
    if (entry.next !== deleted) continue
    entry.next = deleted.next
    break
  }
  return first
}

const empty = (length: number): (FormEntry | null)[] => new Array<FormEntry | null>(length).fill(null)

const slotOf = (hash: number, length: number): number => (hash ^ (hash >>> 15)) & (length - 1)
