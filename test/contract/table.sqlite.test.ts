import { join } from 'node:path'
import { openTable } from './openers/sqlite-state.ts'
import { describeTableContract } from './table.ts'
import { temporaryFolder } from './temporary-folder.ts'

describeTableContract('sqlite', async () => {
  const path = join(await temporaryFolder('table'), 'state.db')
  return {
    open: () => openTable(path),
    opener: { module: import.meta.resolve('./openers/sqlite-state.ts'), store: path },
  }
})
