import { createHash } from 'node:crypto'
import type { AuthorEvent, Mention, MentionEvent } from '#schemas/generated.ts'
import { authorKey } from '#schemas/mention-id.ts'
import { ErrorClass, PipelineError } from '../contracts/errors.ts'
import type { ObjectStore } from '../contracts/object-store.ts'
import { readAhead } from './read-ahead.ts'

/** Small objects, so that what takes time is the way to the store. */
const READ_AHEAD = 16

/** One deletion as the archive remembers it: enough to keep a replay from bringing anything back. */
export type ArchivedDelete =
  | { readonly kind: 'mention'; readonly id: string; readonly observedAt: number }
  | {
      readonly kind: 'author'
      readonly platform: string
      readonly authorId: string
      readonly observedAt: number
      readonly block: boolean
    }

export const deleteOfMention = ({ id, observedAt }: MentionEvent): ArchivedDelete => ({
  kind: 'mention',
  id,
  observedAt,
})

export const deleteOfAuthor = ({ platform, authorId, observedAt, block }: AuthorEvent): ArchivedDelete => ({
  ...{ kind: 'author', platform, authorId, observedAt, block },
})

/**
 * A list of deletions stands beside its segment, named by what it holds: an attempt that reached less far, or the log of another
 * topic, adds a list and never replaces one.
 */
export const deleteKey = (segmentKey: string, list: Uint8Array): string =>
  segmentKey.replace(/\.avro$/, `.${createHash('sha256').update(list).digest('hex').slice(0, 16)}.deletes.ndjson`)

/** A line each, after one that says how many there are: a list that is cut short must not be taken for a whole one. */
export const encodeDeletes = (deletes: readonly ArchivedDelete[]): Uint8Array =>
  new TextEncoder().encode([{ rows: deletes.length }, ...deletes].map((row) => `${JSON.stringify(row)}\n`).join(''))

/** Every deletion under `prefix`. */
async function* readDeletes(objects: Pick<ObjectStore, 'get' | 'list'>, prefix: string): AsyncIterable<ArchivedDelete> {
  const keys: string[] = []
  for await (const { key } of objects.list(prefix)) if (key.endsWith('.deletes.ndjson')) keys.push(key)
  for await (const { item, fetched } of readAhead(keys, READ_AHEAD, (key) => objects.get(key))) {
    if (fetched === null) continue // removed by retention between the listing and now
    yield* decodeDeletes(item, fetched)
  }
}

/** A list that is cut short would let something come back: rejected as a whole. */
function decodeDeletes(key: string, bytes: Uint8Array): ArchivedDelete[] {
  try {
    const [head, ...rows] = new TextDecoder()
      .decode(bytes)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    if (head.rows !== rows.length) throw new RangeError(`${rows.length} of ${head.rows} rows`)
    return rows as ArchivedDelete[]
  } catch (cause) {
    const message =
      `${key} is damaged, and what was deleted must not come back: restore it from a copy. ` +
      'Without it nothing is replayed'
    throw new PipelineError(ErrorClass.Permanent, 'DELETES_DAMAGED', message, { cause })
  }
}

/** What must never come back. Deletes need no clock, so those from before a range count as well: a copy may arrive after them. */
export class FoldedDeletes {
  readonly #mentions = new Set<string>()
  /** Author → everything observed until then. */
  readonly #authors = new Map<string, number>()

  /** Everything that was ever deleted, as the archive knows it under `prefix`. */
  static async of(objects: Pick<ObjectStore, 'get' | 'list'>, prefix: string): Promise<FoldedDeletes> {
    const folded = new FoldedDeletes()
    for await (const row of readDeletes(objects, prefix)) folded.#add(row)
    return folded
  }

  #add(row: ArchivedDelete): void {
    if (row.kind === 'mention') {
      this.#mentions.add(row.id)
      return
    }
    const key = authorKey(row.platform, row.authorId)
    const until = row.block ? Number.POSITIVE_INFINITY : row.observedAt
    this.#authors.set(key, Math.max(this.#authors.get(key) ?? until, until))
  }

  /** True for an operation on a mention that is gone; a deletion itself is never covered. */
  covers(event: Covered): boolean {
    if (event.op === 'delete') return false
    if (this.#mentions.has(event.id)) return true
    const authorId = event.mention?.author?.id
    if (event.mention == null || authorId == null) return false
    const until = this.#authors.get(authorKey(event.mention.platform, authorId))
    return until !== undefined && event.observedAt <= until
  }
}

type Covered = Pick<MentionEvent, 'id' | 'op' | 'observedAt'> & {
  readonly mention: Pick<Mention, 'platform' | 'author'> | null
}
