import { encode } from '#schemas/codec.ts'
import type { PipelineError } from '../contracts/errors.ts'
import type { LogRecord, NewRecord } from '../contracts/event-log.ts'

/** Where a record stood that a stage could not handle. */
export interface RecordPlace {
  readonly topic: string
  readonly partition: number
  readonly record: LogRecord
}

/** A record for the topic of dead letters, with the bytes of the one that a stage could not handle. */
export function deadLetter(
  stage: string,
  { code, message }: PipelineError,
  { topic, partition, record }: RecordPlace,
  at: number,
): NewRecord {
  const { key, offset, headers, value } = record
  const place = { topic, partition, offset, key, headers }
  const letter = { stage, code, message, at, source: null, contentType: null, ...place, bytes: Buffer.from(value) }
  return { key, value: encode('DeadLetter', letter), headers: {} }
}
