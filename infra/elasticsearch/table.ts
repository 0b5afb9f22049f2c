import type { Client, estypes } from '@elastic/elasticsearch'
import type { Clock } from '#infra/contracts/clock.ts'
import type { Expected, Row, Table } from '#infra/contracts/table.ts'
import { pause } from '#infra/runtime/pause.ts'
import { checkedKey } from '#infra/runtime/table-key.ts'
import { connect, type ElasticsearchConnection } from './connect.ts'
import { IndexChanges } from './index-changes.ts'
import { tableName } from './names.ts'
import { createIndex } from './prepare-index.ts'
import { asked, isDocumentMissing, searchWhole, statusOf } from './server-error.ts'

export interface ElasticsearchTableOptions {
  readonly connection: ElasticsearchConnection
  readonly namespace: string
  readonly name: string
  readonly clock: Clock
  readonly replicas?: number
}

/** What stands in the index. A deleted row stays as a mark for a day, so that those who watch learn of it. */
interface RowDocument {
  readonly key: string
  /** JSON; null when the row was deleted. */
  readonly value: string | null
  readonly deletedAt: number | null
}

interface FoundRow {
  readonly document: RowDocument
  readonly version: string
}

const MAPPING: estypes.MappingTypeMapping = {
  dynamic: 'strict',
  properties: {
    key: { type: 'keyword' },
    value: { type: 'keyword', index: false, doc_values: false },
    deletedAt: { type: 'date', format: 'epoch_millis' },
  },
}

/** How soon a change made by another process is seen; our own are seen at once. */
const POLL_MS = 1_000
const PAGE = 1_000
const MARKS_KEPT_MS = 86_400_000
const WHAT = 'reading and writing a table'

/**
 * A table that is an index of its own: one shard, whose sequence numbers order all changes. Makes the index when it is
 * missing. Rejects with a config error when the server refuses, a transient one when it does not answer.
 */
export async function openElasticsearchTable(options: ElasticsearchTableOptions): Promise<Table> {
  const { connection, namespace, name, clock, replicas = 1 } = options
  await using opened = new AsyncDisposableStack()
  const client = opened.adopt(connect(connection), (client) => client.close())
  const index = tableName(namespace, name)
  const settings = { number_of_shards: 1, number_of_replicas: replicas, refresh_interval: '5s' }
  await createIndex(client, { index, settings, mappings: MAPPING })
  await forgetMarks(client, index, clock.now() - MARKS_KEPT_MS)
  return new ElasticsearchTable(client, index, clock, opened.move())
}

/** In the background of the server: nobody waits for it. */
async function forgetMarks(client: Client, index: string, before: number): Promise<void> {
  const query = { range: { deletedAt: { lt: before } } }
  await asked(WHAT, client.deleteByQuery({ index, query, conflicts: 'proceed', wait_for_completion: false }))
}

class ElasticsearchTable implements Table {
  readonly #client: Client
  readonly #index: string
  readonly #clock: Clock
  readonly #opened: AsyncDisposableStack
  readonly #ending = new AbortController()
  /** Of those who watch: what this process has changed since they began. */
  readonly #watching = new Set<IndexChanges>()

  constructor(client: Client, index: string, clock: Clock, opened: AsyncDisposableStack) {
    this.#client = client
    this.#index = index
    this.#clock = clock
    this.#opened = opened
  }

  async get(key: string): Promise<Row | null> {
    const found = await this.#find(checkedKey(key))
    return found === null ? null : rowOf(found)
  }

  /** Past every cache; also what is only a mark. */
  async #find(key: string): Promise<FoundRow | null> {
    try {
      const found = await this.#client.get<RowDocument>({ index: this.#index, id: key })
      return { document: found._source!, version: printVersion(found._seq_no!, found._primary_term!) }
    } catch (error) {
      if (isDocumentMissing(error)) return null
      return await asked(WHAT, Promise.reject(error))
    }
  }

  async list(prefix: string, options: { readonly after?: string; readonly limit?: number } = {}): Promise<Row[]> {
    const { limit = Number.POSITIVE_INFINITY } = options
    await asked(WHAT, this.#client.indices.refresh({ index: this.#index }))
    const filter: estypes.QueryDslQueryContainer[] = prefix === '' ? [] : [{ prefix: { key: prefix } }]
    const query = { bool: { filter, must_not: [{ exists: { field: 'deletedAt' } }] } }
    const rows: Row[] = []
    for (let after = options.after; rows.length < limit; after = rows.at(-1)!.key) {
      const size = Math.min(limit - rows.length, PAGE)
      const found: estypes.SearchResponse<RowDocument> = await searchWhole<RowDocument>(this.#client, WHAT, {
        index: this.#index,
        size,
        query,
        sort: [{ key: 'asc' }],
        seq_no_primary_term: true,
        track_total_hits: false,
        ...(after === undefined ? {} : { search_after: [after] }),
      })
      for (const { _source, _seq_no, _primary_term } of found.hits.hits) {
        rows.push(rowOf({ document: _source!, version: printVersion(_seq_no!, _primary_term!) })!)
      }
      if (found.hits.hits.length < size) break
    }
    return rows
  }

  async put(key: string, value: unknown, expected: Expected): Promise<Row | null> {
    const json = JSON.stringify(value)
    if (json === undefined) throw new TypeError(`the value of ${key} is not JSON`)
    const document = { key: checkedKey(key), value: json, deletedAt: null }
    let version: string | null
    if (expected !== null) version = await this.#set(document, expected)
    else {
      version = await this.#set(document, null)
      // A mark may stand where nothing is expected.
      const found = version === null ? await this.#find(key) : null
      if (found !== null && found.document.value === null) version = await this.#set(document, found.version)
    }
    return version === null ? null : { key, value: JSON.parse(json), version }
  }

  async delete(key: string, expected: string): Promise<boolean> {
    const found = await this.#find(checkedKey(key))
    if (found === null || found.document.value === null || found.version !== expected) return false
    return (await this.#set({ key, value: null, deletedAt: this.#clock.now() }, expected)) !== null
  }

  /** The new version, or null when the stored one is another; `expected` null: there must be no document. */
  async #set(document: RowDocument, expected: Expected): Promise<string | null> {
    const condition = expected === null ? { op_type: 'create' as const } : parseVersion(expected)
    if (condition === null) return null
    try {
      const put = await this.#client.index<RowDocument>({
        index: this.#index,
        id: document.key,
        document,
        ...condition,
      })
      for (const changes of this.#watching) changes.add(document.key, put._seq_no!, put._primary_term!)
      return printVersion(put._seq_no!, put._primary_term!)
    } catch (error) {
      if (statusOf(error) === 409) return null
      return await asked(WHAT, Promise.reject(error))
    }
  }

  watch(signal: AbortSignal): AsyncIterable<string> {
    // Registered at once and not when the first key is wanted: what is put after this call is seen.
    const changes = new IndexChanges(this.#client, this.#index)
    this.#watching.add(changes)
    const start = changes.start()
    start.catch(() => undefined) // reported by the iteration
    return this.#keysOf(changes, start, AbortSignal.any([signal, this.#ending.signal]))
  }

  async *#keysOf(changes: IndexChanges, start: Promise<void>, signal: AbortSignal): AsyncGenerator<string> {
    try {
      await start
      while (!signal.aborted) {
        for (const key of await changes.take()) {
          if (signal.aborted) return
          yield key
        }
        const waking = new AbortController()
        const woken = changes.added.then(() => waking.abort())
        await Promise.race([woken, pause(POLL_MS, this.#clock, AbortSignal.any([signal, waking.signal]))])
      }
    } catch (error) {
      // Whoever has stopped watching need not hear that the connection was closed meanwhile.
      if (!signal.aborted) throw error
    } finally {
      this.#watching.delete(changes)
    }
  }

  /** Ends those who watch. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
    await this.#opened.disposeAsync()
  }
}

function rowOf({ document: { key, value }, version }: FoundRow): Row | null {
  return value === null ? null : { key, value: JSON.parse(value), version }
}

const printVersion = (seqNo: number, primaryTerm: number): string => `${seqNo}.${primaryTerm}`

/** null for what this table never gave: no row has it. */
function parseVersion(version: string): { readonly if_seq_no: number; readonly if_primary_term: number } | null {
  const parts = /^(\d{1,15})\.(\d{1,9})$/.exec(version)
  return parts === null ? null : { if_seq_no: Number(parts[1]), if_primary_term: Number(parts[2]) }
}
