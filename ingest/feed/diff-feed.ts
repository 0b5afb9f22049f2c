import type { ReadItem } from '#infra/contracts/connector.ts'
import type { Mention, MentionEvent, Source } from '#schemas/generated.ts'
import { mentionId } from '#schemas/mention-id.ts'
import { payloadOf } from '../payload-of.ts'
import { contentDigest, keyDigest, type SeenItem, type SeenItems } from '../seen-items.ts'
import { distinguishingMark, entryKey, FEED_MAPPER, type FeedPlace, mapFeedEntry } from './map-feed.ts'
import type { FeedItem } from './read-feed.ts'

export interface FeedDocument {
  readonly items: readonly FeedItem[]
  readonly place: FeedPlace
  /** Makes ids unique over feeds: guid "1" exists in many. */
  readonly scope: string
  readonly source: Source
  readonly observedAt: number
}

type Entry = Extract<FeedItem, { kind: 'entry' }>

/**
 * What a feed's document says that was not seen before: new items are creates, those with other content updates, tombstones
 * deletes. An item that is no longer listed is no delete. Remembers in `seen` what it yielded, after it was yielded.
 */
export function* diffFeed(document: FeedDocument, seen: SeenItems): Generator<ReadItem> {
  const noted: [key: number, item: SeenItem][] = []
  const second = Math.floor(document.observedAt / 1000)
  const shared = sharedKeys(document)
  const listed = new Set<string>()
  const ignored = { unchanged: 0, duplicate: 0 }

  const note = (key: string, content: number): 'new' | 'edited' | 'unchanged' => {
    const digest = keyDigest(key)
    const before = seen.get(digest)
    noted.push([digest, { content, firstSeen: before?.firstSeen ?? second }])
    if (before === undefined) return 'new'
    return before.content === content ? 'unchanged' : 'edited'
  }

  for (const item of document.items) {
    switch (item.kind) {
      case 'deleted':
        if (note(`deleted ${item.ref}`, 0) === 'unchanged') ignored.unchanged++
        else yield { kind: 'mention', event: deleteEvent(item, document) }
        break
      case 'unreadable':
        if (note(`unreadable ${item.raw}`, 0) === 'unchanged') ignored.unchanged++
        else yield dead(item, item.message)
        break
      case 'entry': {
        const key = uniqueKey(item, document.place, shared)
        if (key === null) {
          if (note(`unreadable ${item.raw}`, 0) === 'unchanged') ignored.unchanged++
          else yield dead(item, 'the item has neither an id nor a link nor a title')
          break
        }
        if (listed.has(key)) {
          ignored.duplicate++
          break
        }
        listed.add(key)
        // The first sight stands in for a missing date: the same one however often the item is edited.
        const firstSeen = (seen.get(keyDigest(key))?.firstSeen ?? second) * 1000
        const mention = mapFeedEntry(item.entry, document.place, { firstSeen, observedAt: document.observedAt })
        const change = note(key, mention === null ? 0 : contentDigest(contentOf(mention)))
        if (change === 'unchanged') ignored.unchanged++
        else if (mention === null) yield dead(item, 'the item has neither a title nor a text nor a link')
        else
          yield {
            kind: 'mention',
            event: mentionEvent(change === 'new' ? 'create' : 'update', key, mention, item, document),
          }
        break
      }
      default:
        item satisfies never
    }
  }
  for (const [reason, count] of Object.entries(ignored)) if (count > 0) yield { kind: 'ignored', reason, count }
  seen.remember(noted)
}

/** Keys that several items of this document share although they are different items. */
function sharedKeys({ items, place }: FeedDocument): ReadonlySet<string> {
  const marks = new Map<string, string>()
  const shared = new Set<string>()
  for (const item of items) {
    const key = item.kind === 'entry' ? entryKey(item.entry, place) : null
    if (key === null || item.kind !== 'entry') continue
    const mark = distinguishingMark(item.entry, place)
    if ((marks.get(key) ?? mark) !== mark) shared.add(key)
    marks.set(key, mark)
  }
  return shared
}

function uniqueKey({ entry }: Entry, place: FeedPlace, shared: ReadonlySet<string>): string | null {
  const key = entryKey(entry, place)
  return key !== null && shared.has(key) ? `${key} ${distinguishingMark(entry, place)}` : key
}

/** What makes an edit: counts, images and dates change without anybody having written something. */
const contentOf = ({ title, text, canonicalId, context, author, hashtags }: Mention): unknown =>
  [title, text, canonicalId, context, author?.name, hashtags] satisfies unknown[]

function mentionEvent(
  op: 'create' | 'update',
  key: string,
  mention: Mention,
  item: Entry,
  { scope, source, observedAt }: FeedDocument,
): MentionEvent {
  const payload = payloadOf(Buffer.from(item.raw), item.contentType, FEED_MAPPER)
  return { ...eventOf(op, scope, key, source, observedAt), mention, payload }
}

function deleteEvent(
  item: Extract<FeedItem, { kind: 'deleted' }>,
  { scope, source, observedAt }: FeedDocument,
): MentionEvent {
  const payload = payloadOf(Buffer.from(item.raw), item.contentType, FEED_MAPPER)
  return { ...eventOf('delete', scope, item.ref, source, observedAt), payload, reason: 'taken back by its publisher' }
}

function eventOf(op: MentionEvent['op'], scope: string, key: string, source: Source, observedAt: number): MentionEvent {
  // A feed has no clock that stamps all its operations: when we saw it orders them.
  const id = mentionId('feed', `${scope}/${key}`)
  return { id, op, rev: observedAt, observedAt, ingestedAt: null, source, reason: null, mention: null, payload: null }
}

const dead = ({ raw, contentType }: FeedItem, message: string): ReadItem => ({
  kind: 'dead',
  code: 'FEED_ITEM_UNREADABLE',
  message,
  bytes: Buffer.from(raw),
  contentType,
})
