import type { Table } from '#infra/contracts/table.ts'
import type { BooksSnapshot } from '#infra/runtime/books.ts'
import type { PartHealth } from '#infra/runtime/supervisor.ts'

const KEY = 'run'

/** How the running, or the last, run of the pipeline stood; written every few seconds for `earshot status`. */
export interface RunRecord {
  readonly startedAt: number
  readonly at: number
  readonly ended: boolean
  readonly books: BooksSnapshot
  readonly health: Readonly<Record<string, PartHealth>>
}

export async function readRunRecord(table: Table): Promise<RunRecord | null> {
  return ((await table.get(KEY))?.value as RunRecord | undefined) ?? null
}

/** The lock of the data directory makes this process the only writer. */
export async function writeRunRecord(table: Table, record: RunRecord): Promise<void> {
  const row = await table.get(KEY)
  await table.put(KEY, record, row?.version ?? null)
}
