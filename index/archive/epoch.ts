import { randomBytes } from 'node:crypto'
import type { ObjectStore } from '#infra/contracts/object-store.ts'

/**
 * The life of a topic: offsets mean something only within it. A topic that was really created begins a new epoch; one that
 * was there goes on in its last. Kept as small numbered objects under the topic's prefix, the highest number being current.
 */
export async function currentEpoch(objects: ObjectStore, prefix: string, created: boolean): Promise<string> {
  let last: string | null = null
  let count = 0
  for await (const { key } of objects.list(`${prefix}/epoch-`)) {
    last = key
    count++
  }
  if (last !== null && !created) {
    const bytes = await objects.get(last)
    if (bytes !== null) return new TextDecoder().decode(bytes).trim()
  }
  const epoch = randomBytes(8).toString('hex')
  const key = `${prefix}/epoch-${String(count + 1).padStart(6, '0')}.txt`
  const answer = await objects.put(key, new TextEncoder().encode(`${epoch}\n`), { ifAbsent: true })
  // Another process began it at the same moment: it is the same life of the topic.
  return answer === 'stored' ? epoch : currentEpoch(objects, prefix, false)
}
