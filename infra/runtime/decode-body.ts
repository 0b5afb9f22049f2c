import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** A server may compress twice; more is an attack. */
const MOST_LAYERS = 2

const decoders = {
  gzip: promisify(gunzip),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
  inflate: promisify(inflate),
  inflateRaw: promisify(inflateRaw),
}

/**
 * Undoes `Content-Encoding`, and gzip that no header announced. Never holds more than `maxBytes` of output.
 * Errors: BODY_TOO_LARGE and ENCODING_UNKNOWN (permanent), BODY_DAMAGED (transient: cut off on the way).
 */
export async function decodeBody(body: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const layers = encoding.toLowerCase().split(',')
  const names = layers.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  if (names.length > MOST_LAYERS) throw unknownEncoding(encoding)
  let bytes = body
  for (const name of names.reverse()) {
    // Some servers announce gzip and send plain text.
    if ((name === 'gzip' || name === 'x-gzip') && !isGzip(bytes)) continue
    bytes = await decompress(decoderFor(name, bytes), bytes, maxBytes)
  }
  if (isGzip(bytes)) bytes = await decompress('gzip', bytes, maxBytes)
  return bytes
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

function decoderFor(name: string, bytes: Buffer): keyof typeof decoders {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return 'gzip'
    case 'br':
    case 'zstd':
      return name
    case 'deflate':
      // Meant is zlib (RFC 9110 §8.4.1.2), sent is sometimes bare deflate; zlib's first two bytes divide by 31.
      return bytes.length > 1 && ((bytes[0]! & 0x0f) !== 8 || bytes.readUInt16BE(0) % 31 !== 0)
        ? 'inflateRaw'
        : 'inflate'
    default:
      throw unknownEncoding(name)
  }
}

async function decompress(name: keyof typeof decoders, bytes: Buffer, maxBytes: number): Promise<Buffer> {
  if (bytes.length === 0) return bytes
  try {
    return await decoders[name](bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const limit = `${maxBytes.toLocaleString('en')} bytes`
      throw new PipelineError(
        ErrorClass.Permanent,
        'BODY_TOO_LARGE',
        `the body unpacks to more than ${limit}; name an address that gives less`,
      )
    }
    throw new PipelineError(ErrorClass.Transient, 'BODY_DAMAGED', `the body cannot be unpacked (${name})`, {
      cause: error,
    })
  }
}

const unknownEncoding = (encoding: string): PipelineError =>
  new PipelineError(ErrorClass.Permanent, 'ENCODING_UNKNOWN', `the body is packed as "${encoding.slice(0, 100)}"`)
