import { createHash } from 'node:crypto'
import type { Clock } from '#infra/contracts/clock.ts'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import type { ObjectStore } from '#infra/contracts/object-store.ts'
import { FoldedDeletes } from '#infra/runtime/archive-deletes.ts'
import { dayOfKey, readSegment } from '#infra/runtime/archive-segment.ts'
import type { AuthorEvent, MentionEvent } from '#schemas/generated.ts'

const DAY_MS = 86_400_000
/** The cursor before every key. */
const BEGINNING = ''

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

/**
 * Reads archived raw mentions as a source like any other, oldest segment first; what was deleted since is left out. The cursor
 * is the key of the last segment read, so that an interrupted replay goes on; one that came to its end begins anew when asked again.
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

async function* read(options: ReplayOptions, from: string | null, signal: AbortSignal): AsyncIterable<ReadItem> {
  const { objects, prefix, clock } = options
  const segments = await segmentsFrom(options)
  const deleted = await FoldedDeletes.of(objects, `${prefix}/`)
  for (const [i, key] of segments.entries()) {
    if (signal.aborted) return
    if (key <= (from ?? BEGINNING)) continue
    const bytes = await objects.get(key)
    if (bytes === null) continue // removed by retention meanwhile
    const left = { deleted: 0, outside: 0, unwanted: 0 }
    for (const { event } of await readSegment(key, bytes)) {
      const item = itemOf(event as MentionEvent | AuthorEvent, options, deleted)
      if (typeof item === 'string') left[item]++
      else yield item
    }
    if (left.deleted > 0) yield { kind: 'ignored', reason: 'deleted since', count: left.deleted }
    if (left.outside > 0) yield { kind: 'ignored', reason: 'outside the range', count: left.outside }
    if (left.unwanted > 0) yield { kind: 'ignored', reason: 'not of the brand', count: left.unwanted }
    const progress = { done: i + 1, total: segments.length, unit: 'items' } as const
    const cursor = i + 1 < segments.length ? key : BEGINNING
    yield { kind: 'checkpoint', cursor, observedAt: clock.now(), progress }
  }
}

/**
 * Segments that may hold something of the range. A record is archived after it was observed, and a segment ends where the next one
 * of its partition begins: it may have been open for days, while nothing was archived.
 */
async function segmentsFrom({ objects, prefix, from }: ReplayOptions): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of objects.list(`${prefix}/`)) if (key.endsWith('.avro')) keys.push(key)
  const nextDay = new Map<string, number>()
  return keys
    .toReversed()
    .filter((key) => {
      const day = dayOfKey(key)
      if (day === null) return false
      const partition = partitionOfKey(key)
      const endsOn = nextDay.get(partition)
      nextDay.set(partition, day)
      return endsOn === undefined || endsOn + DAY_MS > from
    })
    .reverse()
}

/** `<epoch>` and `<partition>` of `…/<epoch>/dt=<day>/<partition>+<first offset>.avro`. */
const partitionOfKey = (key: string): string => key.replace(/dt=[^/]*\/(\d+)\+.*$/, '$1')

function itemOf(
  event: MentionEvent | AuthorEvent,
  { from, to, wanted }: ReplayOptions,
  deleted: FoldedDeletes,
): Exclude<ReadItem, { kind: 'checkpoint' }> | 'deleted' | 'outside' | 'unwanted' {
  if (event.observedAt < from || event.observedAt >= to) return 'outside'
  if ('authorId' in event) return wanted === null ? { kind: 'author', event } : 'unwanted'
  if (deleted.covers(event)) return 'deleted'
  if (wanted !== null && event.mention !== null && !wanted(event)) return 'unwanted'
  return { kind: 'mention', event }
}
