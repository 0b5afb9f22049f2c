import { randomBytes } from 'node:crypto'
import kafkajs from 'kafkajs'
import { expect, it } from 'vitest'
import { createKafkaClients } from '#infra/kafka/kafka-client.ts'
import { createLogger } from '#infra/runtime/logger.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
  decompress(bytes: Buffer): Promise<Buffer>
}

const BATCHES = {
  nothing: Buffer.alloc(0),
  'an odd number of bytes, more than a chunk': randomBytes(65_537),
  'bytes that do not shrink': randomBytes(1 << 20),
  'many chunks from a few bytes': Buffer.alloc(8 << 20, 'the same words again '),
}

it.each(Object.entries(BATCHES))('brings back %s', async (_, bytes) => {
  createKafkaClients({ brokers: ['127.0.0.1:1'], clock: systemClock, logger: createLogger('silent', () => {}) })
  const { CompressionCodecs, CompressionTypes } = kafkajs
  const codec = (CompressionCodecs[CompressionTypes.ZSTD] as () => Codec)()
  const compressed = await codec.compress({ buffer: bytes })
  const back = await codec.decompress(compressed)
  expect(back.equals(bytes)).toBe(true)
  expect(compressed.length).toBeLessThan(bytes.length + 1_024)
})
