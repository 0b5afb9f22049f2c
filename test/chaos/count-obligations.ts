import { createHash } from 'node:crypto'
import type { ObjectStore } from '#infra/contracts/object-store.ts'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { readSegment } from '#infra/runtime/archive-segment.ts'
import type { MentionEvent } from '#schemas/generated.ts'
import type { Obligations } from './operations-corpus.ts'

const PAGE = 1_000

/** Every mention once in its last state, none invented, none that came back. Each broken promise in words. */
export async function indexViolations(
  index: Pick<SearchIndex, 'search' | 'get'>,
  { standing, gone, lines }: Obligations,
): Promise<string[]> {
  const violations: string[] = []
  const found = new Map<string, string>()
  const everything = { query: null, range: { since: null, until: null }, brands: [] }
  for (let after: string | null = null; ; ) {
    const page = await index.search({ ...everything, sort: 'oldest', limit: PAGE, after })
    if (after === null && page.total !== standing.size)
      violations.push(`${page.total} mentions stand, ${standing.size} should`)
    for (const { id, content } of page.hits) {
      if (found.has(id)) violations.push(`${id} stands twice`)
      found.set(id, content.mention.text ?? '')
      const last = lines.get(id)?.at(-1)
      if (content.raw?.sha256 !== sha256(last ?? ''))
        violations.push(`${id} was made from other bytes than its last line`)
    }
    if (page.next === null) break
    after = page.next
  }
  for (const hit of await index.get([...gone])) if (hit !== null) violations.push(`${hit.id} was deleted and stands`)
  for (const [id, text] of standing) {
    if (found.get(id) !== text) violations.push(`${id} is ${found.has(id) ? 'not in its last state' : 'lost'}`)
  }
  for (const id of found.keys())
    if (!standing.has(id)) violations.push(`${id} ${gone.has(id) ? 'came back' : 'was invented'}`)
  return violations
}

/** Every line is in the archive below `prefix`, byte for byte. */
export async function archivedLineViolations(
  objects: Pick<ObjectStore, 'list' | 'get'>,
  prefix: string,
  { lines }: Obligations,
): Promise<string[]> {
  const archived = new Map<string, Set<string>>()
  for await (const { key } of objects.list(prefix)) {
    if (!key.endsWith('.avro')) continue
    for (const { event } of await readSegment(key, (await objects.get(key)) as Uint8Array)) {
      const { id, payload } = event as MentionEvent
      if (payload?.bytes) archived.set(id, (archived.get(id) ?? new Set()).add(Buffer.from(payload.bytes).toString()))
    }
  }
  return [...lines].flatMap(([id, written]) =>
    written
      .filter((line) => !archived.get(id)?.has(line))
      .map(() => `a line of ${id} is not in the archive byte for byte`),
  )
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
