import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openSqliteSearchIndex } from '#infra/sqlite/search-index.ts'

export const open = (path: string): Promise<SearchIndex> => openSqliteSearchIndex({ path, clock: systemClock })
