import type { Client, estypes } from '@elastic/elasticsearch'
import { type AuthorRow, afterOperation, NO_AUTHOR_ROW } from '#infra/runtime/author-row.ts'
import type { AuthorEvent } from '#schemas/generated.ts'
import { asked, statusOf } from './server-error.ts'

/** As it stands in the index. `unfinished`: a pass over the author's mentions was begun and not yet ended. */
interface AuthorDocument {
  readonly key: string
  readonly until: number | null
  readonly block: boolean
  readonly visibilityRev: number | null
  readonly hidden: boolean | null
  readonly unfinished: boolean
}

export const authorMapping = {
  dynamic: 'strict',
  properties: {
    key: { type: 'keyword' },
    until: { type: 'long' },
    block: { type: 'boolean' },
    visibilityRev: { type: 'long' },
    hidden: { type: 'boolean' },
    unfinished: { type: 'boolean' },
  },
} as const

const PAGE = 5_000
const WHAT = 'reading and writing author operations'

/**
 * Rows of all authors with operations, in memory: every mention written asks for its author's. An operation reaches every
 * writer, since each partition has a copy; what another process has stored is merged, and only what this one has not yet
 * worked through counts as known.
 */
export class AuthorStore {
  readonly #client: Client
  readonly #index: string
  readonly #rows = new Map<string, AuthorRow>()
  readonly #unfinished = new Set<string>()
  #loading: Promise<void> | null = null

  constructor(client: Client, index: string) {
    this.#client = client
    this.#index = index
  }

  /** Before the first answer. Repeated after a failure. */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = null
      throw error
    })
    return this.#loading
  }

  async #load(): Promise<void> {
    await asked(WHAT, this.#client.indices.refresh({ index: this.#index }))
    for (let after: string | null = null; ; ) {
      const answer: estypes.SearchResponse<AuthorDocument> = await asked(
        WHAT,
        this.#client.search<AuthorDocument>({
          index: this.#index,
          size: PAGE,
          sort: [{ key: 'asc' }],
          ...(after === null ? {} : { search_after: [after] }),
        }),
      )
      const { hits } = answer.hits
      for (const { _source } of hits) {
        this.#rows.set(_source!.key, rowOf(_source!))
        if (_source!.unfinished) this.#unfinished.add(_source!.key)
      }
      if (hits.length < PAGE) return
      after = hits.at(-1)!._source!.key
    }
  }

  get(key: string | null): AuthorRow | undefined {
    return key === null ? undefined : this.#rows.get(key)
  }

  /** The row to work through, which is stored; null when the operation changes nothing. `finish` follows when that is done. */
  async begin(key: string, event: AuthorEvent): Promise<AuthorRow | null> {
    const known = this.#rows.get(key) ?? NO_AUTHOR_ROW
    if (afterOperation(known, event) === known && !this.#unfinished.has(key)) return null
    // Refused from now on, also when this attempt should fail half-way.
    this.#unfinished.add(key)
    const row = await this.#change(key, (stored) => ({ row: afterOperation(stored, event), unfinished: true }))
    this.#rows.set(key, row)
    return row
  }

  async finish(key: string, done: AuthorRow): Promise<void> {
    // What another process has added meanwhile is its own to work through.
    await this.#change(key, (stored) => ({ row: stored, unfinished: !isEqual(stored, done) }))
    this.#unfinished.delete(key)
  }

  async #change(
    key: string,
    change: (stored: AuthorRow) => { readonly row: AuthorRow; readonly unfinished: boolean },
  ): Promise<AuthorRow> {
    for (;;) {
      const found = await this.#read(key)
      const { row, unfinished } = change(found === null ? NO_AUTHOR_ROW : rowOf(found._source!))
      const version =
        found === null
          ? { op_type: 'create' as const }
          : { if_seq_no: found._seq_no!, if_primary_term: found._primary_term! }
      const document = documentOf(key, row, unfinished)
      try {
        await this.#client.index<AuthorDocument>({ index: this.#index, id: key, document, ...version })
        return row
      } catch (error) {
        if (statusOf(error) !== 409) await asked(WHAT, Promise.reject(error))
      }
    }
  }

  async #read(key: string) {
    try {
      return await this.#client.get<AuthorDocument>({ index: this.#index, id: key })
    } catch (error) {
      if (statusOf(error) === 404 && isDocumentMissing(error)) return null
      return await asked(WHAT, Promise.reject(error))
    }
  }
}

const isDocumentMissing = (error: unknown): boolean => (error as { body?: { found?: boolean } }).body?.found === false

function rowOf({ until, block, visibilityRev, hidden }: AuthorDocument): AuthorRow {
  return { until, block, visibility: visibilityRev === null ? null : { rev: visibilityRev, hidden: hidden === true } }
}

const documentOf = (key: string, { until, block, visibility }: AuthorRow, unfinished: boolean): AuthorDocument => ({
  key,
  until,
  block,
  visibilityRev: visibility?.rev ?? null,
  hidden: visibility?.hidden ?? null,
  unfinished,
})

const isEqual = (a: AuthorRow, b: AuthorRow): boolean =>
  a.until === b.until &&
  a.block === b.block &&
  a.visibility?.rev === b.visibility?.rev &&
  a.visibility?.hidden === b.visibility?.hidden
