import { createHash } from 'node:crypto'
import type { Clock } from '#infra/contracts/clock.ts'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import type { ObjectStore } from '#infra/contracts/object-store.ts'
import { readDeletes } from '#infra/runtime/archive-deletes.ts'
import { dayOfKey, readSegment } from '#infra/runtime/archive-segment.ts'
import type { AuthorEvent, MentionEvent } from '#schemas/generated.ts'
import { authorKey } from '#schemas/mention-id.ts'

const DAY_MS = 86_400_000

export interface ReplayOptions {
  readonly id: string
  readonly objects: ObjectStore
  /** `<namespace>/<raw topic>`. */
  readonly prefix: string
  /** Half-open range of `observedAt`. */
  readonly from: number
  readonly to: number
  /** Only mentions that this accepts; null: all. */
  readonly wanted: ((event: MentionEvent) => boolean) | null
  readonly clock: Clock
}

/** What must never come back: folded from every deletion archived since the start of the range, up to now. */
interface Deleted {
  readonly mentions: ReadonlySet<string>
  /** Author → everything observed until then. */
  readonly authors: ReadonlyMap<string, number>
}

/**
 * Reads archived raw mentions as a source like any other, oldest segment first; what was deleted since is left out. The cursor
 * is the key of the last segment read, so that an interrupted replay goes on.
 */
export function createReplayConnector(options: ReplayOptions): Connector {
  return {
    id: options.id,
    platform: 'archive',
    supply: 'finite',
    latenessMs: 0,
    prefilter: false,
    async check() {},
    read: (cursor, signal) => read(options, cursor, signal),
  }
}

/** The same range and filter go on where they stopped; another range is another replay. */
export function replayId(from: number, to: number, brand: string | null, generation: number): string {
  const asked = JSON.stringify([from, to, brand, generation])
  return `replay-${createHash('sha256').update(asked).digest('hex').slice(0, 12)}`
}

async function* read(options: ReplayOptions, cursor: string | null, signal: AbortSignal): AsyncIterable<ReadItem> {
  const { objects, prefix, from, clock } = options
  const segments: string[] = []
  for await (const { key } of objects.list(`${prefix}/`)) {
    const day = dayOfKey(key)
    // A record is archived after it was observed, so earlier days hold nothing of the range.
    if (key.endsWith('.avro') && day !== null && day + DAY_MS > from) segments.push(key)
  }
  const deleted = await foldDeletes(options)
  for (const [i, key] of segments.entries()) {
    if (signal.aborted) return
    if (cursor !== null && key <= cursor) continue
    const bytes = await objects.get(key)
    if (bytes === null) continue // removed by retention meanwhile
    const left = { deleted: 0, outside: 0 }
    for (const { event } of await readSegment(key, bytes)) {
      const item = itemOf(event as MentionEvent | AuthorEvent, options, deleted)
      if (typeof item === 'string') left[item]++
      else yield item
    }
    if (left.deleted > 0) yield { kind: 'ignored', reason: 'deleted since', count: left.deleted }
    if (left.outside > 0) yield { kind: 'ignored', reason: 'outside the range', count: left.outside }
    const progress = { done: i + 1, total: segments.length, unit: 'items' } as const
    yield { kind: 'checkpoint', cursor: key, observedAt: clock.now(), progress }
  }
}

function itemOf(
  event: MentionEvent | AuthorEvent,
  { from, to, wanted }: ReplayOptions,
  deleted: Deleted,
): Exclude<ReadItem, { kind: 'checkpoint' }> | 'deleted' | 'outside' {
  if (event.observedAt < from || event.observedAt >= to) return 'outside'
  if ('authorId' in event) return wanted === null ? { kind: 'author', event } : 'outside'
  if (event.op === 'delete') return { kind: 'mention', event }
  if (deleted.mentions.has(event.id)) return 'deleted'
  const authorId = event.mention?.author?.id
  if (authorId != null) {
    const until = deleted.authors.get(authorKey(event.mention?.platform ?? event.source.platform, authorId))
    if (until !== undefined && event.observedAt <= until) return 'deleted'
  }
  if (wanted !== null && event.mention !== null && !wanted(event)) return 'outside'
  return { kind: 'mention', event }
}

async function foldDeletes({ objects, prefix, from }: ReplayOptions): Promise<Deleted> {
  const mentions = new Set<string>()
  const authors = new Map<string, number>()
  for await (const row of readDeletes(objects, `${prefix}/`)) {
    if (row.observedAt < from) continue
    if (row.kind === 'mention') {
      mentions.add(row.id)
      continue
    }
    const key = authorKey(row.platform, row.authorId)
    const until = row.block ? Number.POSITIVE_INFINITY : row.observedAt
    authors.set(key, Math.max(authors.get(key) ?? until, until))
  }
  return { mentions, authors }
}
