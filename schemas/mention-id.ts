import { createHash } from 'node:crypto'

const MAX_ID_BYTES = 400

/**
 * The id of a mention, and its record key: `<platform>:<what the platform's own delete names>`. Longer than 400 bytes it
 * becomes `<platform>:sha256-<hex>`, because Elasticsearch refuses a whole bulk request over one `_id` beyond 512 bytes.
 */
export function mentionId(platform: string, nativeId: string): string {
  if (nativeId === '') throw new RangeError('a mention needs the id that its platform gives it')
  const id = `${platform}:${nativeId}`
  if (Buffer.byteLength(id) <= MAX_ID_BYTES) return id
  return `${platform}:sha256-${createHash('sha256').update(nativeId).digest('hex')}`
}

/** The key of everything one author published on a platform. */
export const authorKey = (platform: string, authorId: string): string => mentionId(platform, authorId)
