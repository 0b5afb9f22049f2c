import { randomUUID } from 'node:crypto'
import { withServer } from '../support/real-server.ts'
import { describeCursorsContract } from './cursors.ts'
import { openCursors } from './openers/kafka-cursors.ts'

withServer('kafka', (address) => {
  describeCursorsContract('Kafka', async () => {
    const store = `${address}/contract-${randomUUID()}`
    const module = import.meta.resolve('./openers/kafka-cursors.ts')
    return { open: () => openCursors(store), opener: { module, store } }
  })
})
