import type { AuthorEvent, MentionEvent } from '#schemas/generated.ts'
import type { ObjectStore } from '../contracts/object-store.ts'

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

/** A delete object stands beside its segment: the same key with another ending. */
export const deleteKey = (segmentKey: string): string => segmentKey.replace(/\.avro$/, '.deletes.ndjson')

export const encodeDeletes = (deletes: readonly ArchivedDelete[]): Uint8Array =>
  new TextEncoder().encode(deletes.map((row) => `${JSON.stringify(row)}\n`).join(''))

/** Every deletion under `prefix`, in the order of the keys. */
export async function* readDeletes(objects: ObjectStore, prefix: string): AsyncIterable<ArchivedDelete> {
  for await (const { key } of objects.list(prefix)) {
    if (!key.endsWith('.deletes.ndjson')) continue
    const bytes = await objects.get(key)
    if (bytes === null) continue // removed by retention between the listing and now
    for (const line of new TextDecoder().decode(bytes).split('\n'))
      if (line !== '') yield JSON.parse(line) as ArchivedDelete
  }
}
