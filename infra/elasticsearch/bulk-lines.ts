const FIRST_BYTES = 4 << 20
/** Of UTF-8 for a code unit. */
const MOST_BYTES = 3
const NEWLINE = 0x0a

/** The lines of bulk requests, two an item, as bytes in memory that may be used again. */
export class BulkLines {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  /** Where the lines of each item end. */
  readonly #ends: number[] = []

  get count(): number {
    return this.#ends.length
  }

  /** Forgets all items; nobody may still look at their bytes. */
  clear(): void {
    this.#ends.length = 0
  }

  /** Neither line holds a line break. */
  add(action: string, source: string): void {
    const start = this.#startOf(this.count)
    this.#reserve(start, (action.length + source.length + 2) * MOST_BYTES)
    let end = start + this.#bytes.write(action, start)
    this.#bytes[end++] = NEWLINE
    end += this.#bytes.write(source, end)
    this.#bytes[end++] = NEWLINE
    this.#ends.push(end)
  }

  /** The items' places, in parts of at most so many bytes; a larger item is a part of its own. */
  divided(maxBytes: number): number[][] {
    const parts: number[][] = []
    let start = 0
    for (const [place, end] of this.#ends.entries()) {
      if (place === 0 || end - start > maxBytes) {
        parts.push([])
        start = this.#startOf(place)
      }
      parts.at(-1)!.push(place)
    }
    return parts
  }

  /** The lines of these items, in order; not a copy when they stand side by side. */
  bytesOf(places: readonly number[]): Buffer {
    const [first, last] = [places[0]!, places.at(-1)!]
    if (last - first === places.length - 1) return this.#bytes.subarray(this.#startOf(first), this.#ends[last])
    return Buffer.concat(places.map((place) => this.#bytes.subarray(this.#startOf(place), this.#ends[place])))
  }

  #startOf(place: number): number {
    return place === 0 ? 0 : this.#ends[place - 1]!
  }

  #reserve(end: number, bytes: number): void {
    if (end + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, end + bytes))
    this.#bytes.copy(larger, 0, 0, end)
    this.#bytes = larger
  }
}
