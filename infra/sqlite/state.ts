import type { Clock } from '#infra/contracts/clock.ts'
import type { Cursors } from '#infra/contracts/cursors.ts'
import type { Table } from '#infra/contracts/table.ts'
import { SqliteCursors } from './cursors.ts'
import type { StateStore, StateStoreOptions } from './state-store.ts'
import { SqliteTable } from './table.ts'
import { WorkerClient } from './worker-client.ts'

/** state.db: cursors and tables in one file behind one writer. Disposing it closes the file; end what uses it first. */
export interface SqliteState extends AsyncDisposable {
  readonly cursors: Cursors
  /** Tables of different names share nothing. The same name gives the same rows, also in another process. */
  table(name: string): Table
}

export interface SqliteStateOptions {
  readonly path: string
  readonly clock: Clock
  /** For commands that only look: the file must exist, and what would write is refused. */
  readonly readOnly?: boolean
}

/** Rejects with a config error when the file is foreign, damaged or newer than this program. */
export async function openSqliteState({ path, clock, readOnly = false }: SqliteStateOptions): Promise<SqliteState> {
  const options: StateStoreOptions = { path, readOnly }
  const store = await WorkerClient.start<StateStore>(import.meta.url, 'state-worker', options)
  const cursors = new SqliteCursors(store)
  const tables = new Map<string, SqliteTable>()
  return {
    cursors,
    table: (name) => {
      const table = tables.get(name) ?? new SqliteTable(store, clock, name)
      tables.set(name, table)
      return table
    },
    [Symbol.asyncDispose]: async () => {
      await cursors[Symbol.asyncDispose]()
      for (const table of tables.values()) await table[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}
