import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type AuthorRow, afterOperation, NO_AUTHOR_ROW } from '#infra/runtime/author-row.ts'
import type { AuthorEvent } from '#schemas/generated.ts'

/** Rows of all authors with operations, in memory: every mention written asks for its author's. */
export class AuthorRows {
  readonly #all: StatementSync
  readonly #put: StatementSync
  readonly #rows = new Map<string, AuthorRow>()

  constructor(database: DatabaseSync) {
    this.#all = database.prepare('SELECT key, until, block, visibilityRev, hidden FROM author')
    this.#put = database.prepare('INSERT OR REPLACE INTO author VALUES (?, ?, ?, ?, ?)')
    this.reload()
  }

  /** After a rollback. */
  reload(): void {
    this.#rows.clear()
    for (const row of this.#all.iterate()) {
      const { key, until, block, visibilityRev, hidden } = row as unknown as StoredAuthor
      const visibility = visibilityRev === null ? null : { rev: visibilityRev, hidden: hidden === 1 }
      this.#rows.set(key, { until, block: block === 1, visibility })
    }
  }

  get(key: string | null): AuthorRow | undefined {
    return key === null ? undefined : this.#rows.get(key)
  }

  /** False when the operation changes nothing. */
  apply(key: string, event: AuthorEvent): boolean {
    const before = this.#rows.get(key) ?? NO_AUTHOR_ROW
    const after = afterOperation(before, event)
    if (after === before) return false
    this.#rows.set(key, after)
    const { until, block, visibility } = after
    this.#put.run(
      key,
      until,
      Number(block),
      visibility?.rev ?? null,
      visibility === null ? null : Number(visibility.hidden),
    )
    return true
  }
}

interface StoredAuthor {
  readonly key: string
  readonly until: number | null
  readonly block: number
  readonly visibilityRev: number | null
  readonly hidden: number | null
}
