import type { DatabaseSync } from 'node:sqlite'
import type { Cursor } from '#infra/contracts/cursors.ts'
import { DatabaseKind, openDatabase, truncateWal } from './open-database.ts'

export interface StateStoreOptions {
  readonly path: string
  readonly readOnly: boolean
}

/** A row with its JSON as text: parsing is the caller's work. */
export interface StoredRow {
  readonly key: string
  readonly value: string
  readonly version: number
}

export interface Change {
  readonly key: string
  readonly version: number
}

const MIGRATIONS = [
  `CREATE TABLE cursor (connector TEXT PRIMARY KEY, value TEXT NOT NULL, observed_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE entry (
     tbl TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL,
     PRIMARY KEY (tbl, key)
   ) STRICT, WITHOUT ROWID;
   -- Its numbers are the versions of the rows. The newest change always stays, so none is given twice, also after a delete.
   CREATE TABLE change (version INTEGER PRIMARY KEY, tbl TEXT NOT NULL, key TEXT NOT NULL) STRICT;`,
]
/** How far a watcher may fall behind. */
const KEPT_CHANGES = 100_000

/** state.db: cursors, tables, and the latest changes of tables for those who watch. Lives in a worker; every call blocks. */
export class StateStore {
  readonly #path: string
  readonly #database: DatabaseSync

  constructor({ path, readOnly }: StateStoreOptions) {
    this.#path = path
    this.#database = openDatabase({ path, readOnly, kind: DatabaseKind.State, migrations: MIGRATIONS })
  }

  saveCursor({ connector, cursor }: { readonly connector: string; readonly cursor: Cursor }): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO cursor (connector, value, observed_at) VALUES (?, ?, ?)')
      .run(connector, cursor.value, cursor.observedAt)
    truncateWal(this.#database, this.#path)
  }

  listCursors(): readonly (Cursor & { readonly connector: string })[] {
    const rows = this.#database.prepare('SELECT connector, value, observed_at FROM cursor ORDER BY connector').all()
    return rows.map(({ connector, value, observed_at }) => {
      return { connector: String(connector), value: String(value), observedAt: Number(observed_at) }
    })
  }

  get({ table, key }: { readonly table: string; readonly key: string }): StoredRow | null {
    const row = this.#database.prepare('SELECT value, version FROM entry WHERE tbl = ? AND key = ?').get(table, key)
    return row === undefined ? null : { key, value: String(row.value), version: Number(row.version) }
  }

  list(request: {
    readonly table: string
    readonly prefix: string
    readonly after: string | null
    readonly limit: number
  }): readonly StoredRow[] {
    const { table, prefix, after, limit } = request
    const rows = this.#database
      .prepare('SELECT key, value, version FROM entry WHERE tbl = ? AND key >= ? AND key > ? ORDER BY key')
      .iterate(table, prefix, after ?? '')
    const found: StoredRow[] = []
    for (const row of rows) {
      const key = String(row.key)
      // Rows with one prefix stand together.
      if (found.length >= limit || !key.startsWith(prefix)) break
      found.push({ key, value: String(row.value), version: Number(row.version) })
    }
    return found
  }

  /** The new version, or null when the stored one is not `expected`. */
  put(request: {
    readonly table: string
    readonly key: string
    readonly value: string
    readonly expected: number | null
  }): number | null {
    const { table, key, value, expected } = request
    return this.#change(table, key, expected, (version) => {
      this.#database
        .prepare('INSERT OR REPLACE INTO entry (tbl, key, value, version) VALUES (?, ?, ?, ?)')
        .run(table, key, value, version)
    })
  }

  delete({
    table,
    key,
    expected,
  }: {
    readonly table: string
    readonly key: string
    readonly expected: number
  }): boolean {
    const remove = () => this.#database.prepare('DELETE FROM entry WHERE tbl = ? AND key = ?').run(table, key)
    return this.#change(table, key, expected, remove) !== null
  }

  /** Compare and set in one transaction: other processes write here too. */
  #change(table: string, key: string, expected: number | null, write: (version: number) => void): number | null {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      let version: number | null = null
      if ((this.get({ table, key })?.version ?? null) === expected) {
        const { lastInsertRowid } = this.#database
          .prepare('INSERT INTO change (tbl, key) VALUES (?, ?)')
          .run(table, key)
        version = Number(lastInsertRowid)
        write(version)
        this.#database.prepare('DELETE FROM change WHERE version <= ?').run(version - KEPT_CHANGES)
      }
      this.#database.exec('COMMIT')
      truncateWal(this.#database, this.#path)
      return version
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** The last change of any table; 0 when there was none. */
  lastChange(): number {
    return Number(this.#database.prepare('SELECT coalesce(max(version), 0) AS version FROM change').get()?.version)
  }

  /** Changes after `after`, the oldest first; null when some of them are no longer kept. */
  changes({
    table,
    after,
    limit,
  }: {
    readonly table: string
    readonly after: number
    readonly limit: number
  }): readonly Change[] | null {
    const first = this.#database.prepare('SELECT min(version) AS version FROM change').get()?.version
    if (first !== null && Number(first) > after + 1) return null
    const rows = this.#database
      .prepare('SELECT key, version FROM change WHERE tbl = ? AND version > ? ORDER BY version LIMIT ?')
      .all(table, after, limit)
    return rows.map(({ key, version }) => ({ key: String(key), version: Number(version) }))
  }

  close(): void {
    this.#database.close()
  }
}
