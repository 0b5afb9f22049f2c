/** Bits of one packed entry: four k-means cuts of the same words, from coarse to fine. */
export const ClassBits = { k32: 5, k128: 7, k512: 9, k1500: 11 } as const

/** Classes of a word that only stands in a list of names, or of none that is known. */
export const NO_CLASSES = 0xffffffff

/** Slots tried before a word is given up; what did not fit at building time is simply unknown. */
const PROBES = 8

/**
 * Which words behave alike, and which ones stand in a list of names: a hash table that holds no word, only a fingerprint of
 * its hash. A word that was never put in finds an entry about once in 2,000 look-ups.
 */
export class WordClasses {
  readonly #classes: Uint32Array
  /** High 12 bits: fingerprint, never 0 in a used slot. Low 4 bits: the name lists that hold the word. */
  readonly #marks: Uint16Array
  readonly #mask: number

  constructor(classes: Uint32Array, marks: Uint16Array) {
    this.#classes = classes
    this.#marks = marks
    this.#mask = marks.length - 1
  }

  /** Slot of the word with this hash (`hashWord`), or -1. */
  find(wordHash: number): number {
    const hash = wordHash >>> 0
    const fingerprint = fingerprintOf(hash)
    for (let i = 0; i < PROBES; i++) {
      const slot = (hash + i) & this.#mask
      const mark = this.#marks[slot] as number
      if (mark === 0) return -1
      if (mark >>> 4 === fingerprint) return slot
    }
    return -1
  }

  /** The four class numbers of a slot, packed as `ClassBits` says from the low end. */
  classesAt(slot: number): number {
    return this.#classes[slot] as number
  }

  listsAt(slot: number): number {
    return (this.#marks[slot] as number) & 15
  }

  /** A table of 2^`bits` slots; earlier entries win where there is no room. */
  static build(
    bits: number,
    entries: Iterable<{ wordHash: number; classes: number; lists: number }>,
  ): {
    classes: Uint32Array
    marks: Uint16Array
    dropped: number
  } {
    const classes = new Uint32Array(1 << bits)
    const marks = new Uint16Array(1 << bits)
    let dropped = 0
    next: for (const entry of entries) {
      const hash = entry.wordHash >>> 0
      for (let i = 0; i < PROBES; i++) {
        const slot = (hash + i) & (marks.length - 1)
        const mark = marks[slot] as number
        if (mark >>> 4 === fingerprintOf(hash)) {
          marks[slot] = mark | entry.lists
          continue next
        }
        if (mark !== 0) continue
        marks[slot] = (fingerprintOf(hash) << 4) | entry.lists
        classes[slot] = entry.classes
        continue next
      }
      dropped++
    }
    return { classes, marks, dropped }
  }
}

const fingerprintOf = (hash: number): number => hash >>> 20 || 1
