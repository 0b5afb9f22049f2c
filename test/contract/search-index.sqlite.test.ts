import { join } from 'node:path'
import { openSqliteSearchIndex } from '#infra/sqlite/search-index.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { describeSearchIndexContract } from './search-index.ts'

describeSearchIndexContract('sqlite', async () => {
  const path = join(await temporaryFolder('search-index'), 'index.db')
  return {
    open: (clock) => openSqliteSearchIndex({ path, clock }),
    opener: { module: import.meta.resolve('./openers/sqlite-search-index.ts'), store: path },
  }
})
