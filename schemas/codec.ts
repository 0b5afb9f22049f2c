import avro from 'avsc'
import { olderSchemas, type WireRecords, wireSchemas } from './generated.ts'
import { type Foreign, HEADER_BYTES, WireCodec } from './wire-codec.ts'

export type WireName = keyof WireRecords
export type Decoded = { [N in WireName]: { readonly name: N; readonly value: WireRecords[N] } }[WireName]

export const wireNames = Object.keys(wireSchemas) as readonly WireName[]

const codec = new WireCodec(
  Object.fromEntries(wireNames.map((name) => [name, [...olderSchemas[name], wireSchemas[name]]])),
)

/** The bytes that stand on a topic for this record. Throws when the value does not fit its schema: that is a bug. */
export function encode<N extends WireName>(name: N, value: WireRecords[N]): Uint8Array<ArrayBuffer> {
  return codec.encode(name, value)
}

/**
 * Reads what `encode` wrote, or an earlier released version of it. Never throws: what cannot be read is `foreign`, and its holder
 * buries it with its bytes.
 */
export const decode = (bytes: Uint8Array): Decoded | Foreign => codec.decode(bytes) as Decoded | Foreign

/**
 * The record as `encode` would write it, for those who pass bytes on as they are: the same bytes when they are of the current
 * schema, which is several times as fast as decoding. Null when it is not a `name`, or `decode` could not read it.
 */
export const toCurrent = (name: WireName, bytes: Uint8Array): Uint8Array | null => codec.toCurrent(name, bytes)

const stringType = avro.Type.forSchema('string')

/** The id of a readable `EnrichedEvent` or `MentionEvent`: the first field in all their versions, read without the others. */
export function idOfRecord(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return stringType.decode(buffer, HEADER_BYTES).value as string
}

/** The id that `encode` writes. */
export const currentId = (name: WireName): number => codec.idFor(name)

/** Is it an id that `decode` knows? */
export const isOurSchema = (id: number): boolean => codec.knows(id)

/** For records of a schema that came from elsewhere. */
export interface WireReader {
  readonly name: WireName
  /** They are written as ours are: their words and their defaults may differ. */
  readonly isCurrent: boolean
  readonly read: (bytes: Uint8Array) => Decoded | Foreign
}

/** How to read records of a schema that came from elsewhere; null when it is no version of one of ours. */
export const readerOf = (schema: string): WireReader | null => codec.reader(schema) as WireReader | null
