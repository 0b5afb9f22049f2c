import { hash } from 'node:crypto'
import type { Payload } from '#schemas/generated.ts'

/** The bytes that a mention was made from, as they came. `mapper` names the mapping and its version, for example `feed/1`. */
export function payloadOf(bytes: Buffer, contentType: string, mapper: string): Payload {
  return { bytes, ref: null, sha256: hash('sha256', bytes, 'hex'), contentType, mapper }
}
