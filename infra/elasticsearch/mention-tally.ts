import {
  type AggregateRequest,
  type Aggregates,
  BUCKET_MS,
  type Sums,
  TermField,
} from '#infra/contracts/search-index.ts'
import { type ListedField, termsOf } from '#infra/runtime/mention-terms.ts'
import { newSums } from '#infra/runtime/sums.ts'
import { mostFrequent } from '#infra/runtime/term-counts.ts'
import type { Content } from '#schemas/merge.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Adds up mentions one by one: what Elasticsearch cannot count because only `query/` can say which they are. */
export class MentionTally {
  readonly #request: AggregateRequest
  readonly #total = newSums()
  readonly #buckets = new Map<number, Mutable<Sums>>()
  readonly #counts: ReadonlyMap<ListedField, Map<string, number>>

  constructor(request: AggregateRequest) {
    this.#request = request
    const listed = request.terms.filter((field) => field !== TermField.Word)
    this.#counts = new Map(listed.map((field) => [field, new Map<string, number>()]))
  }

  add(content: Content): void {
    addTo(this.#total, content)
    if (this.#request.buckets) {
      const start = Math.floor(content.mention.publishedAt / BUCKET_MS) * BUCKET_MS
      const sums = this.#buckets.get(start) ?? newSums()
      this.#buckets.set(start, sums)
      addTo(sums, content)
    }
    for (const [field, counts] of this.#counts) {
      for (const term of termsOf(field, content)) counts.set(term, (counts.get(term) ?? 0) + 1)
    }
  }

  get total(): Sums {
    return this.#total
  }

  get buckets(): Aggregates['buckets'] {
    return [...this.#buckets].sort(([a], [b]) => a - b).map(([start, sums]) => ({ start, sums }))
  }

  get terms(): Aggregates['terms'] {
    const { termLimit } = this.#request
    return Object.fromEntries([...this.#counts].map(([field, counts]) => [field, mostFrequent(counts, termLimit)]))
  }
}

function addTo(sums: Mutable<Sums>, { annotations: { sentiment } }: Content): void {
  sums.mentions++
  if (sentiment === null) return
  sums.scored++
  sums.negative += sentiment.negative
  sums.neutral += sentiment.neutral
  sums.positive += sentiment.positive
  sums.negativeVariance += sentiment.negative * (1 - sentiment.negative)
}
