import type { KafkaMessage } from 'kafkajs'
import type { LogRecord } from '#infra/contracts/event-log.ts'

const EMPTY = new Uint8Array()

/** A record as Kafka holds it; what only other programs write (no value, a header twice) reads as empty, and as its last value. */
export function toLogRecord({ offset, key, value, headers, timestamp }: KafkaMessage): LogRecord {
  return {
    offset: Number(offset),
    key: key === null ? null : key.toString(),
    value: value ?? EMPTY,
    headers: textHeaders(headers),
    timestamp: Number(timestamp),
  }
}

function textHeaders(headers: KafkaMessage['headers']): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    const last = Array.isArray(value) ? value.at(-1) : value
    texts[name] = last === undefined || last === null ? '' : last.toString()
  }
  return texts
}
