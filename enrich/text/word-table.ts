/** Small numbers per word, found by the word's hash: open addressing over typed arrays, half full at most. */
export class WordTable {
  readonly columns: number
  /** `slots × columns`; of the slot that `find` answers. */
  readonly values: Int8Array
  readonly keys: Int32Array
  readonly #mask: number

  /** `keys` holds a power of two of slots; 0 is an empty one. */
  constructor(keys: Int32Array, values: Int8Array) {
    this.keys = keys
    this.values = values
    this.columns = values.length / keys.length
    this.#mask = keys.length - 1
  }

  static withRoomFor(words: number, columns: number): WordTable {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * words)))
    return new WordTable(new Int32Array(slots), new Int8Array(slots * columns))
  }

  /** The word's slot, or -1. */
  find(hash: number): number {
    const key = hash || 1
    for (let slot = key & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const found = this.keys[slot]!
      if (found === key) return slot
      if (found === 0) return -1
    }
  }

  /** The word's slot, made when it is missing. */
  add(hash: number): number {
    const key = hash || 1
    let slot = key & this.#mask
    while (this.keys[slot] !== 0 && this.keys[slot] !== key) slot = (slot + 1) & this.#mask
    this.keys[slot] = key
    return slot
  }
}
