import { createHash } from 'node:crypto'
import avro, { type Type } from 'avsc'
import { compileWalk, type Walk } from './wire-walk.ts'

/** Confluent wire format: a zero byte, the schema id as 32 bits big-endian, Avro binary. */
export const HEADER_BYTES = 5

/**
 * Bytes that cannot be read, with the reason for people. `SCHEMA_UNKNOWN`: of a schema that is not known here, perhaps a newer
 * version's; `RECORD_UNREADABLE`: not in wire format, or damaged.
 */
export interface Foreign {
  readonly name: 'foreign'
  readonly code: 'SCHEMA_UNKNOWN' | 'RECORD_UNREADABLE'
  readonly reason: string
}
/** In the shape of the current schema, whichever version it was written by. */
export interface Read {
  readonly name: string
  readonly value: unknown
}

/** For records of a schema that came from elsewhere. */
export interface Reader {
  readonly name: string
  /** They are written as ours are: their words and their defaults may differ. */
  readonly isCurrent: boolean
  readonly read: (bytes: Uint8Array) => Read | Foreign
}

/** How records of one schema are read. */
interface Version {
  readonly name: string
  readonly walk: Walk
  readonly read: (avroBytes: Buffer) => unknown
}

interface Current extends Version {
  readonly id: number
  readonly type: Type
}

const parse = (schema: string): Type => avro.Type.forSchema(JSON.parse(schema))

/** First 31 bits of the schema's SHA-256, so that ids made on two branches never collide. */
export const schemaId = (schema: string): number => createHash('sha256').update(schema).digest().readUInt32BE(0) >>> 1

/** The schema id of bytes in wire format; null for others. */
export function idOf(bytes: Uint8Array): number | null {
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0) return null
  return ((bytes[1]! << 24) | (bytes[2]! << 16) | (bytes[3]! << 8) | bytes[4]!) >>> 0
}

/** A copy with another schema id. It may share its buffer with others. */
export function withId(bytes: Uint8Array, id: number): Uint8Array {
  const copy = Buffer.allocUnsafe(bytes.length)
  copy.set(bytes)
  copy.writeUInt32BE(id, 1)
  return copy
}

/** Writes records by the current schema of their name, and reads what any of their versions wrote. */
export class WireCodec {
  readonly #current = new Map<string, Current>()
  /** Those of the past are compiled when the first record of theirs comes. */
  readonly #byId = new Map<number, Version | (() => Version)>()
  #scratch = Buffer.alloc(64 * 1024)

  /** By record name, oldest first; the last is the current one. */
  constructor(schemas: Readonly<Record<string, readonly string[]>>) {
    for (const [name, versions] of Object.entries(schemas)) {
      for (const schema of versions.slice(0, -1))
        this.#byId.set(schemaId(schema), () => this.#compile(name, parse(schema)))
      const schema = versions.at(-1) as string
      const type = parse(schema)
      const read = (avroBytes: Buffer) => type.fromBuffer(avroBytes)
      const current = { name, id: schemaId(schema), type, walk: compileWalk(type), read }
      this.#current.set(name, current)
      this.#byId.set(current.id, current)
    }
  }

  /** Throws when its records cannot be read as the current type. */
  #compile(name: string, writer: Type): Version {
    const { type } = this.#current.get(name) as Current
    const resolver = type.createResolver(writer)
    return { name, walk: compileWalk(writer), read: (avroBytes) => type.fromBuffer(avroBytes, resolver) }
  }

  /** What the records of `name` that are written now carry. */
  idFor(name: string): number {
    return (this.#current.get(name) as Current).id
  }

  /** Throws when the value does not fit its schema: that is a bug. */
  encode(name: string, value: unknown): Uint8Array<ArrayBuffer> {
    const { id, type } = this.#current.get(name) as Current
    let end = type.encode(value, this.#scratch, HEADER_BYTES)
    if (end < 0) {
      this.#scratch = Buffer.alloc((this.#scratch.length - end) * 2)
      end = type.encode(value, this.#scratch, HEADER_BYTES)
    }
    const bytes = new Uint8Array(end)
    bytes.set(this.#scratch.subarray(0, end))
    new DataView(bytes.buffer).setUint32(1, id)
    return bytes
  }

  /** Never throws. */
  decode(bytes: Uint8Array): Read | Foreign {
    const id = idOf(bytes)
    if (id === null) return unreadable('not in Confluent wire format')
    const version = this.#version(id)
    return version === undefined ? unknownSchema(id) : read(version, bytes)
  }

  /** The record as the current schema writes it: the same bytes when it did. Null when it is not one of `name`, or unreadable. */
  toCurrent(name: string, bytes: Uint8Array): Uint8Array | null {
    const current = this.#current.get(name) as Current
    const id = idOf(bytes)
    // The common case, several times as fast as decoding.
    if (id === current.id) return current.walk(bytes, HEADER_BYTES) === bytes.length ? bytes : null
    const version = id === null ? undefined : this.#version(id)
    if (version?.name !== name) return null
    const found = read(version, bytes)
    return found.name === name ? this.encode(name, (found as Read).value) : null
  }

  /** How to read records of a schema that came from elsewhere; null when it is no version of one of ours. */
  reader(schema: string): Reader | null {
    try {
      const writer = parse(schema)
      const ours = [...this.#current.values()].find(({ type }) => type.name === writer.name)
      if (ours === undefined) return null
      const version = this.#compile(ours.name, writer)
      const isCurrent = writer.fingerprint().equals(ours.type.fingerprint())
      return { name: ours.name, isCurrent, read: (bytes) => read(version, bytes) }
    } catch {
      return null // not Avro, or of the same name and nothing else
    }
  }

  /** Is it the id of one of our schemas, of whichever version? */
  knows(id: number): boolean {
    return this.#byId.has(id)
  }

  #version(id: number): Version | undefined {
    const found = this.#byId.get(id)
    if (typeof found !== 'function') return found
    const version = found()
    this.#byId.set(id, version)
    return version
  }
}

function read({ name, walk, read: decode }: Version, bytes: Uint8Array): Read | Foreign {
  if (walk(bytes, HEADER_BYTES) !== bytes.length) return unreadable(`damaged ${name}`)
  const avroBytes = Buffer.from(bytes.buffer, bytes.byteOffset + HEADER_BYTES, bytes.byteLength - HEADER_BYTES)
  try {
    return { name, value: decode(avroBytes) }
  } catch (error) {
    return unreadable(`damaged ${name}: ${(error as Error).message}`)
  }
}

const unreadable = (reason: string): Foreign => ({ name: 'foreign', code: 'RECORD_UNREADABLE', reason })

const unknownSchema = (id: number): Foreign => ({
  name: 'foreign',
  code: 'SCHEMA_UNKNOWN',
  reason: `schema id ${id} is unknown here: written by a newer Earshot? update this one, then \`earshot dead-letters retry\``,
})
