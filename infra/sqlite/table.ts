import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { Expected, Row, Table } from '#infra/contracts/table.ts'
import { checkedKey } from '#infra/runtime/table-key.ts'
import type { StateStore, StoredRow } from './state-store.ts'
import type { WorkerClient } from './worker-client.ts'

/** How soon a change made by another process is seen; our own are seen at once. */
const POLL_MS = 1_000
const CHANGES_PER_READ = 1_000

/** One table of state.db. Keys have up to 512 bytes of UTF-8 and are ordered by them. */
export class SqliteTable implements Table {
  readonly #store: WorkerClient<StateStore>
  readonly #clock: Clock
  readonly #name: string
  readonly #ending = new AbortController()
  #changed = Promise.withResolvers<void>()

  constructor(store: WorkerClient<StateStore>, clock: Clock, name: string) {
    this.#store = store
    this.#clock = clock
    this.#name = name
  }

  async get(key: string): Promise<Row | null> {
    const row = await this.#store.call('get', { table: this.#name, key: checkedKey(key) })
    return row === null ? null : toRow(row)
  }

  async list(
    prefix: string,
    options: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly Row[]> {
    const { after = null, limit = Number.MAX_SAFE_INTEGER } = options
    return (await this.#store.call('list', { table: this.#name, prefix, after, limit })).map(toRow)
  }

  async put(key: string, value: unknown, expected: Expected): Promise<Row | null> {
    const json = JSON.stringify(value)
    if (json === undefined) throw new TypeError(`the value of ${key} is not JSON`)
    const request = { table: this.#name, key: checkedKey(key), value: json, expected: toNumber(expected) }
    const version = await this.#store.call('put', request)
    if (version === null) return null
    this.#announce()
    return { key, value: JSON.parse(json), version: String(version) }
  }

  async delete(key: string, expected: string): Promise<boolean> {
    const version = toNumber(expected)
    if (
      version === null ||
      !(await this.#store.call('delete', { table: this.#name, key: checkedKey(key), expected: version }))
    )
      return false
    this.#announce()
    return true
  }

  #announce(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }

  watch(signal: AbortSignal): AsyncIterable<string> {
    // Asked at once and not when the first key is wanted: what is put after this call is seen.
    const start = this.#store.call('lastChange', undefined)
    start.catch(() => undefined) // reported by the iteration
    return this.#changesFrom(start, AbortSignal.any([signal, this.#ending.signal]))
  }

  async *#changesFrom(start: Promise<number>, signal: AbortSignal): AsyncIterable<string> {
    let after = await start
    while (!signal.aborted) {
      const changed = this.#changed.promise
      const changes = await this.#store.call('changes', { table: this.#name, after, limit: CHANGES_PER_READ })
      if (changes === null) {
        const message = 'more changes came than are kept for those who watch; start again and read all rows'
        throw new PipelineError(ErrorClass.Transient, 'WATCH_FELL_BEHIND', message)
      }
      for (const key of new Set(changes.map((change) => change.key))) {
        if (signal.aborted) return
        yield key
      }
      after = changes.at(-1)?.version ?? after
      if (changes.length === 0) await this.#pause(changed, signal)
    }
  }

  /** Until something was changed here, or it is time to look what others have done. */
  async #pause(changed: Promise<void>, signal: AbortSignal): Promise<void> {
    const timer = new AbortController()
    try {
      await Promise.race([changed, this.#clock.sleep(POLL_MS, AbortSignal.any([signal, timer.signal]))])
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      timer.abort()
    }
  }

  /** Ends those who watch. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
  }
}

const toRow = ({ key, value, version }: StoredRow): Row => ({ key, value: JSON.parse(value), version: String(version) })

/** A version that this table never gave is one that no row has. */
function toNumber(expected: Expected): number | null {
  if (expected === null) return null
  return /^\d{1,15}$/.test(expected) ? Number(expected) : -1
}
