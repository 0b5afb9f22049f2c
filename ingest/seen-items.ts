import { hash } from 'node:crypto'

export interface SeenItem {
  /** Digest of what was said; another one is an edit. */
  readonly content: number
  /** Seconds. */
  readonly firstSeen: number
}

const KEY_BYTES = 6
const RECORD_BYTES = KEY_BYTES + 4 + 4

/** Which items of a source were seen, and with what content: 14 bytes an item in a cursor, the newest `capacity` of them. */
export class SeenItems {
  readonly #capacity: number
  /** Oldest first. */
  readonly #items = new Map<number, SeenItem>()

  /** `packed` is what `pack` gave, or empty. */
  constructor(capacity: number, packed: string) {
    this.#capacity = capacity
    const bytes = Buffer.from(packed, 'base64')
    for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
      const item = { content: bytes.readUInt32BE(at + KEY_BYTES), firstSeen: bytes.readUInt32BE(at + KEY_BYTES + 4) }
      this.#items.set(bytes.readUIntBE(at, KEY_BYTES), item)
    }
  }

  /** `key`: an integer below 2^48; `keyDigest` makes one. */
  get(key: number): SeenItem | undefined {
    return this.#items.get(key)
  }

  /** Newest first, as sources list them: these are forgotten last. */
  remember(items: readonly (readonly [key: number, item: SeenItem])[]): void {
    for (const [key, item] of items.toReversed()) {
      this.#items.delete(key)
      this.#items.set(key, item)
    }
    for (const key of this.#items.keys()) {
      if (this.#items.size <= this.#capacity) break
      this.#items.delete(key)
    }
  }

  /** Oldest first. */
  entries(): IterableIterator<[key: number, item: SeenItem]> {
    return this.#items.entries()
  }

  pack(): string {
    const bytes = Buffer.alloc(this.#items.size * RECORD_BYTES)
    let at = 0
    for (const [key, { content, firstSeen }] of this.#items) {
      bytes.writeUIntBE(key, at, KEY_BYTES)
      bytes.writeUInt32BE(content, at + KEY_BYTES)
      bytes.writeUInt32BE(firstSeen, at + KEY_BYTES + 4)
      at += RECORD_BYTES
    }
    return bytes.toString('base64')
  }
}

/**
 * 48 bits of a key. Two keys that share them (1 chance in 10^14 a pair) make a new item look like an edit of the other: its event
 * is then an update with all its content. It is lost only if their contents share 32 bits too.
 */
export const keyDigest = (key: string): number => hash('sha256', key, 'buffer').readUIntBE(0, KEY_BYTES)

export const contentDigest = (content: unknown): number =>
  hash('sha256', JSON.stringify(content), 'buffer').readUInt32BE(0)
