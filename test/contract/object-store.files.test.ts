import { temporaryFolder } from '../support/temporary-folder.ts'
import { describeObjectStoreContract } from './object-store.ts'
import { open } from './openers/file-object-store.ts'

describeObjectStoreContract('files', async () => {
  const root = await temporaryFolder('objects')
  return {
    open: () => open(root),
    opener: { module: import.meta.resolve('./openers/file-object-store.ts'), store: root },
  }
})
