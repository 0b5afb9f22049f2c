import { join } from 'node:path'
import { describeCursorsContract } from './cursors.ts'
import { openCursors } from './openers/sqlite-state.ts'
import { temporaryFolder } from './temporary-folder.ts'

describeCursorsContract('sqlite', async () => {
  const path = join(await temporaryFolder('cursors'), 'state.db')
  return {
    open: () => openCursors(path),
    opener: { module: import.meta.resolve('./openers/sqlite-state.ts'), store: path },
  }
})
