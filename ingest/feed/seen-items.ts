import { createHash } from 'node:crypto'

interface SeenItem {
  readonly content: number
  /** Seconds. */
  readonly firstSeen: number
}

const KEY_BYTES = 6
const RECORD_BYTES = KEY_BYTES + 4 + 4

/**
 * Which items of a feed were seen, and with what content: 14 bytes an item, the newest `capacity` of them. Digests are short.
 * Two keys that share 48 bits make a new item look like an edit of an old one (its event then is an update with all its
 * content), with 1 chance in 10^11 a pair; nothing is lost unless their contents share 32 bits too.
 */
export class SeenItems {
  readonly #capacity: number
  /** Oldest first. */
  readonly #items = new Map<number, SeenItem>()

  constructor(capacity: number, packed: string) {
    this.#capacity = capacity
    const bytes = Buffer.from(packed, 'base64')
    for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
      const item = { content: bytes.readUInt32BE(at + KEY_BYTES), firstSeen: bytes.readUInt32BE(at + KEY_BYTES + 4) }
      this.#items.set(bytes.readUIntBE(at, KEY_BYTES), item)
    }
  }

  get(key: string): SeenItem | undefined {
    return this.#items.get(keyDigest(key))
  }

  /** `keys` as they stand in the feed, newest first as feeds do: these are forgotten last. */
  remember(items: readonly { readonly key: string; readonly item: SeenItem }[]): void {
    for (const { key, item } of items.toReversed()) {
      const digest = keyDigest(key)
      this.#items.delete(digest)
      this.#items.set(digest, item)
    }
    for (const digest of this.#items.keys()) {
      if (this.#items.size <= this.#capacity) break
      this.#items.delete(digest)
    }
  }

  pack(): string {
    const bytes = Buffer.alloc(this.#items.size * RECORD_BYTES)
    let at = 0
    for (const [digest, { content, firstSeen }] of this.#items) {
      bytes.writeUIntBE(digest, at, KEY_BYTES)
      bytes.writeUInt32BE(content, at + KEY_BYTES)
      bytes.writeUInt32BE(firstSeen, at + KEY_BYTES + 4)
      at += RECORD_BYTES
    }
    return bytes.toString('base64')
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
const keyDigest = (key: string): number => sha256(key).readUIntBE(0, KEY_BYTES)

export const contentDigest = (content: unknown): number => sha256(JSON.stringify(content)).readUInt32BE(0)
