import { expectedShare } from './common-words.ts'
import { FormTable } from './form-table.ts'
import { type FormSlot, Leaf } from './leaf.ts'
import { Prefixes } from './prefixes.ts'

/** Names are rarer than any word. */
const NAME_SHARE = 0.000_01
/** One form is written in several ways, many forms begin alike. */
const CASED_SHARE = 0.3
const PREFIX_SHARE = 4

/**
 * Everything that a set of queries asks of single tokens, each thing once, so that a text is looked up token by token and
 * the queries afterwards only look at the leaves they share. Each call that gives a leaf is to be answered by one `release`.
 */
export class Vocabulary {
  readonly forms = new FormTable()
  readonly hosts = new Map<string, Leaf>()
  readonly prefixes = new Prefixes()
  /** Texts that it was read from so far. */
  texts = 0
  #ids = 0
  #leaves = 0

  /** How many different things are asked. */
  get size(): number {
    return this.#leaves
  }

  term(form: string): Leaf {
    return this.#formLeaf('term', form, expectedShare(form))
  }

  word(form: string): Leaf {
    return this.#formLeaf('word', form, expectedShare(form))
  }

  hashtag(form: string): Leaf {
    return this.#formLeaf('hashtag', form, NAME_SHARE)
  }

  handle(form: string): Leaf {
    return this.#formLeaf('handle', form, NAME_SHARE)
  }

  prefix(form: string): Leaf {
    const leaf = this.#formLeaf('prefix', form, PREFIX_SHARE * expectedShare(form))
    if (leaf.uses === 1) this.prefixes.add(form)
    return leaf
  }

  cased(form: string, cased: string): Leaf {
    const entry = this.forms.ensure(form)
    entry.cased ??= new Map()
    const leaf = entry.cased.get(cased) ?? this.#newLeaf('cased', form, cased, CASED_SHARE * expectedShare(form))
    entry.cased.set(cased, leaf)
    leaf.uses++
    return leaf
  }

  host(form: string): Leaf {
    const leaf = this.hosts.get(form) ?? this.#newLeaf('host', form, form, NAME_SHARE)
    this.hosts.set(form, leaf)
    leaf.uses++
    return leaf
  }

  /** One place less asks for the leaf; what nobody asks for is forgotten. */
  release(leaf: Leaf): void {
    if (--leaf.uses > 0) return
    this.#leaves--
    if (leaf.slot === 'host') {
      this.hosts.delete(leaf.form)
      return
    }
    const entry = this.forms.find(leaf.form)!
    if (leaf.slot === 'cased') {
      entry.cased?.delete(leaf.cased)
      if (entry.cased?.size === 0) entry.cased = null
    } else {
      entry[leaf.slot] = null
      if (leaf.slot === 'prefix') this.prefixes.delete(leaf.form)
    }
    if (entry.isEmpty) this.forms.delete(entry)
  }

  #formLeaf(slot: FormSlot, form: string, guess: number): Leaf {
    const entry = this.forms.ensure(form)
    const leaf = entry[slot] ?? this.#newLeaf(slot, form, form, guess)
    entry[slot] = leaf
    leaf.uses++
    return leaf
  }

  #newLeaf(slot: Leaf['slot'], form: string, cased: string, guess: number): Leaf {
    this.#leaves++
    return new Leaf(++this.#ids, slot, form, cased, guess, this.texts)
  }
}
