import { workerData } from 'node:worker_threads'
import type { EnrichAnswer, EnrichRequest } from '#enrich/enrich-protocol.ts'
import { pack, unpack } from '#infra/runtime/pack.ts'
import { serveWorkerPool } from '#infra/runtime/worker-pool.ts'

/** Does what the record says: `hang`, `die`, `refuse`, `bug`, or gives it back with the topic and place it was told. */
serveWorkerPool<EnrichRequest, EnrichAnswer>(({ partition, offsets, values }) => {
  const failures: { index: number; code: string; message: string }[] = []
  const answers = unpack(values).map((bytes, index) => {
    const said = new TextDecoder().decode(bytes)
    if (said === 'hang') for (;;);
    if (said === 'die') process.exit(7)
    if (said === 'bug') throw new TypeError('as told')
    if (said === 'refuse') failures.push({ index, code: 'REFUSED', message: 'as told' })
    return new TextEncoder().encode(`${said} ${workerData.topic}/${partition}/${offsets[index]}`)
  })
  const packed = pack(answers)
  return { answer: { values: packed, failures }, transfer: [packed] }
})
