import { join } from 'node:path'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { ftsQuery } from '#infra/sqlite/fts-query.ts'
import { openSqliteSearchIndex } from '#infra/sqlite/search-index.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { describeAgreement } from './index-agreement.ts'

describeAgreement({
  name: 'FTS5',
  open: async () => {
    const path = join(await temporaryFolder('fts-agreement'), 'index.db')
    return openSqliteSearchIndex({ path, clock: systemClock })
  },
  isExact: (tree) => ftsQuery(tree, []).exact,
  queries: 350,
})
