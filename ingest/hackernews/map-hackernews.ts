import type { Mention } from '#schemas/generated.ts'
import { isObject } from '#schemas/is-object.ts'
import { newAuthor, newEngagement, newMention } from '#schemas/mention.ts'
import { mentionId } from '#schemas/mention-id.ts'
import { canonicalUrl } from '../canonical-url.ts'
import { clampPublished } from '../clamp-published.ts'
import { htmlToText, linksIn, looseText } from '../html-text.ts'

/** Name and version of this mapping, kept with each payload. */
export const HACKERNEWS_MAPPER = 'hackernews/1'

const SITE = 'https://news.ycombinator.com'

export type Mapped =
  | { readonly kind: 'mention'; readonly item: number; readonly mention: Mention }
  /** Taken back by its author. */
  | { readonly kind: 'deleted'; readonly item: number }
  /** Flagged by readers or stopped by moderators; it may come back. */
  | { readonly kind: 'dead'; readonly item: number }
  /** A poll option or user: no post. */
  | { readonly kind: 'other'; readonly what: string }
  /** Firebase answers `null` for an item that is not visible yet. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly message: string }

/** The id of a mention; what an item's own page and Firebase's updates name. */
export const hackerNewsId = (item: number): string => mentionId('hackernews', `item/${item}`)

/** A hit of Algolia's `search_by_date`. Pure. */
export function mapHit(hit: unknown, observedAt: number): Mapped {
  if (!isObject(hit)) return unreadable('a hit that is no object')
  const item = integer(hit.objectID)
  const time = integer(hit.created_at_i)
  if (item === null || time === null) return unreadable('a hit without objectID or created_at_i')
  const tags = Array.isArray(hit._tags) ? hit._tags : []
  if (tags.includes('pollopt')) return { kind: 'other', what: 'pollopt' }
  const isComment = tags.includes('comment') || string(hit.comment_text) !== null
  const story = integer(hit.story_id)
  return post(
    {
      item,
      type: isComment ? 'comment' : tags.includes('ask_hn') ? 'ask' : 'story',
      by: string(hit.author),
      time,
      title: isComment ? null : string(hit.title),
      html: isComment ? string(hit.comment_text) : string(hit.story_text),
      url: isComment ? null : string(hit.url),
      root: isComment ? story : null,
      rootTitle: isComment ? string(hit.story_title) : null,
      parent: isComment ? integer(hit.parent_id) : null,
      score: integer(hit.points),
      replies: integer(hit.num_comments),
    },
    observedAt,
  )
}

/** An item of the Firebase API. It does not name the story of a comment, only the parent. Pure. */
export function mapItem(value: unknown, observedAt: number): Mapped {
  if (value === null) return { kind: 'missing' }
  if (!isObject(value)) return unreadable('an item that is no object')
  const item = integer(value.id)
  if (item === null) return unreadable('an item without id')
  if (value.deleted === true) return { kind: 'deleted', item }
  if (value.dead === true) return { kind: 'dead', item }
  const type = string(value.type)
  if (type === 'pollopt') return { kind: 'other', what: type }
  const time = integer(value.time)
  if (time === null) return unreadable('an item without time')
  const title = string(value.title)
  return post(
    {
      item,
      type: type === 'comment' ? 'comment' : /^ask hn\b/i.test(title ?? '') ? 'ask' : 'story',
      by: string(value.by),
      time,
      title,
      html: string(value.text),
      url: string(value.url),
      root: null,
      rootTitle: null,
      parent: integer(value.parent),
      score: integer(value.score),
      replies: integer(value.descendants),
    },
    observedAt,
  )
}

/** What an edit changes, the same for both services: letters and digits of title, text and link. */
export const editable = ({ title, text, links }: Mention): string =>
  [title, text, links[0]?.canonical].join('\n').replace(/[^\p{L}\p{N}\n]+/gu, '')

interface Post {
  readonly item: number
  readonly type: 'story' | 'ask' | 'comment'
  readonly by: string | null
  readonly time: number
  readonly title: string | null
  readonly html: string | null
  readonly url: string | null
  readonly root: number | null
  readonly rootTitle: string | null
  readonly parent: number | null
  readonly score: number | null
  readonly replies: number | null
}

const KINDS = { story: 'post', ask: 'question', comment: 'comment' } as const

function post(from: Post, observedAt: number): Mapped {
  const page = `${SITE}/item?id=${from.item}`
  const title = from.title === null ? null : looseText(from.title)
  const text = from.html === null ? null : htmlToText(from.html)
  const target = from.url === null ? null : (URL.parse(from.url)?.href ?? null)
  if (title === null && text === null) return unreadable('an item without title and text')
  const rootTitle = from.rootTitle === null ? null : looseText(from.rootTitle)
  const linked = target === null ? [] : [{ url: target, canonical: canonicalUrl(target), title: null }]
  const inText = from.html === null ? [] : linksIn(from.html, SITE).map((link) => ({ ...link, title: null }))
  const mention = newMention({
    platform: 'hackernews',
    kind: KINDS[from.type],
    url: page,
    title,
    text,
    context: rootTitle === null ? [] : [rootTitle],
    ...clampPublished(from.time * 1000, observedAt),
    author:
      from.by === null
        ? null
        : newAuthor({ id: from.by, handle: from.by, url: `${SITE}/user?id=${encodeURIComponent(from.by)}` }),
    container: { type: 'site', id: 'news.ycombinator.com', name: 'Hacker News', url: SITE, members: null },
    thread: threadOf(from),
    engagement:
      from.score === null && from.replies === null
        ? null
        : newEngagement({ score: from.score, replies: from.replies, measuredAt: observedAt }),
    links: [...linked, ...inText],
  })
  return { kind: 'mention', item: from.item, mention }
}

function threadOf({ root, parent }: Post): Mention['thread'] {
  if (root === null && parent === null) return null
  return {
    rootId: root === null ? null : hackerNewsId(root),
    parentId: parent === null ? null : hackerNewsId(parent),
    quoteOfId: null,
  }
}

const unreadable = (message: string): Mapped => ({ kind: 'unreadable', message })

/** Absent, null and empty are the same to both services. */
const string = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.toWellFormed() : null

/** Ids come as numbers and as strings of digits. */
function integer(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : null
}
