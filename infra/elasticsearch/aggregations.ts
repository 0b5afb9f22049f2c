import type { estypes } from '@elastic/elasticsearch'
import { type Aggregates, BUCKET_MS, type Sums } from '#infra/contracts/search-index.ts'
import type { ListedField } from '#infra/runtime/mention-terms.ts'
import { termFields } from './mention-fields.ts'

type Aggregations = Record<string, estypes.AggregationsAggregationContainer>

/** Elasticsearch makes at most 65,536 buckets in an answer. */
const MAX_BUCKETS = 60_000
export const BUCKETS_PER_PAGE = 10_000

/** Sums over the scored mentions; `extended_stats` also gives their number and the sum of squares. */
export const SUMS: Aggregations = {
  negative: { extended_stats: { field: 'negative' } },
  neutral: { sum: { field: 'neutral' } },
  positive: { sum: { field: 'positive' } },
}

/** What `SUMS` has found in so many mentions. */
export function readSums(mentions: number, found: Record<string, unknown>): Sums {
  const { count, sum, sum_of_squares: squares } = found.negative as estypes.AggregationsExtendedStatsAggregate
  const { value: neutral } = found.neutral as estypes.AggregationsSumAggregate
  const { value: positive } = found.positive as estypes.AggregationsSumAggregate
  return {
    mentions,
    scored: count,
    negative: sum,
    neutral: neutral ?? 0,
    positive: positive ?? 0,
    // The sum of p(1-p).
    negativeVariance: Math.max(0, sum - (squares ?? 0)),
  }
}

/** One page of non-empty buckets, in order of time; `start` is where the page before ended. */
export const bucketPage = (after: number | null): Aggregations => ({
  buckets: {
    composite: {
      size: BUCKETS_PER_PAGE,
      sources: [{ start: { date_histogram: { field: 'publishedAt', fixed_interval: `${BUCKET_MS}ms` } } }],
      ...(after === null ? {} : { after: { start: after } }),
    },
    aggs: SUMS,
  },
})

export function readBuckets(found: unknown): Aggregates['buckets'] {
  const { buckets } = found as { buckets: ({ key: { start: number }; doc_count: number } & Record<string, unknown>)[] }
  return buckets.map(({ key, doc_count, ...sums }) => ({ start: key.start, sums: readSums(doc_count, sums) }))
}

/** Term counts, divided so that no answer is refused for its size. */
export function termRequests(fields: readonly ListedField[], termLimit: number): Aggregations[] {
  const together = Math.max(1, Math.floor(MAX_BUCKETS / termLimit))
  const requests: Aggregations[] = []
  for (let from = 0; from < fields.length; from += together) {
    const part = fields.slice(from, from + together)
    requests.push(
      Object.fromEntries(part.map((field) => [field, { terms: { field: termFields[field], size: termLimit } }])),
    )
  }
  return requests
}

export interface ReadTerms {
  readonly terms: Aggregates['terms']
  readonly termError: number
}

export function readTerms(found: Record<string, unknown>): ReadTerms {
  let termError = 0
  const terms = Object.entries(found).map(([field, aggregate]) => {
    const { buckets, doc_count_error_upper_bound: error } = aggregate as estypes.AggregationsStringTermsAggregate
    termError = Math.max(termError, error ?? 0)
    const counts = buckets as readonly estypes.AggregationsStringTermsBucketKeys[]
    return [field, counts.map(({ key, doc_count }) => ({ term: String(key), mentions: doc_count }))]
  })
  return { terms: Object.fromEntries(terms), termError }
}
