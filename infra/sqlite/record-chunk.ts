import { markAsUntransferable } from 'node:worker_threads'
import type { LogRecord, NewRecord } from '#infra/contracts/event-log.ts'

/**
 * The log stores records in chunks: what one commit brought for one partition. A frame, little-endian:
 * length of the whole frame u32, offset − chunk's base u32, key length i32 (−1: no key), headers length u32, key, headers (JSON), value.
 * Deltas may have gaps: compaction takes frames out and leaves the others as they are.
 */
export interface Chunk {
  /** Offset of the first record when the chunk was written. */
  readonly base: number
  /** Number of offsets that the chunk covers, also those taken out later. */
  readonly span: number
  readonly timestamp: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Several batches and groups look into one buffer: whoever tries to transfer it to a thread gets an error. */
export function sharedBytes(buffer: ArrayBuffer): Uint8Array<ArrayBuffer> {
  markAsUntransferable(buffer)
  return new Uint8Array(buffer)
}

const FRAME_HEADER_BYTES = 16
const FIRST_BYTES = 16 * 1024
const NO_HEADERS = Buffer.from('{}')

/** Records of one partition on their way to a chunk: a record costs the copy of its bytes. */
export class ChunkWriter {
  #buffer = Buffer.from(new ArrayBuffer(FIRST_BYTES))
  #view = new DataView(this.#buffer.buffer)
  #length = 0
  #count = 0
  // Neighbours mostly have equal headers, which are then encoded once.
  #headers: Readonly<Record<string, string>> = {}
  #headerBytes: Buffer = NO_HEADERS

  get length(): number {
    return this.#length
  }

  get count(): number {
    return this.#count
  }

  /** Answers the record's offset minus the chunk's base. */
  add({ key, headers, value }: NewRecord): number {
    if (!sameHeaders(headers, this.#headers)) {
      this.#headers = { ...headers }
      this.#headerBytes = Buffer.from(JSON.stringify(headers))
    }
    const headerBytes = this.#headerBytes
    const start = this.#length
    this.#reserve(FRAME_HEADER_BYTES + (key === null ? 0 : key.length * 3) + headerBytes.length + value.length)
    let at = start + FRAME_HEADER_BYTES
    const keyLength = key === null ? -1 : this.#buffer.write(key, at)
    at += Math.max(keyLength, 0)
    this.#buffer.set(headerBytes, at)
    at += headerBytes.length
    this.#buffer.set(value, at)
    at += value.length
    const view = this.#view
    view.setUint32(start, at - start, true)
    view.setUint32(start + 4, this.#count, true)
    view.setInt32(start + 8, keyLength, true)
    view.setUint32(start + 12, headerBytes.length, true)
    this.#length = at
    return this.#count++
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#buffer.length) return
    const larger = Buffer.from(new ArrayBuffer(Math.max(needed, this.#buffer.length * 2)))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
    this.#view = new DataView(larger.buffer)
  }

  /** The frames; the writer must not be used afterwards. */
  finish(): ArrayBuffer {
    return this.#buffer.buffer.transfer(this.#length)
  }
}

function sameHeaders(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  let fields = 0
  for (const name in a) {
    if (a[name] !== b[name]) return false
    fields++
  }
  for (const _ in b) fields--
  return fields === 0
}

/** What a batch may still take in. */
export interface Room {
  records: number
  bytes: number
}

/**
 * Appends the chunk's records from offset `from` on while there is room (the first record of an empty batch always fits).
 * Values are views into the chunk. Answers the first offset that was not looked at.
 */
export function takeRecords(chunk: Chunk, from: number, room: Room, records: LogRecord[]): number {
  const { base, span, timestamp, bytes } = chunk
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let headersStart = 0
  let headersLength = -1
  let headers: Readonly<Record<string, string>> = {}
  for (let at = 0; at < buffer.length; ) {
    const end = at + view.getUint32(at, true)
    const offset = base + view.getUint32(at + 4, true)
    if (offset >= from) {
      const keyLength = view.getInt32(at + 8, true)
      const length = view.getUint32(at + 12, true)
      const keyStart = at + FRAME_HEADER_BYTES
      const start = keyStart + Math.max(keyLength, 0)
      const valueStart = start + length
      const size = end - at
      if (records.length > 0 && (room.records < 1 || room.bytes < size)) return offset
      if (
        length !== headersLength ||
        buffer.compare(buffer, headersStart, headersStart + length, start, valueStart) !== 0
      ) {
        headers = Object.freeze(JSON.parse(buffer.toString('utf8', start, valueStart)) as Record<string, string>)
        headersStart = start
        headersLength = length
      }
      records.push({
        offset,
        key: keyLength < 0 ? null : buffer.toString('utf8', keyStart, start),
        value: new Uint8Array(bytes.buffer, bytes.byteOffset + valueStart, end - valueStart),
        headers,
        timestamp,
      })
      room.records--
      room.bytes -= size
    }
    at = end
  }
  return base + span
}

/** The chunk's frames that `keep` wants, by key (null: no key), asked from the last to the first; null when it wants all. */
export function filterFrames(bytes: Uint8Array, keep: (key: string | null) => boolean): Uint8Array | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: Buffer[] = []
  const keys: (string | null)[] = []
  for (let at = 0; at < buffer.length; ) {
    const end = at + buffer.readUInt32LE(at)
    const keyLength = buffer.readInt32LE(at + 8)
    const keyStart = at + FRAME_HEADER_BYTES
    keys.push(keyLength < 0 ? null : buffer.toString('utf8', keyStart, keyStart + keyLength))
    frames.push(buffer.subarray(at, end))
    at = end
  }
  const kept = frames.toReversed().filter((_, i) => keep(keys[frames.length - 1 - i] as string | null))
  return kept.length === frames.length ? null : Buffer.concat(kept.toReversed())
}

/** 32-bit FNV-1a with a final mix. Part of the file format: one key must stay in one partition. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return ((hash ^ (hash >>> 13)) >>> 0) % partitions
}
