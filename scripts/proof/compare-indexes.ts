import { negativeShare } from '#index/search/expected-share.ts'
import { foldBuckets } from '#index/search/fold-buckets.ts'
import {
  type Aggregates,
  type Hit,
  type SearchIndex,
  type TermCount,
  TermField,
} from '#infra/contracts/search-index.ts'
import { Difference } from './difference.ts'
import type { ProofQuery } from './proof-queries.ts'

/** Engines keep probabilities in other widths, and add them in another order. */
const PRECISION = 1e-6
const PAGE = 500
const SWEEP_PAGE = 1_000
const TERMS = 50
const TIME_ZONE = 'Europe/Berlin'

export interface Answer {
  readonly name: string
  readonly total: number
  readonly buckets: number
  readonly terms: number
  /** Time of all requests, milliseconds. */
  readonly embeddedMs: number
  readonly distributedMs: number
  /** Words of so many mentions are counted in a sample, another one in each index: most that the two may differ by; 0: exact. */
  readonly wordError: number
  /** null: the same. */
  readonly difference: string | null
}

/** Asks the same of both indexes and compares what they say. */
export class IndexComparison {
  readonly #embedded: SearchIndex
  readonly #distributed: SearchIndex
  readonly #difference = new Difference(PRECISION)

  constructor(embedded: SearchIndex, distributed: SearchIndex) {
    this.#embedded = embedded
    this.#distributed = distributed
  }

  /** Largest relative distance of sums of probabilities so far. */
  get precision(): number {
    return this.#difference.precision
  }

  /** Total, the newest and the oldest ids in order, the 5-minute histogram, term counts and a report's days in a time zone. */
  async compare({ name, selection }: ProofQuery): Promise<Answer> {
    const ask = async (index: SearchIndex) => {
      const start = performance.now()
      const pageOf = (sort: 'newest' | 'oldest') => index.search({ ...selection, sort, limit: PAGE, after: null })
      const newest = await pageOf('newest')
      const oldest = await pageOf('oldest')
      const fields = Object.values(TermField)
      const counted = await index.aggregate({ ...selection, buckets: true, terms: fields, termLimit: TERMS })
      const ms = performance.now() - start
      const ids = [newest, oldest].map(({ hits }) => hits.map(({ id }) => id))
      const { word = [], ...terms } = counted.terms
      const told = { matches: newest.total, ids, ...counted, terms, termError: 0, days: daysOf(counted) }
      return { ms, word, error: counted.termError, told }
    }
    const embedded = await ask(this.#embedded)
    const distributed = await ask(this.#distributed)
    const { told, word } = embedded
    const wordError = embedded.error + distributed.error
    const words =
      wordError === 0
        ? this.#difference.between(word, distributed.word, 'terms.word')
        : apart(embedded.word, distributed.word, wordError)
    return {
      ...{ name, total: told.matches, buckets: told.buckets.length, wordError },
      terms: Object.values(told.terms).reduce((sum, rows) => sum + rows.length, word.length),
      ...{ embeddedMs: embedded.ms, distributedMs: distributed.ms },
      difference: this.#difference.between(told, distributed.told) ?? words,
    }
  }

  /** Goes through every mention of both, oldest first, and compares each with all that is known about it. */
  async sweep(
    onProgress: (done: number, total: number) => void,
  ): Promise<{ mentions: number; difference: string | null }> {
    const everything = { query: null, range: { since: null, until: null }, brands: [], sort: 'oldest' as const }
    let mentions = 0
    const after: (string | null)[] = [null, null]
    for (;;) {
      const pages = await Promise.all(
        [this.#embedded, this.#distributed].map((index, i) =>
          index.search({ ...everything, limit: SWEEP_PAGE, after: after[i] ?? null }),
        ),
      )
      const [here, there] = pages.map(({ hits }) => hits.map(knownOf))
      const difference = this.#difference.between(here, there)
      if (difference !== null) return { mentions, difference }
      mentions += here?.length ?? 0
      onProgress(mentions, pages[0]?.total ?? 0)
      for (const [i, page] of pages.entries()) after[i] = page.next
      if (after.every((next) => next === null)) return { mentions, difference: null }
    }
  }
}

/** Words of both samples whose counts are further apart than the answers say that they may be. */
function apart(a: readonly TermCount[], b: readonly TermCount[], error: number): string | null {
  const other = new Map(b.map(({ term, mentions }) => [term, mentions]))
  const far = a.find(({ term, mentions }) => Math.abs(mentions - (other.get(term) ?? mentions)) > error)
  return far === undefined ? null : `terms.word.${far.term}: ${far.mentions} and ${other.get(far.term)}`
}

/** Where the raw record stands, and when this run took it in, is the business of each installation. */
function knownOf({ id, content: { raw, ...content }, firstObservedAt }: Hit): unknown {
  return { id, firstObservedAt, ...content, sha256: raw?.sha256 ?? null }
}

const daysOf = ({ buckets }: Aggregates) =>
  foldBuckets(buckets, 'day', TIME_ZONE).map(({ label, sums }) => ({ label, share: negativeShare(sums) }))
