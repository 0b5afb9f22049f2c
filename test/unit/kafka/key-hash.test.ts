import fc from 'fast-check'
import kafkajs from 'kafkajs'
import { expect, it } from 'vitest'
import { partitionOf } from '#infra/kafka/key-hash.ts'

it('puts a key where other clients of Kafka put it', () => {
  const partitionMetadata = Array.from({ length: 7 }, (_, partitionId) => {
    return { partitionId, leader: 0, partitionErrorCode: 0, replicas: [], isr: [] }
  })
  const theirs = kafkajs.Partitioners.DefaultPartitioner()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const key = Buffer.from(bytes)
      expect(partitionOf(key, 7)).toBe(theirs({ topic: 't', partitionMetadata, message: { key, value: null } }))
    }),
    { numRuns: 2_000 },
  )
})
