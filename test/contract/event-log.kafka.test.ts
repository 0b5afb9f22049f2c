import { randomUUID } from 'node:crypto'
import { withServer } from '../support/real-server.ts'
import { describeEventLogContract } from './event-log.ts'
import { open } from './openers/kafka-event-log.ts'

withServer('kafka', (address) => {
  describeEventLogContract('Kafka', async () => {
    const store = `${address}/contract-${randomUUID()}`
    return { open: () => open(store), opener: { module: import.meta.resolve('./openers/kafka-event-log.ts'), store } }
  })
})
