import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { decode } from '#schemas/codec.ts'
import type { EnrichedEvent } from '#schemas/generated.ts'

/** A mention as an index keeps it; `place` says where. A newer version's is a config error: this process must not write there. */
export function readStored(bytes: Uint8Array, place: string): EnrichedEvent {
  const found = decode(bytes)
  if (found.name === 'EnrichedEvent') return found.value
  if (found.name === 'foreign' && found.code === 'SCHEMA_UNKNOWN') {
    const message = `${place} was written by a newer Earshot: update this one`
    throw new PipelineError(ErrorClass.Config, 'INDEX_NEWER', message)
  }
  throw new Error(`${place} holds a ${found.name}`)
}
