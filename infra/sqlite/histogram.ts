import { type Aggregates, BUCKET_MS, type Sums } from '#infra/contracts/search-index.ts'
import { newSums } from '#infra/runtime/sums.ts'
import type { FactsChunk } from './facts-chunk.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Adds up mentions by 5-minute bucket. Neighbouring mentions are mostly of one bucket. */
export class Histogram {
  readonly #buckets = new Map<number, Mutable<Sums>>()
  #number = Number.NaN
  #sums = newSums()

  add(chunk: FactsChunk, place: number): void {
    const number = Math.floor(chunk.publishedAt(place) / BUCKET_MS)
    if (number !== this.#number) this.#turnTo(number)
    const sums = this.#sums
    sums.mentions++
    const negative = chunk.negative(place)
    if (Number.isNaN(negative)) return
    sums.scored++
    sums.negative += negative
    sums.neutral += chunk.neutral(place)
    sums.positive += chunk.positive(place)
    sums.negativeVariance += negative * (1 - negative)
  }

  #turnTo(number: number): void {
    let sums = this.#buckets.get(number)
    if (sums === undefined) {
      sums = newSums()
      this.#buckets.set(number, sums)
    }
    this.#number = number
    this.#sums = sums
  }

  get buckets(): Aggregates['buckets'] {
    return [...this.#buckets].sort(([a], [b]) => a - b).map(([number, sums]) => ({ start: number * BUCKET_MS, sums }))
  }

  get total(): Sums {
    const total = newSums()
    for (const sums of this.#buckets.values()) {
      for (const key of Object.keys(total) as (keyof Sums)[]) total[key] += sums[key]
    }
    return total
  }
}
