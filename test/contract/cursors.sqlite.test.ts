import { join } from 'node:path'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { describeCursorsContract } from './cursors.ts'
import { openCursors } from './openers/sqlite-state.ts'

describeCursorsContract('sqlite', async () => {
  const path = join(await temporaryFolder('cursors'), 'state.db')
  return {
    open: () => openCursors(path),
    opener: { module: import.meta.resolve('./openers/sqlite-state.ts'), store: path },
  }
})
