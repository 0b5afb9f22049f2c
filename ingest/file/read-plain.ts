import { type FileHandle, open } from 'node:fs/promises'
import { pipeline, Readable, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

const CHUNK_BYTES = 256 << 10
/** Text packs to a hundredth at best; from a bomb comes a thousand times as much and more. */
const MAX_RATIO = 250
/** Small files may be odd. */
const RATIO_COUNTS_FROM_BYTES = 16 << 20

export type Packing = 'none' | 'gzip' | 'zstd'
/** What a byte order mark says, or its absence. */
export type Marked = 'none' | 'utf-8' | 'utf-16le' | 'utf-16be'

export interface PlainChunk {
  /** Unpacked; UTF-16 is turned into UTF-8, all else is as it was. */
  readonly bytes: Buffer
  /** Bytes of the file that were read so far. */
  readonly storedBytes: number
}

/**
 * The bytes of a file from `from` on (counted as they come out), unpacked when they are gzip or zstd, and in bounded memory
 * whatever its size. A plain file is entered at once, a packed one is unpacked from its beginning. Throws PipelineErrors:
 * FILE_UNREADABLE, FILE_DAMAGED and FILE_BOMB (config), FILE_READ_FAILED (transient). Ends early when the signal aborts.
 */
export async function* readPlain(path: string, from: number, signal: AbortSignal): AsyncGenerator<PlainChunk> {
  await using file = await openFile(path)
  const head = await readAt(file, path, 0, 4)
  const packing = packingOf(head)
  const stored = { bytes: 0 }
  if (packing === 'none') {
    const marked = markOf(head)
    if (marked === 'none' || marked === 'utf-8') {
      stored.bytes = from
      for await (const bytes of fileChunks(file, path, stored, signal)) yield { bytes, storedBytes: stored.bytes }
      return
    }
  }
  const unpacked =
    packing === 'none' ? fileChunks(file, path, stored, signal) : unpack(file, path, packing, stored, signal)
  let skip = from
  for await (const chunk of toUtf8(unpacked)) {
    if (signal.aborted) return
    const bytes = chunk.subarray(Math.min(skip, chunk.length))
    skip -= chunk.length - bytes.length
    if (bytes.length > 0) yield { bytes, storedBytes: stored.bytes }
  }
  if (skip > 0 && !signal.aborted) {
    throw new PipelineError(ErrorClass.Config, 'FILE_CHANGED', changedMessage(path, from))
  }
}

export const changedMessage = (path: string, offset: number): string =>
  `${path} is another file than the one that was read up to byte ${offset}; give the connector a new id to read it from its beginning, or bring the former file back`

/** What the first bytes of a file tell. */
export function packingOf(head: Buffer): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  return head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : 'none'
}

function markOf(head: Buffer): Marked {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 'utf-8' : 'none'
}

export async function openFile(path: string): Promise<FileHandle> {
  let file: FileHandle
  try {
    file = await open(path)
  } catch (error) {
    throw unreadable(path, error)
  }
  const stat = await file.stat()
  if (stat.isFile()) return file
  await file.close()
  const message = `${path} is no file; name one file for each connector`
  throw new PipelineError(ErrorClass.Config, 'FILE_UNREADABLE', message)
}

/** Up to `length` bytes from `position`; fewer at the end of the file. */
export async function readAt(file: FileHandle, path: string, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file
      .read(buffer, filled, length - filled, position + filled)
      .catch((error: unknown) => {
        const message = `${path} could not be read at byte ${position + filled}`
        throw new PipelineError(ErrorClass.Transient, 'FILE_READ_FAILED', message, { cause: error })
      })
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

async function* fileChunks(
  file: FileHandle,
  path: string,
  stored: { bytes: number },
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  while (!signal.aborted) {
    const bytes = await readAt(file, path, stored.bytes, CHUNK_BYTES)
    if (bytes.length === 0) return
    stored.bytes += bytes.length
    yield bytes
  }
}

async function* unpack(
  file: FileHandle,
  path: string,
  packing: 'gzip' | 'zstd',
  stored: { bytes: number },
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const options = { chunkSize: CHUNK_BYTES }
  const unpacker: Transform = packing === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
  const source = Readable.from(fileChunks(file, path, stored, signal), {
    objectMode: false,
    highWaterMark: CHUNK_BYTES,
  })
  // Errors of both sides reach whoever reads the unpacker.
  pipeline(source, unpacker, () => {})
  let plainBytes = 0
  try {
    for await (const chunk of unpacker as AsyncIterable<Buffer>) {
      plainBytes += chunk.length
      if (plainBytes > RATIO_COUNTS_FROM_BYTES && plainBytes > stored.bytes * MAX_RATIO) throw bomb(path)
      yield chunk
    }
  } catch (error) {
    if (signal.aborted) return
    if (error instanceof PipelineError) throw error
    const message = `${path} is damaged: it cannot be unpacked (${packing}) beyond byte ${plainBytes} of its content; what stood before was read`
    throw new PipelineError(ErrorClass.Config, 'FILE_DAMAGED', message, { cause: error })
  } finally {
    unpacker.destroy()
    source.destroy()
  }
}

async function* toUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: InstanceType<typeof TextDecoder> | null | undefined
  for await (const chunk of chunks) {
    if (decoder === undefined) {
      const marked = markOf(chunk)
      decoder = marked === 'utf-16le' || marked === 'utf-16be' ? new TextDecoder(marked) : null
    }
    yield decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }))
  }
  const rest = decoder?.decode()
  if (rest) yield Buffer.from(rest)
}

function unreadable(path: string, error: unknown): PipelineError {
  const code = (error as NodeJS.ErrnoException).code
  const why = code === 'ENOENT' ? 'does not exist' : `cannot be opened (${code ?? 'unknown error'})`
  const message = `${path} ${why}; check the connector's \`path\` and who may read the file`
  return new PipelineError(ErrorClass.Config, 'FILE_UNREADABLE', message, { cause: error })
}

const bomb = (path: string): PipelineError =>
  new PipelineError(
    ErrorClass.Config,
    'FILE_BOMB',
    `${path} unpacks to more than ${MAX_RATIO} times its size, as files made to do harm do; if it is yours, unpack it and name the unpacked file`,
  )
