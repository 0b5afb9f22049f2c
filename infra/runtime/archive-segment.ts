import { createHash, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import avro from 'avsc'
import type { AuthorEvent, EnrichedEvent, MentionEvent } from '#schemas/generated.ts'
import { wireSchemas } from '#schemas/generated.ts'
import { ErrorClass, PipelineError } from '../contracts/errors.ts'
import type { LogRecord } from '../contracts/event-log.ts'

// An archive segment is an Avro object container file (Avro specification 1.12, "Object Container Files") that any Avro
// reader understands. The bytes that stand on a topic are already Avro, so they are copied, not decoded and encoded again.

const WIRE_HEADER_BYTES = 5
const BLOCK_BYTES = 256 * 1024
const SYNC_BYTES = 16
/** Ours hold 256 KB and one more record. */
const MAX_BLOCK_BYTES = 64 << 20
const compress = promisify(deflateRaw)
const decompress = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw)

/** What a segment holds, a record each, in the order of their offsets. */
export interface ArchivedRecord<Event = MentionEvent | EnrichedEvent | AuthorEvent> {
  readonly partition: number
  readonly offset: number
  /** When the log took it in, milliseconds. */
  readonly timestamp: number
  readonly headers: Readonly<Record<string, string>>
  readonly event: Event
}

/** avsc names the branch of a union of records. */
type Branched = Omit<ArchivedRecord, 'event'> & { readonly event: Readonly<Record<string, ArchivedRecord['event']>> }

export interface SegmentSummary {
  readonly firstOffset: number
  readonly lastOffset: number
  readonly records: number
  /** Of everything behind the file's header. */
  readonly sha256: string
}

const head = [
  { name: 'partition', type: 'int' },
  { name: 'offset', type: 'long' },
  { name: 'timestamp', type: 'long', doc: 'When the log took it in, milliseconds since 1970' },
  { name: 'headers', type: { type: 'map', values: 'string' } },
]
const headType = avro.Type.forSchema({ type: 'record', name: 'ArchivedHead', fields: head } as avro.Schema)
const longType = avro.Type.forSchema('long')
const fileHeaderType = avro.Type.forSchema({
  type: 'record',
  name: 'FileHeader',
  fields: [
    { name: 'magic', type: { type: 'fixed', name: 'Magic', size: 4 } },
    { name: 'meta', type: { type: 'map', values: 'bytes' } },
    { name: 'sync', type: { type: 'fixed', name: 'Sync', size: 16 } },
  ],
} as avro.Schema)

/** The schema of a segment's records: where each stood, and the event itself as one of the two kinds. */
function segmentSchema(mention: 'MentionEvent' | 'EnrichedEvent'): string {
  const events = [
    JSON.parse(wireSchemas[mention]),
    withoutKnown(JSON.parse(wireSchemas.AuthorEvent), new Set(['Source'])),
  ]
  return JSON.stringify({
    type: 'record',
    name: 'ArchivedRecord',
    namespace: 'earshot',
    fields: [...head, { name: 'event', type: events }],
  })
}

/** Avro defines a name once in a schema: its second full definition becomes a reference. */
function withoutKnown(schema: unknown, known: ReadonlySet<string>): unknown {
  if (Array.isArray(schema)) return schema.map((part) => withoutKnown(part, known))
  if (schema === null || typeof schema !== 'object') return schema
  const { name, type } = schema as { name?: string; type?: unknown }
  if (type === 'record' && name !== undefined && known.has(name)) return `earshot.${name}`
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withoutKnown(value, known)]))
}

/** Collects records until `finish` makes a file of them. */
export class SegmentWriter {
  readonly #schema: string
  readonly #sync = randomBytes(16)
  #blocks: Promise<Buffer>[] = []
  #parts: Uint8Array[] = []
  #partBytes = 0
  #partRecords = 0
  #firstOffset = 0
  #lastOffset = 0
  records = 0
  /** Before compression. */
  bytes = 0

  constructor(mention: 'MentionEvent' | 'EnrichedEvent') {
    this.#schema = segmentSchema(mention)
  }

  /** The record's value must be in wire format: its branch is told by `isAuthor`. */
  add(partition: number, { offset, timestamp, headers, value }: LogRecord, isAuthor: boolean): void {
    if (this.records === 0) this.#firstOffset = offset
    const front = headType.toBuffer({ partition, offset, timestamp, headers })
    // A union's branch is a zigzag integer: 0 or 1 becomes one byte.
    const branch = Uint8Array.of(isAuthor ? 2 : 0)
    const event = value.subarray(WIRE_HEADER_BYTES)
    this.#parts.push(front, branch, event)
    const size = front.length + 1 + event.length
    this.#partBytes += size
    this.bytes += size
    this.#partRecords++
    this.records++
    this.#lastOffset = offset
    if (this.#partBytes >= BLOCK_BYTES) this.#closeBlock()
  }

  async finish(): Promise<{ readonly bytes: Uint8Array; readonly summary: SegmentSummary }> {
    if (this.#partRecords > 0) this.#closeBlock()
    const body = Buffer.concat(await Promise.all(this.#blocks))
    const summary = {
      firstOffset: this.#firstOffset,
      lastOffset: this.#lastOffset,
      records: this.records,
      sha256: createHash('sha256').update(body).digest('hex'),
    }
    const header = fileHeaderType.toBuffer({
      magic: Buffer.from('Obj\u0001', 'latin1'),
      meta: {
        'avro.schema': Buffer.from(this.#schema),
        'avro.codec': Buffer.from('deflate'),
        'earshot.segment': Buffer.from(JSON.stringify(summary)),
      },
      sync: this.#sync,
    })
    return { bytes: Buffer.concat([header, body]), summary }
  }

  #closeBlock(): void {
    const count = longType.toBuffer(this.#partRecords)
    const plain = Buffer.concat(this.#parts)
    this.#blocks.push(
      compress(plain, { level: 1 }).then((data) =>
        Buffer.concat([count, longType.toBuffer(data.length), data, this.#sync]),
      ),
    )
    this.#parts = []
    this.#partBytes = 0
    this.#partRecords = 0
  }
}

/** What a segment says of itself. Throws a permanent PipelineError for bytes that are not one, or are damaged. */
export const readSegmentSummary = (key: string, bytes: Uint8Array): SegmentSummary =>
  readFileHeader(key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).summary

/** How many records a damaged segment held; null when that cannot be read either. */
export function recordsOfDamaged(bytes: Uint8Array): number | null {
  try {
    const { records } = decodeHeader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).summary
    return Number.isSafeInteger(records) && records >= 0 ? records : null
  } catch {
    return null // damaged, as the caller knows
  }
}

function readFileHeader(key: string, buffer: Buffer) {
  let header: ReturnType<typeof decodeHeader>
  try {
    header = decodeHeader(buffer)
  } catch (cause) {
    throw damaged(key, cause)
  }
  const found = createHash('sha256').update(buffer.subarray(header.start)).digest('hex')
  if (header.summary.sha256 !== found) throw damaged(key)
  return header
}

function decodeHeader(buffer: Buffer) {
  const { value, offset } = fileHeaderType.decode(buffer) as {
    value: { meta: Record<string, Buffer> } | undefined
    offset: number
  }
  if (value === undefined) throw new RangeError('shorter than its header')
  const summary = JSON.parse(String(value.meta['earshot.segment'])) as SegmentSummary
  return { meta: value.meta, start: offset, summary }
}

/**
 * Every record of a segment in its current shape, whichever version wrote it, after its hash was checked. Throws a permanent
 * PipelineError for a damaged one.
 */
export async function readSegment(key: string, bytes: Uint8Array): Promise<readonly ArchivedRecord[]> {
  const records: ArchivedRecord[] = []
  for await (const block of readBlocks(key, bytes)) records.push(...block.records)
  return records
}

export interface SegmentBlock {
  readonly records: readonly ArchivedRecord[]
  /** Share of the segment that has been read with this block, 0..1. */
  readonly done: number
}

/**
 * The records of a segment, a few hundred at a time, so that no more than a block of it is unpacked. Its hash is checked before the
 * first one: of a damaged segment nothing is given, since a changed byte may read as a text that nobody wrote. Throws a
 * permanent PipelineError then.
 */
export async function* readBlocks(key: string, bytes: Uint8Array): AsyncGenerator<SegmentBlock> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { reader, start } = readHead(key, buffer)
  for (let at = start; at < buffer.length; ) {
    const { records, end } = await readBlock(buffer, at, reader).catch((cause: unknown) => {
      throw damaged(key, cause)
    })
    at = end
    yield { records, done: at / buffer.length }
  }
}

async function readBlock(buffer: Buffer, at: number, { type, resolver }: SegmentReader) {
  const { value: count, offset: sizeAt } = longType.decode(buffer, at) as { value: number; offset: number }
  const { value: size, offset: from } = longType.decode(buffer, sizeAt) as { value: number; offset: number }
  const plain = await decompress(buffer.subarray(from, from + size), { maxOutputLength: MAX_BLOCK_BYTES })
  const records: ArchivedRecord[] = []
  for (let place = 0; records.length < count; ) {
    const { value, offset } = type.decode(plain, place, resolver) as { value: Branched; offset: number }
    const [event] = Object.values(value.event)
    records.push({ ...value, event: event as ArchivedRecord['event'] })
    place = offset
  }
  return { records, end: from + size + SYNC_BYTES }
}

/** Checks the hash. */
function readHead(key: string, buffer: Buffer): { readonly reader: SegmentReader; readonly start: number } {
  const { start, meta } = readFileHeader(key, buffer)
  try {
    return { reader: readerOf(String(meta['avro.schema'])), start }
  } catch (cause) {
    throw damaged(key, cause)
  }
}

/** The current type, with the way from another version's bytes to it. */
interface SegmentReader {
  readonly type: avro.Type
  readonly resolver?: avro.Resolver
}

const readers = new Map<string, SegmentReader>()

function readerOf(schema: string): SegmentReader {
  const known = readers.get(schema)
  if (known !== undefined) return known
  const current = segmentSchema(schema.includes('"name":"EnrichedEvent"') ? 'EnrichedEvent' : 'MentionEvent')
  const type = avro.Type.forSchema(JSON.parse(current))
  const reader =
    schema === current ? { type } : { type, resolver: type.createResolver(avro.Type.forSchema(JSON.parse(schema))) }
  readers.set(schema, reader)
  return reader
}

const damaged = (key: string, cause?: unknown): PipelineError =>
  new PipelineError(
    ErrorClass.Permanent,
    'SEGMENT_DAMAGED',
    `${key} is not an archive segment, or was cut short: restore it from a copy, or remove it and replay without it`,
    { cause },
  )

/** A key that depends on nothing but the records; a second upload is refused, and its writer adopts the end that the first one stored. */
export function segmentKey(
  prefix: string,
  epoch: string,
  firstTimestamp: number,
  partition: number,
  firstOffset: number,
): string {
  const day = new Date(firstTimestamp).toISOString().slice(0, 10)
  return `${prefix}/${epoch}/dt=${day}/${String(partition).padStart(4, '0')}+${String(firstOffset).padStart(20, '0')}.avro`
}

/** The day of a segment's key, as milliseconds at its start; null for other objects. */
export function dayOfKey(key: string): number | null {
  const day = /\/dt=(\d{4}-\d{2}-\d{2})\//.exec(key)?.[1]
  return day === undefined ? null : Date.parse(`${day}T00:00:00Z`)
}
