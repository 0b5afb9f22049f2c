import { randomUUID } from 'node:crypto'
import { withServer } from '../support/real-server.ts'
import { describeObjectStoreContract } from './object-store.ts'
import { open } from './openers/s3-object-store.ts'

withServer('s3', (address) => {
  describeObjectStoreContract('S3', async () => {
    const store = `${address}/contract-${randomUUID()}`
    return { open: () => open(store), opener: { module: import.meta.resolve('./openers/s3-object-store.ts'), store } }
  })
})
