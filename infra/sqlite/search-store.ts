import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Visibility } from '#schemas/merge.ts'
import { chunkOf, type Facts, FactsChunk, placeOf } from './facts-chunk.ts'
import { authorMark } from './fts-document.ts'
import { firstRowOf, hourOf, lastRowOf } from './search-rows.ts'

/** The row of `mention`: what is known of an id. */
export interface StoredMention {
  /** Where its content stands; null when it has none. */
  readonly row: number | null
  readonly visible: boolean
  readonly firstObservedAt: number | null
  readonly deletedAt: number | null
  readonly visibility: Visibility | null
  /** When an id that never had content was last heard of; null for all others. */
  readonly unheldSince: number | null
}

/** The row of `text`. */
export interface StoredText {
  readonly terms: string
  readonly tokens: string
  readonly facts: string
}

const MAX_KNOWN_HOURS = 1_000

/**
 * Reads and changes the tables of `index.db`. Changes of FTS5 and of facts are collected until `flush`: FTS5 writes a segment
 * each time that a row is smaller than the one before it.
 */
export class SearchStore {
  readonly #statements: Statements
  readonly #nextRows = new Map<number, number>()
  readonly #deletions: number[] = []
  readonly #documents: { readonly row: number; readonly document: string }[] = []
  readonly #chunks = new Map<number, FactsChunk>()

  constructor(database: DatabaseSync) {
    this.#statements = prepareStatements(database)
  }

  mention(id: string): StoredMention | null {
    const found = this.#statements.mention.get(id) as unknown as MentionColumns | undefined
    if (found === undefined) return null
    const { row, visible, firstObservedAt, deletedAt, visibilityRev, hidden, unheldSince } = found
    const visibility = visibilityRev === null ? null : { rev: visibilityRev, hidden: hidden === 1 }
    return { row, visible: visible === 1, firstObservedAt, deletedAt, visibility, unheldSince }
  }

  putMention(id: string, { row, visible, firstObservedAt, deletedAt, visibility, unheldSince }: StoredMention): void {
    const rev = visibility?.rev ?? null
    const hidden = visibility === null ? null : Number(visibility.hidden)
    this.#statements.putMention.run(id, row, Number(visible), firstObservedAt, deletedAt, rev, hidden, unheldSince)
  }

  forget(id: string): void {
    this.#statements.forget.run(id)
  }

  /** The wire bytes of a row's mention. */
  body(row: number): Uint8Array {
    return (this.#statements.body.get(row) as { event: Uint8Array }).event
  }

  /** A free row for that time. */
  newRow(publishedAt: number): number {
    const hour = hourOf(publishedAt)
    let row = this.#nextRows.get(hour)
    if (row === undefined) {
      const { last } = this.#statements.lastRow.get(firstRowOf(hour), lastRowOf(hour)) as { last: number | null }
      row = last === null ? firstRowOf(hour) : last + 1
      if (this.#nextRows.size >= MAX_KNOWN_HOURS) this.#nextRows.clear()
    }
    this.#nextRows.set(hour, row + 1)
    return row
  }

  putContent(row: number, firstObservedAt: number, event: Uint8Array, text: StoredText): void {
    this.#statements.putBody.run(row, firstObservedAt, event)
    this.putText(row, text)
  }

  putText(row: number, { terms, tokens, facts }: StoredText): void {
    this.#statements.putText.run(row, terms, tokens, facts)
  }

  putFirstObservedAt(row: number, firstObservedAt: number): void {
    this.#statements.putFirstObservedAt.run(firstObservedAt, row)
  }

  putFacts(row: number, facts: Facts): void {
    this.#chunk(row).set(placeOf(row), facts)
  }

  #chunk(row: number): FactsChunk {
    const number = chunkOf(row)
    let chunk = this.#chunks.get(number)
    if (chunk === undefined) {
      const found = this.#statements.chunk.get(number) as { numbers: Uint8Array } | undefined
      chunk = new FactsChunk(found?.numbers)
      this.#chunks.set(number, chunk)
    }
    return chunk
  }

  /** What FTS5 shall hold for a row from now on. */
  putDocument(row: number, document: string, replaces: boolean): void {
    if (replaces) this.#deletions.push(row)
    this.#documents.push({ row, document })
  }

  /** Takes a mention's content away everywhere. */
  removeContent(row: number): void {
    this.#statements.removeBody.run(row)
    this.#statements.removeText.run(row)
    this.#deletions.push(row)
    this.#chunk(row).clear(placeOf(row))
  }

  flush(): void {
    const { removeDocument, putDocument, putChunk } = this.#statements
    for (const row of this.#deletions.sort(ascending)) removeDocument.run(row)
    this.#documents.sort((a, b) => a.row - b.row)
    for (const { row, document } of this.#documents) putDocument.run(row, document)
    for (const [number, { blob }] of this.#chunks) putChunk.run(number, blob)
    this.#clearPending()
  }

  /** After a rollback: nothing of what was read or collected holds any more. */
  reset(): void {
    this.#nextRows.clear()
    this.#clearPending()
  }

  #clearPending(): void {
    this.#deletions.length = 0
    this.#documents.length = 0
    this.#chunks.clear()
  }

  /** Rows of an author's mentions behind `after`, visible or not, in order. */
  rowsOfAuthor(author: string, after: number, limit: number): number[] {
    const rows = this.#statements.rowsOfAuthor.all(
      `"${authorMark(author).replaceAll('"', '""')}"`,
      BigInt(after),
      limit,
    )
    return rows.map(({ rowid }) => rowid as number)
  }

  /** Rows behind `after` and before `end`, in order. */
  rows(after: number, end: number, limit: number): number[] {
    return this.#statements.rows.all(after, end, limit).map(({ row }) => row as number)
  }

  /** The last row that has been brought up to date; null when all have. */
  rebuiltUpTo(): number | null {
    return (this.#statements.rebuilt.get() as { after: number } | undefined)?.after ?? null
  }

  /** null: nothing is left to do. */
  putRebuiltUpTo(after: number | null): void {
    if (after === null) this.#statements.endRebuild.run()
    else this.#statements.putRebuilt.run(after)
  }

  /** Ids that were never held, and of which nothing was heard since. */
  unheld(before: number, limit: number): string[] {
    return this.#statements.unheld.all(before, limit).map(({ id }) => id as string)
  }
}

interface MentionColumns {
  readonly row: number | null
  readonly visible: number
  readonly firstObservedAt: number | null
  readonly deletedAt: number | null
  readonly visibilityRev: number | null
  readonly hidden: number | null
  readonly unheldSince: number | null
}

const ascending = (a: number, b: number): number => a - b

const SQL = {
  mention:
    'SELECT row, visible, firstObservedAt, deletedAt, visibilityRev, hidden, unheldSince FROM mention WHERE id = ?',
  putMention: 'INSERT OR REPLACE INTO mention VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  forget: 'DELETE FROM mention WHERE id = ?',
  unheld: 'SELECT id FROM mention WHERE unheldSince < ? LIMIT ?',
  body: 'SELECT event FROM body WHERE row = ?',
  lastRow: 'SELECT max(row) AS last FROM body WHERE row BETWEEN ? AND ?',
  rows: 'SELECT row FROM text WHERE row > ? AND row < ? ORDER BY row LIMIT ?',
  rebuilt: 'SELECT after FROM rebuild',
  putRebuilt: 'UPDATE rebuild SET after = ?',
  endRebuild: 'DELETE FROM rebuild',
  putBody: 'INSERT OR REPLACE INTO body VALUES (?, ?, ?)',
  putFirstObservedAt: 'UPDATE body SET firstObservedAt = ? WHERE row = ?',
  putText: 'INSERT OR REPLACE INTO text (row, terms, tokens, facts) VALUES (?, ?, ?, ?)',
  removeBody: 'DELETE FROM body WHERE row = ?',
  removeText: 'DELETE FROM text WHERE row = ?',
  chunk: 'SELECT numbers FROM facts WHERE chunk = ?',
  putChunk: 'INSERT OR REPLACE INTO facts VALUES (?, ?)',
  putDocument: 'INSERT INTO fts (rowid, document) VALUES (?, ?)',
  removeDocument: 'DELETE FROM fts WHERE rowid = ?',
  rowsOfAuthor: 'SELECT rowid FROM fts WHERE fts MATCH ? AND rowid > ? ORDER BY rowid LIMIT ?',
}
type Statements = Readonly<Record<keyof typeof SQL, StatementSync>>

const prepareStatements = (database: DatabaseSync): Statements =>
  Object.fromEntries(Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)])) as Statements
