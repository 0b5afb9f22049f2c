/** The numbers of a mention that are filtered by and summed. The probabilities are NaN when it was not scored. */
export interface Facts {
  readonly publishedAt: number
  readonly negative: number
  readonly neutral: number
  readonly positive: number
  readonly timely: boolean
}

/** A chunk fills a page of SQLite and is read in one step. */
const ROWS = 160
/** A double for the time and four floats: 7 digits are more than a probability has. */
const BYTES = 24
const DOUBLES = BYTES / 8
const FLOATS = BYTES / 4

export const chunkOf = (row: number): number => Math.floor(row / ROWS)
/** A row's place in its chunk. */
export const placeOf = (row: number): number => row - chunkOf(row) * ROWS

/** The facts of neighbouring rows in one blob, in the byte order of the machine (little-endian wherever Node runs). */
export class FactsChunk {
  #doubles: Float64Array
  #floats: Float32Array

  constructor(blob?: Uint8Array) {
    // A copy only where doubles cannot lie.
    const bytes = blob === undefined || blob.byteOffset % 8 === 0 ? blob : new Uint8Array(blob)
    const { buffer, byteOffset, byteLength } = bytes ?? new Uint8Array()
    this.#doubles = new Float64Array(buffer, byteOffset, byteLength / 8)
    this.#floats = new Float32Array(buffer, byteOffset, byteLength / 4)
  }

  get blob(): Uint8Array {
    return new Uint8Array(this.#doubles.buffer, this.#doubles.byteOffset, this.#doubles.byteLength)
  }

  publishedAt(place: number): number {
    return this.#doubles[place * DOUBLES]!
  }

  negative(place: number): number {
    return this.#floats[place * FLOATS + 2]!
  }

  neutral(place: number): number {
    return this.#floats[place * FLOATS + 3]!
  }

  positive(place: number): number {
    return this.#floats[place * FLOATS + 4]!
  }

  isTimely(place: number): boolean {
    return this.#floats[place * FLOATS + 5] === 1
  }

  set(place: number, { publishedAt, negative, neutral, positive, timely }: Facts): void {
    this.#reach(place)
    this.#doubles[place * DOUBLES] = publishedAt
    this.#floats.set([negative, neutral, positive, timely ? 1 : 0], place * FLOATS + 2)
  }

  clear(place: number): void {
    this.#reach(place)
    this.#doubles.fill(0, place * DOUBLES, (place + 1) * DOUBLES)
  }

  #reach(place: number): void {
    if (place * DOUBLES < this.#doubles.length) return
    const longer = new Float64Array((place + 1) * DOUBLES)
    longer.set(this.#doubles)
    this.#doubles = longer
    this.#floats = new Float32Array(longer.buffer)
  }
}
