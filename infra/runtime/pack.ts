/**
 * Many byte arrays in one buffer, so that they cross a thread by moving one pointer: count, then the lengths (32 bits each,
 * little-endian), then the bytes.
 */
export function pack(parts: readonly Uint8Array[]): ArrayBuffer {
  let at = 4 * (parts.length + 1)
  for (const part of parts) at += part.length
  const buffer = new ArrayBuffer(at)
  const lengths = new Uint32Array(buffer, 0, parts.length + 1)
  const bytes = new Uint8Array(buffer)
  lengths[0] = parts.length
  at = lengths.byteLength
  for (const [i, part] of parts.entries()) {
    lengths[i + 1] = part.length
    bytes.set(part, at)
    at += part.length
  }
  return buffer
}

/** Views into a buffer made by `pack`. */
export function unpack(buffer: ArrayBuffer): Uint8Array<ArrayBuffer>[] {
  const count = new Uint32Array(buffer, 0, 1)[0] as number
  const lengths = new Uint32Array(buffer, 4, count)
  let at = 4 * (count + 1)
  const parts: Uint8Array<ArrayBuffer>[] = []
  for (const length of lengths) {
    parts.push(new Uint8Array(buffer, at, length))
    at += length
  }
  return parts
}
