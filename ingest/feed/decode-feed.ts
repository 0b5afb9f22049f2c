/** Where an XML declaration may stand. */
const PROLOG_BYTES = 1024

/** What XML 1.0 §2.2 forbids; parsers hand it through into titles, and indexes choke on it. Lone surrogates included. */
const ILLEGAL = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu

/**
 * Bytes to text as feeds need it: byte order mark, then the charset of the HTTP header, then the XML declaration, then UTF-8,
 * and windows-1252 when the bytes are no UTF-8. A label that cannot be true (it does not decode without errors) is passed over
 * if UTF-8 does. Never fails: what no charset explains becomes U+FFFD.
 */
export function decodeFeed(bytes: Uint8Array, contentType: string | null): string {
  const marked = byteOrderMark(bytes)
  if (marked !== null) return clean(lenient(bytes, marked))
  const declared = [charsetOf(contentType), declaredEncoding(bytes)].filter((label) => label !== null)
  for (const label of [...declared, 'utf-8']) {
    const text = strict(bytes, label)
    if (text !== null) return clean(text)
  }
  // Declared UTF-8 with a few broken bytes stays UTF-8: one bad character is better than mojibake everywhere.
  return clean(lenient(bytes, declared.find(isKnown) ?? 'windows-1252'))
}

const clean = (text: string): string => text.replace(ILLEGAL, '')

function byteOrderMark(bytes: Uint8Array): string | null {
  const [a, b, c] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  return null
}

function charsetOf(contentType: string | null): string | null {
  const charset = /;\s*charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType ?? '')?.[1]
  return charset ?? null
}

function declaredEncoding(bytes: Uint8Array): string | null {
  if (bytes[0] === 0x00 && bytes[1] === 0x3c) return 'utf-16be'
  if (bytes[0] === 0x3c && bytes[1] === 0x00) return 'utf-16le'
  const prolog = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PROLOG_BYTES)).toString('latin1')
  const label = /<\?xml[^>]*?encoding\s*=\s*["']\s*([\w.:-]+)/i.exec(prolog)?.[1] ?? null
  // Single bytes were readable, so it is not UTF-16 whatever it says.
  return label !== null && /^utf-?16|^ucs-?2/i.test(label) ? null : label
}

function isKnown(label: string): boolean {
  try {
    new TextDecoder(label)
    return true
  } catch {
    return false
  }
}

function strict(bytes: Uint8Array, label: string): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    return null // an unknown label, or bytes that it does not explain
  }
}

const lenient = (bytes: Uint8Array, label: string): string => new TextDecoder(label).decode(bytes)
