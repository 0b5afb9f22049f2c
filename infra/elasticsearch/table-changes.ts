import type { Client, estypes } from '@elastic/elasticsearch'
import { asked } from './server-error.ts'

const PAGE = 1_000
/** A number is given out before its document can be found, so a lower one may appear after a higher one. */
const OVERLAP = 200
const WHAT = 'watching a table'

/** The keys of an index that changed, found by the sequence numbers of its one shard, and those that this process tells of. */
export class TableChanges {
  readonly #client: Client
  readonly #index: string
  /** Up to here everything was looked at, but for what `OVERLAP` allows. */
  #after = -1
  /** Told of, by sequence number; those too old to be met again are forgotten. */
  readonly #known = new Set<number>()
  #own: string[] = []
  #wake = Promise.withResolvers<void>()

  constructor(client: Client, index: string) {
    this.#client = client
    this.#index = index
  }

  /** Everything up to now is known. */
  async start(): Promise<void> {
    const told = new Set(this.#known)
    const { hits } = await this.#find({ match_all: {} }, 'desc', OVERLAP)
    this.#after = hits.hits[0]?._seq_no ?? -1
    for (const { _seq_no } of hits.hits) if (!told.has(_seq_no!)) this.#known.add(_seq_no!)
  }

  /** What this process has changed itself. */
  add(key: string, seqNo: number): void {
    this.#known.add(seqNo)
    this.#own.push(key)
    this.#wake.resolve()
  }

  /** Resolves when something was added that `take` has not given yet. */
  get added(): Promise<void> {
    return this.#wake.promise
  }

  /** The keys that changed since the call before, each at least once. */
  async take(): Promise<ReadonlySet<string>> {
    const keys = new Set(this.#own)
    this.#own = []
    this.#wake = Promise.withResolvers()
    for (let from = this.#after - OVERLAP; ; ) {
      const { hits } = await this.#find({ range: { _seq_no: { gt: from } } }, 'asc', PAGE)
      for (const { _seq_no, _id } of hits.hits) {
        from = _seq_no!
        if (this.#known.has(from)) continue
        this.#known.add(from)
        keys.add(_id!)
      }
      this.#after = Math.max(this.#after, from)
      if (hits.hits.length < PAGE) break
    }
    for (const seqNo of this.#known) if (seqNo < this.#after - OVERLAP) this.#known.delete(seqNo)
    return keys
  }

  async #find(query: estypes.QueryDslQueryContainer, order: 'asc' | 'desc', size: number) {
    await asked(WHAT, this.#client.indices.refresh({ index: this.#index }))
    return asked(
      WHAT,
      this.#client.search({
        index: this.#index,
        size,
        query,
        sort: [{ _seq_no: order }],
        _source: false,
        seq_no_primary_term: true,
        track_total_hits: false,
      }),
    )
  }
}
