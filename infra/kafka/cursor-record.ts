import type { KafkaMessage } from 'kafkajs'
import type { Cursor } from '#infra/contracts/cursors.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

// JSON, so that any tool can read where a connector stands, and write it in an emergency.

export const encodeCursor = ({ value, observedAt }: Cursor): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ value, observedAt }))

/** Puts a record of the topic into the map. A foreign record is a config error: taken for none, the connector would begin anew. */
export function applyCursor(
  cursors: Map<string, Cursor>,
  topic: string,
  partition: number,
  { key, value, offset }: KafkaMessage,
): void {
  const connector = key?.toString()
  if (connector !== undefined && value === null) {
    cursors.delete(connector)
    return
  }
  const cursor = value === null ? null : parse(value.toString())
  if (connector === undefined || !isCursor(cursor)) {
    const message = `${topic}, partition ${partition}, offset ${offset} holds no cursor: a key and JSON {"value": text, "observedAt": ms}; write a right one with this key behind it, and let the topic be compacted`
    throw new PipelineError(ErrorClass.Config, 'CURSOR_UNREADABLE', message)
  }
  cursors.set(connector, { value: cursor.value, observedAt: cursor.observedAt })
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null // said by the caller, with its place
  }
}

const isCursor = (cursor: unknown): cursor is Cursor =>
  typeof cursor === 'object' &&
  cursor !== null &&
  typeof (cursor as Cursor).value === 'string' &&
  Number.isFinite((cursor as Cursor).observedAt)
