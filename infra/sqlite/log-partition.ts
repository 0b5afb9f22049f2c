import type { Chunk } from './record-chunk.ts'

/** Chunks that keep up with subscribers are handed over in memory; who lags further behind reads the file. */
const TAIL_BYTES = 4 * 1024 * 1024
/** What a chunk costs beside its bytes. */
const CHUNK_OVERHEAD_BYTES = 500

/** A partition as the process that writes it sees it: its end, who waits there, and its newest chunks while somebody reads them. */
export class LogPartition {
  readonly id: number
  readonly number: number
  /** First offset that does not exist; everything before it is durable. */
  end: number
  /** Bytes in the file. */
  stored: number
  readonly #readers = new Map<object, number>()
  readonly #arrivals = new Set<() => void>()
  #tail: Chunk[] = []
  #tailBytes = 0

  constructor(id: number, number: number, end: number, stored: number) {
    this.id = id
    this.number = number
    this.end = end
    this.stored = stored
  }

  /** A durable chunk: wakes those who wait for it. */
  append(chunk: Chunk): void {
    this.end = chunk.base + chunk.span
    if (this.#readers.size > 0) {
      this.#tail.push(chunk)
      this.#tailBytes += chunk.bytes.length + CHUNK_OVERHEAD_BYTES
      while (this.#tailBytes > TAIL_BYTES && this.#tail.length > 1) this.#dropFirst()
    }
    for (const wake of this.#arrivals) wake()
  }

  #dropFirst(): void {
    const chunk = this.#tail.shift()
    if (chunk !== undefined) this.#tailBytes -= chunk.bytes.length + CHUNK_OVERHEAD_BYTES
  }

  /** The newest chunks from the one that holds `offset` on; empty when that one is not in memory. */
  tailFrom(offset: number): readonly Chunk[] {
    const first = this.#tail[0]
    if (first === undefined || offset < first.base) return []
    const index = this.#tail.findIndex(({ base, span }) => offset < base + span)
    return index < 0 ? [] : index === 0 ? this.#tail : this.#tail.slice(index)
  }

  /** `reader` needs nothing before `offset` any more. */
  advance(reader: object, offset: number): void {
    this.#readers.set(reader, offset)
    this.#trim()
  }

  leave(reader: object): void {
    this.#readers.delete(reader)
    this.#trim()
  }

  #trim(): void {
    const needed = Math.min(...this.#readers.values()) // Infinity when nobody reads
    while (this.#tail[0] !== undefined && this.#tail[0].base + this.#tail[0].span <= needed) this.#dropFirst()
  }

  onArrival(wake: () => void): () => void {
    this.#arrivals.add(wake)
    return () => this.#arrivals.delete(wake)
  }
}
