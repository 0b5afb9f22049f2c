import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AuthorEvent, Mention } from '#schemas/generated.ts'
import { authorKey } from '#schemas/mention-id.ts'
import { laterVisibility, type Visibility } from '#schemas/merge.ts'

/** What stands about an author: erased until when, or altogether; hidden or not. */
export interface AuthorRow {
  /** Mentions first observed until then are gone; null: none. */
  readonly until: number | null
  /** Every mention is refused, whenever it is observed. */
  readonly block: boolean
  readonly visibility: Visibility | null
}

/** The key that an author's operations name; null when the platform gives no stable id. */
export const authorOf = ({ platform, author }: Pick<Mention, 'platform' | 'author'>): string | null =>
  author === null || author.id === null ? null : authorKey(platform, author.id)

/** True when the author's deletion covers a mention. */
export const covers = (row: AuthorRow | undefined, firstObservedAt: number): boolean =>
  row !== undefined && (row.block || (row.until !== null && firstObservedAt <= row.until))

/** What stands after an operation; the same object when it changes nothing. In any order and with repeats the same. */
function afterOperation(row: AuthorRow, { op, rev, observedAt, block }: AuthorEvent): AuthorRow {
  if (op === 'delete') {
    const until = Math.max(row.until ?? Number.NEGATIVE_INFINITY, observedAt)
    const blocked = row.block || block
    return until === row.until && blocked === row.block ? row : { ...row, until, block: blocked }
  }
  const visibility = laterVisibility(row.visibility, { rev, hidden: op === 'hide' })
  const same = visibility?.rev === row.visibility?.rev && visibility?.hidden === row.visibility?.hidden
  return same ? row : { ...row, visibility }
}

const NOTHING: AuthorRow = { until: null, block: false, visibility: null }

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
    const before = this.#rows.get(key) ?? NOTHING
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
