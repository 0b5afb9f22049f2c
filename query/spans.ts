/** What a span holds; a bigram is two neighbouring characters of a script without blanks, or the last one of a run. */
export const SpanKind = { Word: 0, Bigram: 1, Hashtag: 2, Handle: 3, Url: 4 } as const
export type SpanKind = (typeof SpanKind)[keyof typeof SpanKind]

const USUAL = 256
/** Room that is kept between texts. */
const KEPT = 65_536
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Where the tokens of one text are, in columns that are filled anew for each text: nothing is allocated for a token. */
export class Spans {
  length = 0
  /** The text as UTF-16, a 0 behind it: read where it lies, as a string is not, of which there are many kinds. */
  units = new Uint16Array(USUAL)
  kinds = new Uint8Array(USUAL)
  starts = new Int32Array(USUAL)
  ends = new Int32Array(USUAL)
  /** Properties of its characters, together, and what joins them. */
  seen = new Int32Array(USUAL)
  /** Of the folded form, as `hashOf`; NO_HASH when it is not told unit by unit. */
  hashes = new Int32Array(USUAL)

  /** Forgets the last text; answers the units of this one. */
  begin(text: string): Uint16Array {
    this.length = 0
    if (this.kinds.length > KEPT) this.#resize(USUAL)
    if (text.length >= this.units.length || this.units.length > 2 * KEPT + text.length) {
      this.units = new Uint16Array(Math.max(USUAL, 2 * text.length))
      this.#bytes = Buffer.from(this.units.buffer)
    }
    this.#bytes.write(text, 'utf16le')
    if (!IS_LITTLE_ENDIAN) this.#bytes.subarray(0, 2 * text.length).swap16()
    this.units[text.length] = 0
    return this.units
  }

  add(kind: SpanKind, start: number, end: number, seen: number, hash: number): void {
    const at = this.length
    if (at === this.kinds.length) this.#resize(2 * at)
    this.kinds[at] = kind
    this.starts[at] = start
    this.ends[at] = end
    this.seen[at] = seen
    this.hashes[at] = hash
    this.length = at + 1
  }

  #bytes = Buffer.from(this.units.buffer)

  #resize(room: number): void {
    const { kinds, starts, ends, seen, hashes, length } = this
    this.kinds = new Uint8Array(room)
    this.starts = new Int32Array(room)
    this.ends = new Int32Array(room)
    this.seen = new Int32Array(room)
    this.hashes = new Int32Array(room)
    this.kinds.set(kinds.subarray(0, length))
    this.starts.set(starts.subarray(0, length))
    this.ends.set(ends.subarray(0, length))
    this.seen.set(seen.subarray(0, length))
    this.hashes.set(hashes.subarray(0, length))
  }
}
