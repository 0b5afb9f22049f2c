import { join } from 'node:path'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openTable } from './openers/sqlite-state.ts'
import { describeTableContract } from './table.ts'

describeTableContract('sqlite', async () => {
  const path = join(await temporaryFolder('table'), 'state.db')
  return {
    open: () => openTable(path),
    opener: { module: import.meta.resolve('./openers/sqlite-state.ts'), store: path },
  }
})
