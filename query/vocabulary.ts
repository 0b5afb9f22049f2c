import { expectedShare } from './common-words.ts'
import type { Token } from './token.ts'

/** Something that queries ask of a single token, and where the last text read had it. */
export class Leaf {
  /** Number of the reading that found it last. */
  reading = 0
  positions: number[] = []
  /** Of texts, roughly, that have it. */
  readonly share: number

  constructor(share: number) {
    this.share = share
  }
}

/** Names are rarer than any word. */
const NAME_SHARE = 0.000_01
/** One form is written in several ways, many forms begin alike. */
const CASED_SHARE = 0.3
const PREFIX_SHARE = 4

/** What is asked of words, and of hashtags, with one folded form. */
interface FormLeaves {
  /** A word or a hashtag. */
  term: Leaf | null
  /** A word. */
  word: Leaf | null
  hashtag: Leaf | null
  /** A word written exactly so. */
  cased: Map<string, Leaf> | null
}

interface Prefix {
  readonly form: string
  readonly leaf: Leaf
}

/**
 * Everything that a set of queries asks of single tokens, each thing once, so that a text is looked up token by token and
 * the queries afterwards only look at the leaves they share.
 */
export class Vocabulary {
  readonly #forms = new Map<string, FormLeaves>()
  readonly #handles = new Map<string, Leaf>()
  readonly #hosts = new Map<string, Leaf>()
  /** By first UTF-16 unit. */
  readonly #prefixes = new Map<number, Prefix[]>()
  readonly #gaps: number[] = []
  #reading = 0
  #tokens: readonly Token[] = []

  term(form: string): Leaf {
    const leaves = this.#leavesOf(form)
    leaves.term ??= new Leaf(expectedShare(form))
    return leaves.term
  }

  word(form: string): Leaf {
    const leaves = this.#leavesOf(form)
    leaves.word ??= new Leaf(expectedShare(form))
    return leaves.word
  }

  hashtag(form: string): Leaf {
    const leaves = this.#leavesOf(form)
    leaves.hashtag ??= new Leaf(NAME_SHARE)
    return leaves.hashtag
  }

  cased(form: string, cased: string): Leaf {
    const leaves = this.#leavesOf(form)
    leaves.cased ??= new Map()
    return leafOf(leaves.cased, cased, CASED_SHARE * expectedShare(form))
  }

  prefix(form: string): Leaf {
    const first = form.charCodeAt(0)
    const prefixes = this.#prefixes.get(first) ?? []
    this.#prefixes.set(first, prefixes)
    const known = prefixes.find((prefix) => prefix.form === form)
    if (known !== undefined) return known.leaf
    const leaf = new Leaf(PREFIX_SHARE * expectedShare(form))
    prefixes.push({ form, leaf })
    return leaf
  }

  handle(form: string): Leaf {
    return leafOf(this.#handles, form, NAME_SHARE)
  }

  host(form: string): Leaf {
    return leafOf(this.#hosts, form, NAME_SHARE)
  }

  /** Looks the tokens up, and answers the leaves that they have, each once. What was read before is forgotten. */
  read(tokens: readonly Token[]): readonly Leaf[] {
    this.#tokens = tokens
    this.#reading++
    this.#gaps.length = 0
    const found: Leaf[] = []
    for (let at = 0; at < tokens.length; at++) {
      const { kind, form, cased } = tokens[at]!
      switch (kind) {
        case 'word':
        case 'hashtag':
          this.#readForm(kind, form, cased, at, found)
          break
        case 'handle': {
          const leaf = this.#handles.get(form)
          if (leaf !== undefined) this.#hit(leaf, at, found)
          break
        }
        case 'url':
          if (this.#hosts.size > 0) this.#readHost(form, at, found)
          break
        case 'gap':
          this.#gaps.push(at)
      }
    }
    return found
  }

  /** Is the leaf in the tokens that were read last? */
  has(leaf: Leaf): boolean {
    return leaf.reading === this.#reading
  }

  /** Where the leaf is in the tokens that were read last. */
  positions(leaf: Leaf): readonly number[] {
    return leaf.reading === this.#reading ? leaf.positions : []
  }

  /** The tokens that were read last. */
  get tokens(): readonly Token[] {
    return this.#tokens
  }

  /** Positions of the gaps between fields, in order. */
  get gaps(): readonly number[] {
    return this.#gaps
  }

  #leavesOf(form: string): FormLeaves {
    const known = this.#forms.get(form)
    if (known !== undefined) return known
    const leaves = { term: null, word: null, hashtag: null, cased: null }
    this.#forms.set(form, leaves)
    return leaves
  }

  #readForm(kind: 'word' | 'hashtag', form: string, cased: string, at: number, found: Leaf[]): void {
    const leaves = this.#forms.get(form)
    if (leaves !== undefined) {
      if (leaves.term !== null) this.#hit(leaves.term, at, found)
      if (kind === 'hashtag') {
        if (leaves.hashtag !== null) this.#hit(leaves.hashtag, at, found)
      } else {
        if (leaves.word !== null) this.#hit(leaves.word, at, found)
        const leaf = leaves.cased?.get(cased)
        if (leaf !== undefined) this.#hit(leaf, at, found)
      }
    }
    const prefixes = this.#prefixes.get(form.charCodeAt(0))
    if (prefixes === undefined) return
    for (const prefix of prefixes) if (form.startsWith(prefix.form)) this.#hit(prefix.leaf, at, found)
  }

  /** The host and each of its parent domains. */
  #readHost(host: string, at: number, found: Leaf[]): void {
    for (let start = 0; start >= 0; ) {
      const leaf = this.#hosts.get(host.slice(start))
      if (leaf !== undefined) this.#hit(leaf, at, found)
      const dot = host.indexOf('.', start)
      start = dot < 0 ? -1 : dot + 1
    }
  }

  #hit(leaf: Leaf, at: number, found: Leaf[]): void {
    if (leaf.reading !== this.#reading) {
      leaf.reading = this.#reading
      leaf.positions = []
      found.push(leaf)
    }
    leaf.positions.push(at)
  }
}

function leafOf(leaves: Map<string, Leaf>, name: string, share: number): Leaf {
  const known = leaves.get(name)
  if (known !== undefined) return known
  const leaf = new Leaf(share)
  leaves.set(name, leaf)
  return leaf
}
