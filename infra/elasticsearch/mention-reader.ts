import type { Client, estypes } from '@elastic/elasticsearch'
import {
  type AggregateRequest,
  type Aggregates,
  type Hit,
  type SearchPage,
  type SearchRequest,
  type TermCount,
  TermField,
} from '#infra/contracts/search-index.ts'
import { comparePlaces, type PagePlace, parsePlace, printPlace } from '#infra/runtime/page-place.ts'
import { MAX_COUNTED, mostFrequent, sampleError, scaledUp } from '#infra/runtime/term-counts.ts'
import { WordCounter } from '#infra/runtime/word-counter.ts'
import {
  BUCKETS_PER_PAGE,
  bucketPage,
  type ReadTerms,
  readBuckets,
  readSums,
  readTerms,
  SUMS,
  termRequests,
} from './aggregations.ts'
import { type MentionDocument, readDocument } from './mention-document.ts'
import { type MentionField, SAMPLES } from './mention-fields.ts'
import { type Scanned, scanMentions } from './mention-scan.ts'
import { MentionTally } from './mention-tally.ts'
import type { IndexNames } from './names.ts'
import { type Filter, filterOf, VERIFIED_FIELDS } from './selection-filter.ts'
import { asked, searchWhole, unread } from './server-error.ts'

/** Mentions of one request for those that are shown, and of those of which only some fields are read. */
const SHOWN_PER_REQUEST = 1_000
const READ_PER_REQUEST = 5_000

const WHAT = 'searching mentions'
const HIT_FIELDS: readonly MentionField[] = ['firstObservedAt', 'record']

/** Answers questions through the filtered alias, so that nothing hidden can slip through. */
export class MentionReader {
  readonly #client: Client
  readonly #names: IndexNames

  constructor(client: Client, names: IndexNames) {
    this.#client = client
    this.#names = names
  }

  async search(request: SearchRequest): Promise<SearchPage> {
    const after = request.after === null ? null : parsePlace(request.after)
    const filter = filterOf(request)
    return filter.verifies === null
      ? this.#searchExact(filter.query, request, after)
      : this.#searchVerified(filter, request, after)
  }

  async #searchExact(
    query: estypes.QueryDslQueryContainer,
    { sort, limit }: SearchRequest,
    after: PagePlace | null,
  ): Promise<SearchPage> {
    const counting = this.#ask(query, {}, true)
    counting.catch(() => undefined) // awaited below
    const found: Scanned[] = []
    const page = Math.min(limit + 1, SHOWN_PER_REQUEST)
    const scan = { index: this.#names.shown, query, sort, after, page, fields: HIT_FIELDS }
    if (limit > 0) {
      for await (const scanned of scanMentions(this.#client, scan)) {
        found.push(...scanned)
        if (found.length > limit) break
      }
    }
    const shown = found.slice(0, limit)
    const total = ((await counting).hits.total as estypes.SearchTotalHits).value
    return { hits: shown.map(hitOf), total, next: found.length > limit ? printPlace(shown.at(-1)!.place) : null }
  }

  /** Every candidate is looked at, since only then their number is known. */
  async #searchVerified(filter: Filter, { sort, limit }: SearchRequest, after: PagePlace | null): Promise<SearchPage> {
    let total = 0
    const places: PagePlace[] = []
    const scan = this.#scan(filter, sort, VERIFIED_FIELDS)
    for await (const { place } of scan) {
      total++
      if (places.length <= limit && (after === null || comparePlaces(sort, after, place) < 0)) places.push(place)
    }
    const shown = places.slice(0, limit)
    const query = { ids: { values: shown.map(([, id]) => id) } }
    const hits: Hit[] = []
    if (shown.length > 0) {
      const options = {
        index: this.#names.shown,
        query,
        sort,
        after: null,
        page: SHOWN_PER_REQUEST,
        fields: HIT_FIELDS,
      }
      for await (const scanned of scanMentions(this.#client, options)) hits.push(...scanned.map(hitOf))
    }
    return { hits, total, next: limit > 0 && places.length > limit ? printPlace(shown.at(-1)!) : null }
  }

  /** One by one, those that the query really finds. */
  async *#scan(
    { query, verifies }: Filter,
    sort: SearchRequest['sort'],
    fields: readonly MentionField[],
  ): AsyncGenerator<Scanned> {
    const options = { index: this.#names.shown, query, sort, after: null, page: READ_PER_REQUEST, fields }
    for await (const scanned of scanMentions(this.#client, options)) {
      for (const one of scanned) if (verifies === null || verifies(one.document)) yield one
    }
  }

  async aggregate(request: AggregateRequest): Promise<Aggregates> {
    const filter = filterOf(request)
    const counted =
      filter.verifies === null ? await this.#countExact(filter, request) : await this.#countVerified(filter, request)
    if (!request.terms.includes(TermField.Word)) return counted
    const words = await this.#countWords(filter, counted.total.mentions, request.termLimit)
    return {
      ...counted,
      terms: { ...counted.terms, word: words.counts },
      termError: Math.max(counted.termError, words.error),
    }
  }

  async #countExact(filter: Filter, { buckets, terms, termLimit }: AggregateRequest): Promise<Aggregates> {
    const listed = terms.filter((field) => field !== TermField.Word)
    const [total, found, ...parts] = await Promise.all([
      this.#sums(filter),
      buckets ? this.#buckets(filter) : [],
      ...(termLimit > 0 ? termRequests(listed, termLimit) : []).map((part) => this.#terms(filter, part)),
    ])
    const none = Object.fromEntries(listed.map((field) => [field, []]))
    return {
      total,
      buckets: found,
      terms: Object.assign(none, ...parts.map((part) => part.terms)),
      termError: Math.max(0, ...parts.map(({ termError }) => termError)),
    }
  }

  async #sums({ query }: Filter) {
    const { hits, aggregations } = await this.#ask(query, SUMS, true)
    return readSums((hits.total as estypes.SearchTotalHits).value, aggregations)
  }

  async #buckets({ query }: Filter): Promise<Aggregates['buckets']> {
    const all: Aggregates['buckets'][number][] = []
    for (;;) {
      const { aggregations } = await this.#ask(query, bucketPage(all.at(-1)?.start ?? null))
      const page = readBuckets(aggregations.buckets)
      all.push(...page)
      if (page.length < BUCKETS_PER_PAGE) return all
    }
  }

  async #terms({ query }: Filter, aggs: Record<string, estypes.AggregationsAggregationContainer>): Promise<ReadTerms> {
    return readTerms((await this.#ask(query, aggs)).aggregations)
  }

  async #ask(
    query: estypes.QueryDslQueryContainer,
    aggs: Record<string, estypes.AggregationsAggregationContainer>,
    track_total_hits = false,
  ) {
    const request = { index: this.#names.shown, size: 0, track_total_hits, query, aggs }
    const { hits, aggregations } = await searchWhole(this.#client, WHAT, request)
    return { hits, aggregations: aggregations as Record<string, unknown> }
  }

  async #countVerified(filter: Filter, request: AggregateRequest): Promise<Aggregates> {
    const tally = new MentionTally(request)
    for await (const scanned of this.#scan(filter, 'oldest', [...VERIFIED_FIELDS, ...HIT_FIELDS]))
      tally.add(hitOf(scanned).content)
    return { total: tally.total, buckets: tally.buckets, terms: tally.terms, termError: 0 }
  }

  /** From the tokens themselves, as every index counts them. */
  async #countWords(filter: Filter, matches: number, limit: number): Promise<{ counts: TermCount[]; error: number }> {
    const words = new WordCounter()
    let sampled = 0
    const share = Math.ceil((MAX_COUNTED / matches) * SAMPLES)
    const isSample = matches > MAX_COUNTED
    const query = isSample ? { bool: { filter: [filter.query, { range: { sample: { lt: share } } }] } } : filter.query
    for await (const { document } of this.#scan({ ...filter, query }, 'oldest', VERIFIED_FIELDS)) {
      words.add(String(document.tokens))
      sampled++
    }
    const { counts } = words
    if (!isSample) return { counts: mostFrequent(counts, limit), error: 0 }
    return {
      counts: mostFrequent(scaledUp(counts, matches, sampled), limit),
      error: sampleError(matches, sampled, counts.size),
    }
  }

  /** By id what was written counts at once, without a refresh; no alias filters it, so what is hidden is left out here. */
  async get(ids: readonly string[]): Promise<readonly (Hit | null)[]> {
    const hits: (Hit | null)[] = []
    for (let from = 0; from < ids.length; from += SHOWN_PER_REQUEST) {
      const some = ids.slice(from, from + SHOWN_PER_REQUEST)
      const request = { index: this.#names.mentions, ids: some, _source: ['visible', ...HIT_FIELDS] }
      const { docs } = await asked(WHAT, this.#client.mget<MentionDocument>(request))
      for (const [i, found] of docs.entries()) {
        if ('error' in found) throw unread(WHAT, found.error)
        const document = found._source
        hits.push(document?.visible === true ? hitOf({ place: [0, some[i]!], document }) : null)
      }
    }
    return hits
  }
}

function hitOf({ place: [, id], document }: Scanned): Hit {
  const { content, firstObservedAt } = readDocument(id, document).state
  return { id, content: content!, firstObservedAt: firstObservedAt! }
}
