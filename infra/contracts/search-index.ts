import type { Query } from '#query/query.ts'
import type { Content } from '#schemas/merge.ts'

/**
 * A record of `mentions.enriched.v1` as it stood on the topic (`EnrichedEvent` or `AuthorEvent`, wire format): each adapter
 * decodes where its work happens, so that no object crosses a thread.
 */
export interface IndexOperation {
  readonly kind: 'mention' | 'author'
  readonly bytes: Uint8Array
}

/**
 * One term of the books: what became of an operation. `new`: content of an id that had none; `replaced`: an edit, hide or
 * restore that changed what stands; `removed`: a delete that was not known; `stale`: it changed nothing that anybody sees;
 * `dropped`: refused by a rule; `rejected`: it can never be written and goes to the dead letters.
 */
export type WriteOutcome =
  | { readonly kind: 'new' | 'replaced' | 'stale' | 'removed' }
  | { readonly kind: 'dropped'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }

/** Half-open range of `publishedAt`, milliseconds. */
export interface TimeRange {
  readonly since: number | null
  readonly until: number | null
}

export interface Selection {
  /** null: everything. */
  readonly query: Query | null
  readonly range: TimeRange
  /** Only mentions of these brands; empty: of all. */
  readonly brands: readonly string[]
  /** Only mentions that were first seen within their source's lateness: what alerts count. */
  readonly timely?: boolean
}

export interface SearchRequest extends Selection {
  /** By `publishedAt`; within a millisecond by the bytes of the id. */
  readonly sort: 'newest' | 'oldest'
  readonly limit: number
  /** `next` of the page before; stable: nothing is shown twice or skipped by what arrives between two pages. */
  readonly after: string | null
}

export interface Hit {
  readonly id: string
  readonly content: Content
  readonly firstObservedAt: number
}

export interface SearchPage {
  readonly hits: readonly Hit[]
  /** Exact number of matches. */
  readonly total: number
  readonly next: string | null
}

/** Sums over mentions; shares are made from them by `query`-independent code, the same for report, search and alerts. */
export interface Sums {
  readonly mentions: number
  /** Those with a sentiment score; the rest was not scored. */
  readonly scored: number
  /** Sums of the calibrated probabilities over the scored ones. */
  readonly negative: number
  readonly neutral: number
  readonly positive: number
  /** Sum of p(1-p) of the negative probability: the variance of the expected count. */
  readonly negativeVariance: number
}

/** What can be counted. A mention counts once for each of its terms. */
export const TermField = {
  Platform: 'platform',
  /** As detected; a mention without one is not counted. */
  Language: 'language',
  /** `<platform>:` and the handle, else the name, else the id. */
  Author: 'author',
  /** Hosts that it links to, without `www.`. */
  Domain: 'domain',
  /** The id of a profile, else the text as it is written. */
  Entity: 'entity',
  Brand: 'brand',
  /** Folded forms of its words, without stop words, single characters and bare numbers. */
  Word: 'word',
  Connector: 'connector',
} as const
export type TermField = (typeof TermField)[keyof typeof TermField]

export interface TermCount {
  readonly term: string
  readonly mentions: number
}

export interface Aggregates {
  readonly total: Sums
  /** Non-empty 5-minute UTC buckets of `publishedAt`, in order. */
  readonly buckets: readonly { readonly start: number; readonly sums: Sums }[]
  readonly terms: Readonly<Partial<Record<TermField, readonly TermCount[]>>>
  /** Most that any count in `terms` may be off (where words are counted in a sample: in 999 of 1,000 cases); 0: exact. */
  readonly termError: number
}

export interface AggregateRequest extends Selection {
  readonly buckets: boolean
  readonly terms: readonly TermField[]
  readonly termLimit: number
}

export const BUCKET_MS = 5 * 60_000

/** Mentions by id, searched by our query language. What wins is `merge`; the engine only compares and sets (DESIGN §5). */
export interface SearchIndex extends AsyncDisposable {
  /** Makes or checks what the index needs; may be called again. */
  prepare(): Promise<void>
  /**
   * One outcome per operation, in order. Durable when resolved. Operations on one id, and an author's operations and mentions,
   * take effect in the order given; with the same operations in another order the end is the same. An `update` whose brands
   * are empty and whose id is not held is `dropped` as `unmatched`. A mention that was first observed up to an author's
   * deletion is gone for good (`dropped` as `author deleted` when it comes after it), later edits of it included. Where several
   * processes write, a call knows every author's operation that was written by a call which resolved before it.
   */
  write(operations: readonly IndexOperation[]): Promise<readonly WriteOutcome[]>
  /** Sees every write that has resolved. Gone and hidden mentions are never shown or counted. */
  search(request: SearchRequest): Promise<SearchPage>
  aggregate(request: AggregateRequest): Promise<Aggregates>
  /** Of each id, in order, the mention as it stands, or null when it is unknown, hidden or deleted. Sees every write that has resolved. */
  get(ids: readonly string[]): Promise<readonly (Hit | null)[]>
  /** Removes tombstones of ids never held that were written before `before` by our clock, and mentions published before `retainSince`; answers how many. */
  prune(before: number, retainSince: number | null): Promise<number>
}
