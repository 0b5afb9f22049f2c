import type { AuthorEvent, Mention } from '#schemas/generated.ts'
import { authorKey } from '#schemas/mention-id.ts'
import { laterVisibility, type Visibility } from '#schemas/merge.ts'

/** What stands about an author, beside every index: erased until when, or altogether; hidden or not. */
export interface AuthorRow {
  /** Mentions first observed until then are gone; null: none. */
  readonly until: number | null
  /** Every mention is refused, whenever it is observed. */
  readonly block: boolean
  readonly visibility: Visibility | null
}

/** An author of whom nothing is known. */
export const NO_AUTHOR_ROW: AuthorRow = { until: null, block: false, visibility: null }

/** The key that an author's operations name; null when the platform gives no stable id. */
export const authorOf = ({ platform, author }: Pick<Mention, 'platform' | 'author'>): string | null =>
  author?.id ? authorKey(platform, author.id) : null

/** True when the author's deletion covers a mention. */
export const covers = (row: AuthorRow | undefined, firstObservedAt: number): boolean =>
  row !== undefined && (row.block || (row.until !== null && firstObservedAt <= row.until))

/** What stands after an operation; the same object when it changes nothing. In any order and with repeats the same. */
export function afterOperation(row: AuthorRow, { op, rev, observedAt, block }: AuthorEvent): AuthorRow {
  if (op === 'delete') {
    const until = Math.max(row.until ?? Number.NEGATIVE_INFINITY, observedAt)
    const blocked = row.block || block
    return until === row.until && blocked === row.block ? row : { ...row, until, block: blocked }
  }
  const visibility = laterVisibility(row.visibility, { rev, hidden: op === 'hide' })
  const same = visibility?.rev === row.visibility?.rev && visibility?.hidden === row.visibility?.hidden
  return same ? row : { ...row, visibility }
}
