import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { PartitionLag, TopicSpec } from '#infra/contracts/event-log.ts'
import { DatabaseKind, openDatabase, truncateWal } from './open-database.ts'
import { filterFrames } from './record-chunk.ts'

export interface LogStoreOptions {
  readonly path: string
  readonly readOnly: boolean
  /** Groups that must have committed a record before it may go; topics that are not named keep everything. */
  readonly groups: Readonly<Record<string, readonly string[]>>
}

export interface StoredTopic {
  readonly name: string
  readonly partitions: readonly {
    readonly id: number
    readonly number: number
    readonly next: number
    readonly stored: number
  }[]
}

/** A chunk without its bytes, which travel beside it in `buffers`. */
export interface ChunkHead {
  readonly base: number
  readonly span: number
  readonly timestamp: number
}

export interface AppendRequest {
  readonly timestamp: number
  readonly chunks: readonly { readonly partition: number; readonly span: number }[]
  /** One for each chunk; they come back with the answer. */
  readonly buffers: ArrayBuffer[]
  readonly commits: readonly { readonly partition: number; readonly group: string; readonly next: number }[]
  /** Partitions that an earlier answer called unfinished. */
  readonly truncate: readonly number[]
}

export interface AppendAnswer {
  /** First offset of each chunk. */
  readonly bases: readonly number[]
  readonly buffers: ArrayBuffer[]
  /** Bytes that are kept now, for the partitions that the request named. */
  readonly stored: readonly { readonly partition: number; readonly bytes: number; readonly unfinished: boolean }[]
}

export interface ReadRequest {
  readonly partition: number
  readonly from: number
  readonly maxRecords: number
  readonly maxBytes: number
}

export interface ReadAnswer {
  readonly chunks: readonly ChunkHead[]
  readonly buffers: ArrayBuffer[]
}

interface Partition {
  readonly id: number
  readonly groups: readonly string[]
  readonly compacted: boolean
  next: number
  stored: number
  /** A compacted partition is rewritten when it holds more than this. */
  compactAbove: number
  readonly insert: StatementSync
  readonly remove: StatementSync
}

// Chunks of 256 KB in pages of 4 KB would take twice the CPU time [measured].
const PAGE_BYTES = 16 * 1024
/** Bounds the work of truncation in one commit. */
const REMOVED_PER_COMMIT = 64
const COMPACT_FROM_BYTES = 1024 * 1024

const MIGRATIONS = [
  `CREATE TABLE topic (name TEXT PRIMARY KEY, compacted INTEGER NOT NULL) STRICT;
   CREATE TABLE partition (
     id INTEGER PRIMARY KEY,
     topic TEXT NOT NULL REFERENCES topic,
     number INTEGER NOT NULL,
     next INTEGER NOT NULL DEFAULT 0,
     UNIQUE (topic, number)
   ) STRICT;
   CREATE TABLE committed (
     partition INTEGER NOT NULL REFERENCES partition,
     consumer TEXT NOT NULL,
     next INTEGER NOT NULL,
     PRIMARY KEY (partition, consumer)
   ) STRICT, WITHOUT ROWID;`,
]

/** log.db: a table of chunks per partition, appended at its end and removed at its start. Lives in a worker; every call blocks. */
export class LogStore {
  readonly #options: LogStoreOptions
  readonly #database: DatabaseSync
  readonly #partitions = new Map<number, Partition>()
  readonly #setNext: StatementSync
  readonly #setCommitted: StatementSync

  constructor(options: LogStoreOptions) {
    const { path, readOnly } = options
    this.#options = options
    this.#database = openDatabase({
      path,
      readOnly,
      kind: DatabaseKind.Log,
      migrations: MIGRATIONS,
      pageBytes: PAGE_BYTES,
    })
    this.#setNext = this.#database.prepare('UPDATE partition SET next = ? WHERE id = ?')
    this.#setCommitted = this.#database.prepare(
      'INSERT OR REPLACE INTO committed (partition, consumer, next) VALUES (?, ?, ?)',
    )
  }

  createTopics({ topics }: { readonly topics: readonly TopicSpec[] }): readonly string[] {
    const addTopic = this.#database.prepare('INSERT OR IGNORE INTO topic (name, compacted) VALUES (?, ?)')
    const addPartition = this.#database.prepare('INSERT INTO partition (topic, number) VALUES (?, ?)')
    const created: string[] = []
    this.#transaction(() => {
      for (const { name, partitions, compacted = false } of topics) {
        if (addTopic.run(name, Number(compacted)).changes === 0) continue
        created.push(name)
        for (let number = 0; number < partitions; number++) {
          const { lastInsertRowid } = addPartition.run(name, number)
          this.#database.exec(
            `CREATE TABLE chunk_${lastInsertRowid} (
               base INTEGER PRIMARY KEY, span INTEGER NOT NULL, timestamp INTEGER NOT NULL, bytes BLOB NOT NULL
             ) STRICT`,
          )
        }
      }
    })
    return created
  }

  topic({ name }: { readonly name: string }): StoredTopic | null {
    const rows = this.#database
      .prepare('SELECT id, number, next FROM partition WHERE topic = ? ORDER BY number')
      .all(name)
    if (rows.length === 0) return null
    const partitions = rows.map(({ id, number, next }) => ({
      id: Number(id),
      number: Number(number),
      next: Number(next),
      stored: this.#storedBytes(Number(id)),
    }))
    return { name, partitions }
  }

  /** One durable transaction: all chunks and all commits, or none. */
  append({ timestamp, chunks, buffers, commits, truncate }: AppendRequest): AppendAnswer {
    const bases: number[] = []
    const touched = new Set<Partition>()
    const unfinished = new Set<Partition>()
    try {
      this.#transaction(() => {
        for (const [i, { partition: id, span }] of chunks.entries()) {
          const partition = this.#partition(id)
          const bytes = new Uint8Array(buffers[i] as ArrayBuffer)
          partition.insert.run(partition.next, span, timestamp, bytes)
          bases.push(partition.next)
          partition.next += span
          partition.stored += bytes.length
          touched.add(partition)
        }
        for (const { next, id } of touched) this.#setNext.run(next, id)
        for (const { partition: id, group, next } of commits) {
          this.#setCommitted.run(id, group, next)
          touched.add(this.#partition(id))
        }
        for (const id of truncate) touched.add(this.#partition(id))
        for (const partition of touched) {
          if (partition.groups.length > 0 && !this.#truncate(partition)) unfinished.add(partition)
          if (partition.compacted && partition.stored > partition.compactAbove) this.#compact(partition)
        }
      })
    } catch (error) {
      this.#partitions.clear() // their figures ran ahead of the file
      throw error
    }
    truncateWal(this.#database, this.#options.path)
    const stored = [...touched].map((partition) => {
      return { partition: partition.id, bytes: partition.stored, unfinished: unfinished.has(partition) }
    })
    return { bases, buffers, stored }
  }

  /** Removes chunks that every declared group has behind it; false when there may be more. */
  #truncate(partition: Partition): boolean {
    const committed = partition.groups.map((group) => this.#committed(partition.id, group) ?? 0)
    const removed = partition.remove.all(Math.min(...committed), REMOVED_PER_COMMIT)
    for (const { size } of removed) partition.stored -= Number(size)
    return removed.length < REMOVED_PER_COMMIT
  }

  /** Removes chunks that were appended before that moment; answers the bytes that are kept. */
  forget({ partition: id, before }: { readonly partition: number; readonly before: number }): number {
    const partition = this.#partition(id)
    this.#transaction(() => {
      this.#database
        .prepare(
          `DELETE FROM chunk_${id} WHERE base < coalesce(
             (SELECT min(base) FROM chunk_${id} WHERE timestamp >= ?), ${Number.MAX_SAFE_INTEGER})`,
        )
        .run(before)
    })
    partition.stored = this.#storedBytes(id)
    return partition.stored
  }

  /** Keeps the last record of each key; records without a key stay. Offsets do not change. */
  #compact(partition: Partition): void {
    const table = `chunk_${partition.id}`
    const get = this.#database.prepare(`SELECT bytes FROM ${table} WHERE base = ?`)
    const set = this.#database.prepare(`UPDATE ${table} SET bytes = ? WHERE base = ?`)
    const seen = new Set<string>()
    const keep = (key: string | null): boolean => key === null || (!seen.has(key) && seen.add(key) !== undefined)
    for (const { base } of this.#database.prepare(`SELECT base FROM ${table} ORDER BY base DESC`).all()) {
      const kept = filterFrames(get.get(base as number)?.bytes as Uint8Array, keep)
      if (kept !== null) set.run(kept, base as number)
    }
    this.#database.exec(`DELETE FROM ${table} WHERE length(bytes) = 0`)
    partition.stored = this.#storedBytes(partition.id)
    partition.compactAbove = Math.max(COMPACT_FROM_BYTES, partition.stored * 2)
  }

  read({ partition, from, maxRecords, maxBytes }: ReadRequest): ReadAnswer {
    const table = `chunk_${partition}`
    const rows = this.#database
      .prepare(
        `SELECT base, span, timestamp, bytes FROM ${table}
         WHERE base >= coalesce((SELECT max(base) FROM ${table} WHERE base <= ?), 0) AND base + span > ? ORDER BY base`,
      )
      .iterate(from, from)
    const chunks: ChunkHead[] = []
    const buffers: ArrayBuffer[] = []
    let [records, bytes] = [0, 0]
    // Leaving the loop ends the cursor: one left open would keep the WAL from being emptied.
    for (const row of rows) {
      const head = { base: Number(row.base), span: Number(row.span), timestamp: Number(row.timestamp) }
      const buffer = (row.bytes as Uint8Array<ArrayBuffer>).buffer
      chunks.push(head)
      buffers.push(buffer)
      records += head.base + head.span - Math.max(head.base, from)
      bytes += buffer.byteLength
      if (records >= maxRecords || bytes >= maxBytes) break
    }
    return { chunks, buffers }
  }

  lag({ topic, group }: { readonly topic: string; readonly group: string }): readonly PartitionLag[] {
    const rows = this.#database
      .prepare('SELECT id, number, next FROM partition WHERE topic = ? ORDER BY number')
      .all(topic)
    return rows.map(({ id, number, next }) => {
      const first = this.#database.prepare(`SELECT min(base) AS base FROM chunk_${id}`).get()?.base ?? next
      const committed = this.#committed(Number(id), group) ?? 0
      const start = Number(first)
      return { partition: Number(number), start, committed: Math.max(start, committed), end: Number(next) }
    })
  }

  #committed(partition: number, group: string): number | null {
    const row = this.#database
      .prepare('SELECT next FROM committed WHERE partition = ? AND consumer = ?')
      .get(partition, group)
    return row === undefined ? null : Number(row.next)
  }

  #storedBytes(partition: number): number {
    const row = this.#database.prepare(`SELECT coalesce(sum(length(bytes)), 0) AS bytes FROM chunk_${partition}`).get()
    return Number(row?.bytes)
  }

  #partition(id: number): Partition {
    const known = this.#partitions.get(id)
    if (known !== undefined) return known
    const row = this.#database
      .prepare('SELECT next, topic, compacted FROM partition JOIN topic ON topic.name = partition.topic WHERE id = ?')
      .get(id)
    const table = `chunk_${id}`
    const partition: Partition = {
      id,
      groups: this.#options.groups[String(row?.topic)] ?? [],
      compacted: row?.compacted === 1,
      next: Number(row?.next),
      stored: this.#storedBytes(id),
      compactAbove: COMPACT_FROM_BYTES,
      insert: this.#database.prepare(`INSERT INTO ${table} (base, span, timestamp, bytes) VALUES (?, ?, ?, ?)`),
      remove: this.#database.prepare(
        `DELETE FROM ${table} WHERE base IN (SELECT base FROM ${table} WHERE base < ?1 AND base + span <= ?1 ORDER BY base LIMIT ?2)
         RETURNING length(bytes) AS size`,
      ),
    }
    this.#partitions.set(id, partition)
    return partition
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#database.exec('COMMIT')
    } catch (error) {
      // SQLite has already rolled back after some errors, a full disk among them.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#database.close()
  }
}
