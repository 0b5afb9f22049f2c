import { join } from 'node:path'
import type { Hit } from '#infra/contracts/search-index.ts'
import { openForReading } from '#scripts/compose.ts'
import { openBeside } from '#scripts/replay/beside.ts'

export interface StandingOptions {
  /** An index beside the live one. */
  readonly index?: string
  /** With the number of the generation, which differs between runs that score alike. */
  readonly generations?: boolean
}

/** Everything that an index of the embedded installation in `folder` shows, but where the raw record lies and which connector gave it. */
export async function standing(folder: string, options: StandingOptions = {}): Promise<Map<string, unknown>> {
  await using installation = await openForReading(join(folder, '.earshot'))
  await using beside = options.index === undefined ? null : await openBeside(installation, options.index)
  const found = new Map<string, unknown>()
  const everything = { query: null, range: { since: null, until: null }, brands: [] }
  for (let after: string | null = null; ; ) {
    const page: { hits: readonly Hit[]; next: string | null } = await (beside ?? installation.index).search({
      ...everything,
      sort: 'oldest',
      limit: 1_000,
      after,
    })
    for (const { id, content, firstObservedAt } of page.hits) {
      const { generation, raw, source: _source, ...rest } = content
      found.set(id, { ...rest, sha256: raw?.sha256, firstObservedAt, ...(options.generations && { generation }) })
    }
    if (page.next === null) return found
    after = page.next
  }
}
