import type { Client, estypes } from '@elastic/elasticsearch'
import { type AuthorRow, afterOperation, NO_AUTHOR_ROW } from '#infra/runtime/author-row.ts'
import type { AuthorEvent } from '#schemas/generated.ts'
import { IndexChanges } from './index-changes.ts'
import { asked, isDocumentMissing, searchWhole, statusOf, unread } from './server-error.ts'
import { sharedRun } from './shared-run.ts'

/** As it stands in the index. */
interface AuthorDocument {
  readonly key: string
  readonly until: number | null
  readonly block: boolean
  readonly visibilityRev: number | null
  readonly hidden: boolean | null
}

export const authorMapping = {
  dynamic: 'strict',
  properties: {
    key: { type: 'keyword' },
    until: { type: 'long' },
    block: { type: 'boolean' },
    visibilityRev: { type: 'long' },
    hidden: { type: 'boolean' },
  },
} as const

const PAGE = 5_000
/** Rows of one read by key. */
const READ_ITEMS = 500
const WHAT = 'reading and writing author operations'

/**
 * Rows of all authors with operations, in memory: every mention written asks for its author's. Whoever is about to write asks
 * first for what other processes have stored: the partition of a mention may have been another's a moment ago, and the deletion
 * of its author in it been worked through there.
 */
export class AuthorStore {
  readonly #client: Client
  readonly #index: string
  readonly #rows = new Map<string, AuthorRow>()
  readonly #changes: IndexChanges
  /** Stored by others and not yet read. */
  readonly #unread = new Set<string>()
  #isLoaded = false
  /** Resolves when every row is known that was stored before this call. May be repeated after a failure. */
  readonly catchUp = sharedRun(() => this.#catchUp())

  constructor(client: Client, index: string) {
    this.#client = client
    this.#index = index
    this.#changes = new IndexChanges(client, index)
  }

  async #catchUp(): Promise<void> {
    if (!this.#isLoaded) {
      await this.#changes.start()
      await this.#load()
      this.#isLoaded = true
      return
    }
    for (const key of await this.#changes.take()) this.#unread.add(key)
    while (this.#unread.size > 0) await this.#readSome([...this.#unread].slice(0, READ_ITEMS))
  }

  async #load(): Promise<void> {
    for (let after: string | null = null; ; ) {
      const answer: estypes.SearchResponse<AuthorDocument> = await searchWhole<AuthorDocument>(this.#client, WHAT, {
        index: this.#index,
        size: PAGE,
        sort: [{ key: 'asc' }],
        ...(after === null ? {} : { search_after: [after] }),
      })
      const { hits } = answer.hits
      for (const { _source } of hits) this.#rows.set(_source!.key, rowOf(_source!))
      if (hits.length < PAGE) return
      after = hits.at(-1)!._source!.key
    }
  }

  async #readSome(keys: readonly string[]): Promise<void> {
    const { docs } = await asked(WHAT, this.#client.mget<AuthorDocument>({ index: this.#index, ids: [...keys] }))
    for (const [i, found] of docs.entries()) {
      if ('error' in found) throw unread(WHAT, found.error)
      const key = keys[i]!
      if (found._source !== undefined) this.#rows.set(key, rowOf(found._source))
      this.#unread.delete(key)
    }
  }

  get(key: string | null): AuthorRow | undefined {
    return key === null ? undefined : this.#rows.get(key)
  }

  /** Stores what stands after an operation, for all to see; false when it changes nothing. */
  async apply(key: string, event: AuthorEvent): Promise<boolean> {
    const known = this.#rows.get(key) ?? NO_AUTHOR_ROW
    if (afterOperation(known, event) === known) return false
    for (;;) {
      const found = await this.#read(key)
      const stored = found === null ? NO_AUTHOR_ROW : rowOf(found._source!)
      const row = afterOperation(stored, event)
      if (row === stored || (await this.#write(key, row, found))) {
        this.#rows.set(key, row)
        return row !== stored
      }
    }
  }

  /** False when the stored row is not the one that was read. */
  async #write(key: string, row: AuthorRow, found: estypes.GetGetResult | null): Promise<boolean> {
    const version =
      found === null
        ? { op_type: 'create' as const }
        : { if_seq_no: found._seq_no!, if_primary_term: found._primary_term! }
    const document = documentOf(key, row)
    try {
      await this.#client.index<AuthorDocument>({ index: this.#index, id: key, document, ...version })
      return true
    } catch (error) {
      if (statusOf(error) === 409) return false
      return await asked(WHAT, Promise.reject(error))
    }
  }

  async #read(key: string) {
    try {
      return await this.#client.get<AuthorDocument>({ index: this.#index, id: key })
    } catch (error) {
      if (isDocumentMissing(error)) return null
      return await asked(WHAT, Promise.reject(error))
    }
  }
}

function rowOf({ until, block, visibilityRev, hidden }: AuthorDocument): AuthorRow {
  return { until, block, visibility: visibilityRev === null ? null : { rev: visibilityRev, hidden: hidden === true } }
}

const documentOf = (key: string, { until, block, visibility }: AuthorRow): AuthorDocument => ({
  key,
  until,
  block,
  visibilityRev: visibility?.rev ?? null,
  hidden: visibility?.hidden ?? null,
})
