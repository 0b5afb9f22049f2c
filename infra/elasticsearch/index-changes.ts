import type { Client, estypes } from '@elastic/elasticsearch'
import { asked, searchWhole } from './server-error.ts'

const PAGE = 1_000
/** A number is given out before its document can be found, so a lower one may appear after a higher one. */
const OVERLAP = 200
const WHAT = 'looking for changes'

/** The keys of an index that changed, found by the sequence numbers of its one shard, and those that this process tells of. */
export class IndexChanges {
  readonly #client: Client
  readonly #index: string
  /** Up to here everything was looked at, but for what `OVERLAP` allows. */
  #after = -1
  /**
   * Told of: the primary's term by sequence number, for a new primary may give a number again that an old one gave to what it
   * never acknowledged. Those too old to be met again are forgotten.
   */
  readonly #known = new Map<number, number>()
  #own: string[] = []
  #wake = Promise.withResolvers<void>()

  constructor(client: Client, index: string) {
    this.#client = client
    this.#index = index
  }

  /** Everything up to now is known. */
  async start(): Promise<void> {
    const told = new Set(this.#known.keys())
    const { hits } = await this.#find({ match_all: {} }, 'desc', OVERLAP)
    this.#after = hits.hits[0]?._seq_no ?? -1
    for (const { _seq_no, _primary_term } of hits.hits) {
      if (!told.has(_seq_no!)) this.#known.set(_seq_no!, _primary_term!)
    }
  }

  /** What this process has changed itself. */
  add(key: string, seqNo: number, primaryTerm: number): void {
    this.#known.set(seqNo, primaryTerm)
    this.#own.push(key)
    this.#wake.resolve()
  }

  /** Resolves when something was added that `take` has not given yet. */
  get added(): Promise<void> {
    return this.#wake.promise
  }

  /** The keys of all that was stored before this call and changed since the one before, each at least once. One call at a time. */
  async take(): Promise<ReadonlySet<string>> {
    const keys = new Set<string>()
    const found = await this.#stored()
    // Nothing counts as told before everything was found.
    for (const { _id, _seq_no, _primary_term } of found) {
      if (this.#known.get(_seq_no!) === _primary_term) continue
      this.#known.set(_seq_no!, _primary_term!)
      keys.add(_id!)
    }
    this.#after = Math.max(this.#after, found.at(-1)?._seq_no ?? -1)
    for (const seqNo of this.#known.keys()) if (seqNo < this.#after - OVERLAP) this.#known.delete(seqNo)
    for (const key of this.#own) keys.add(key)
    this.#own = []
    this.#wake = Promise.withResolvers()
    return keys
  }

  /** All that was looked at last, and what came after it. */
  async #stored(): Promise<readonly estypes.SearchHit[]> {
    const stored: estypes.SearchHit[] = []
    for (let from = this.#after - OVERLAP; ; from = stored.at(-1)!._seq_no!) {
      const { hits } = await this.#find({ range: { _seq_no: { gt: from } } }, 'asc', PAGE)
      stored.push(...hits.hits)
      if (hits.hits.length < PAGE) return stored
    }
  }

  async #find(query: estypes.QueryDslQueryContainer, order: 'asc' | 'desc', size: number) {
    await asked(WHAT, this.#client.indices.refresh({ index: this.#index }))
    return searchWhole(this.#client, WHAT, {
      index: this.#index,
      size,
      query,
      sort: [{ _seq_no: order }],
      _source: false,
      seq_no_primary_term: true,
      track_total_hits: false,
    })
  }
}
