import { createHash } from 'node:crypto'
import avro, { type Type } from 'avsc'
import { type WireRecords, wireSchemas } from './generated.ts'
import { compileWalk, type Walk } from './wire-walk.ts'

/** Confluent wire format: a zero byte, the schema id as 32 bits big-endian, Avro binary. */
const HEADER_BYTES = 5

export type WireName = keyof WireRecords
export type Decoded = { [N in WireName]: { readonly name: N; readonly value: WireRecords[N] } }[WireName]
/** Bytes that we did not write, or that are damaged; `reason` is for people. */
export type Foreign = { readonly name: 'foreign'; readonly reason: string }

interface WireType {
  readonly name: WireName
  readonly id: number
  readonly type: Type
  readonly walk: Walk
}

/** First 31 bits of the schema's SHA-256, so that ids made on two branches never collide. */
const schemaId = (schema: string): number => createHash('sha256').update(schema).digest().readUInt32BE(0) >>> 1

function compile(name: WireName): WireType {
  const schema = wireSchemas[name]
  const type = avro.Type.forSchema(JSON.parse(schema))
  return { name, id: schemaId(schema), type, walk: compileWalk(type) }
}

const byName = new Map((Object.keys(wireSchemas) as WireName[]).map((name) => [name, compile(name)]))
const byId = new Map([...byName.values()].map((wire) => [wire.id, wire]))

const stringType = avro.Type.forSchema('string')

let scratch = Buffer.alloc(64 * 1024)

/** The bytes that stand on a topic for this record. Throws when the value does not fit its schema: that is a bug. */
export function encode<N extends WireName>(name: N, value: WireRecords[N]): Uint8Array<ArrayBuffer> {
  const { id, type } = byName.get(name) as WireType
  let end = type.encode(value, scratch, HEADER_BYTES)
  if (end < 0) {
    scratch = Buffer.alloc((scratch.length - end) * 2)
    end = type.encode(value, scratch, HEADER_BYTES)
  }
  const bytes = new Uint8Array(end)
  bytes.set(scratch.subarray(0, end))
  new DataView(bytes.buffer).setUint32(1, id)
  return bytes
}

/** Can `decode` read this record? For those who pass bytes on as they are; several times as fast. */
export function isReadable(name: WireName, bytes: Uint8Array): boolean {
  const { id, walk } = byName.get(name) as WireType
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0) return false
  const found = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(1)
  return found === id && walk(bytes, HEADER_BYTES) === bytes.length
}

/** The id of a record of `EnrichedEvent` or `MentionEvent` that was written by `encode`: their first field, read without the others. */
export function idOfRecord(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return stringType.decode(buffer, HEADER_BYTES).value as string
}

/** Reads what `encode` wrote. Never throws: what cannot be read is `foreign`, and its holder buries it with its bytes. */
export function decode(bytes: Uint8Array): Decoded | Foreign {
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0) return { name: 'foreign', reason: 'not in Confluent wire format' }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const id = buffer.readUInt32BE(1)
  const wire = byId.get(id)
  if (wire === undefined) return { name: 'foreign', reason: `unknown schema id ${id}` }
  if (wire.walk(bytes, HEADER_BYTES) !== bytes.length) return { name: 'foreign', reason: `damaged ${wire.name}` }
  try {
    return { name: wire.name, value: wire.type.fromBuffer(buffer.subarray(HEADER_BYTES)) } as Decoded
  } catch (error) {
    return { name: 'foreign', reason: `damaged ${wire.name}: ${(error as Error).message}` }
  }
}
