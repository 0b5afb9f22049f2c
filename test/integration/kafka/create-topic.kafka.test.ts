import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { kafkaAt } from '../../support/kafka-at.ts'
import { withServer } from '../../support/real-server.ts'

withServer('kafka', (address) => {
  describe('making topics on Kafka', () => {
    it('waits for a broker that has not heard of a topic yet, also while others make topics', async () => {
      const namespace = `topics-${randomUUID()}`
      const made = Array.from({ length: 4 }, async (_, n) => {
        await using log = await openKafkaEventLog({ ...kafkaAt(address), namespace })
        for (const round of [1, 2, 3]) {
          const name = `${namespace}.${n}.${round}`
          expect(await log.createTopics([{ name, partitions: 6 }])).toEqual([name])
          expect(await log.partitions(name)).toBe(6)
        }
      })
      await Promise.all(made)
    })

    it('says what is wrong with a topic that the broker refuses', async () => {
      const namespace = `topics-${randomUUID()}`
      await using log = await openKafkaEventLog({
        ...kafkaAt(address),
        namespace,
        topics: { replicationFactor: 3_000 },
      })
      await expect(log.createTopics([{ name: `${namespace}.copied`, partitions: 1 }])).rejects.toMatchObject({
        class: 'config',
        code: 'TOPIC_INVALID',
        message: expect.stringContaining('replication factor'),
      })
    })

    it('leaves a topic to the one process that was first', async () => {
      const namespace = `topics-${randomUUID()}`
      const topic = { name: `${namespace}.shared`, partitions: 3 }
      const made = Array.from({ length: 4 }, async () => {
        await using log = await openKafkaEventLog({ ...kafkaAt(address), namespace })
        return await log.createTopics([topic]) // before the log is closed
      })
      expect((await Promise.all(made)).flat()).toEqual([topic.name])
    })
  })
})
