import { workerData } from 'node:worker_threads'
import { PipelineError } from '#infra/contracts/errors.ts'
import { pack, unpack } from '#infra/runtime/pack.ts'
import { unreadable } from '#infra/runtime/unreadable.ts'
import { serveWorkerPool } from '#infra/runtime/worker-pool.ts'
import { decode, encode } from '#schemas/codec.ts'
import { createEnrichment } from './create-enrichment.ts'
import { enrichMention } from './enrich-mention.ts'
import type { EnrichAnswer, EnrichRequest, EnrichWorkerData } from './enrich-protocol.ts'

const { generation, brands, scores, topic } = workerData as EnrichWorkerData
const enrichment = createEnrichment(generation, brands, scores)
const NOTHING = new Uint8Array(0)

serveWorkerPool<EnrichRequest, EnrichAnswer>(({ partition, offsets, values }) => {
  const failures: { index: number; code: string; message: string }[] = []
  const answers = unpack(values).map((bytes, index) => {
    const decoded = decode(bytes)
    if (decoded.name !== 'MentionEvent') {
      failures.push({ index, ...unreadable(decoded, 'MentionEvent') })
      return NOTHING
    }
    try {
      const place = { topic, partition, offset: offsets[index] as number }
      return encode('EnrichedEvent', enrichMention(decoded.value, place, enrichment))
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error
      failures.push({ index, code: error.code, message: error.message })
      return NOTHING
    }
  })
  const packed = pack(answers)
  return { answer: { values: packed, failures }, transfer: [packed] }
})
