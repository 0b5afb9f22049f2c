import type { Author, Link, Media, Mention, MentionedAccount } from '#schemas/generated.ts'
import { newAuthor, newMention } from '#schemas/mention.ts'
import { mentionId } from '#schemas/mention-id.ts'
import { clampPublished } from '../clamp-published.ts'

/** Longer lists than any client writes are cut. */
const MAX_ITEMS = 100
/** Self-labels that mean that not everybody wants to see it. */
const SENSITIVE = new Set(['porn', 'sexual', 'nudity', 'graphic-media', 'gore'])

export interface PostPlace {
  readonly did: string
  readonly rkey: string
  readonly handle: string | null
  readonly observedAt: number
}

/**
 * A record of `app.bsky.feed.post` as a mention. Pure. Records are written by any client and may hold anything in any place:
 * what does not fit the lexicon is left out.
 */
export function mapPost(record: unknown, { did, rkey, handle, observedAt }: PostPlace): Mention {
  const text = stringOf(member(record, 'text'))
  const embed = embedOf(member(record, 'embed'), did)
  const facets = facetsOf(member(record, 'facets'), text ?? '')
  const reply = member(record, 'reply')
  const parentId = postId(member(member(reply, 'parent'), 'uri'))
  const rootId = postId(member(member(reply, 'root'), 'uri'))
  const labels = listOf(member(member(record, 'labels'), 'values')).flatMap(
    (label) => stringOf(member(label, 'val')) ?? [],
  )
  const tags = listOf(member(record, 'tags')).flatMap((tag) => stringOf(tag) ?? [])
  return newMention({
    platform: 'bluesky',
    kind: parentId !== null ? 'comment' : embed.quoteOfId !== null ? 'quote' : 'post',
    ...clampPublished(timeOf(member(record, 'createdAt')), observedAt),
    url: `https://bsky.app/profile/${did}/post/${rkey}`,
    text,
    context: embed.context,
    lang: { declared: languageOf(member(record, 'langs')), detected: null, confidence: null },
    author: authorOf(did, handle),
    thread:
      parentId === null && rootId === null && embed.quoteOfId === null
        ? null
        : { rootId, parentId, quoteOfId: embed.quoteOfId },
    links: distinct([...facets.links, ...embed.links], ({ url }) => url),
    hashtags: distinct([...facets.hashtags, ...tags.map(withoutHash)], (tag) => tag.toLowerCase()),
    mentions: distinct(facets.mentions, ({ id }) => id ?? ''),
    media: embed.media,
    flags: {
      sensitive: labels.some((label) => SENSITIVE.has(label)),
      contentWarnings: labels.filter((label) => !label.startsWith('!')),
      bot: null,
    },
  })
}

/** The mention id of a post's URI; null for what is none. */
function postId(uri: unknown): string | null {
  return typeof uri === 'string' && uri.startsWith('at://') ? mentionId('bluesky', uri.toWellFormed()) : null
}

const authorOf = (did: string, handle: string | null): Author =>
  newAuthor({ id: did, handle, url: `https://bsky.app/profile/${did}` })

interface Facets {
  readonly links: Link[]
  readonly hashtags: string[]
  readonly mentions: MentionedAccount[]
}

/** Offsets count bytes of UTF-8, and clients get them wrong: only a slice that is whole and inside is used. */
function facetsOf(value: unknown, text: string): Facets {
  const facets: Facets = { links: [], hashtags: [], mentions: [] }
  const list = listOf(value)
  if (list.length === 0) return facets
  const bytes = Buffer.from(text)
  for (const facet of list) {
    for (const feature of listOf(member(facet, 'features'))) {
      switch (member(feature, '$type')) {
        case 'app.bsky.richtext.facet#link': {
          const url = webAddress(member(feature, 'uri'))
          if (url !== null) facets.links.push({ url, canonical: null, title: null })
          break
        }
        case 'app.bsky.richtext.facet#tag': {
          const tag = withoutHash(stringOf(member(feature, 'tag')) ?? '')
          if (tag !== '') facets.hashtags.push(tag)
          break
        }
        case 'app.bsky.richtext.facet#mention': {
          const id = stringOf(member(feature, 'did'))
          const shown = sliceOf(bytes, member(facet, 'index'))
          const handle = shown?.startsWith('@') ? shown.slice(1) || null : null
          if (id !== null) facets.mentions.push({ id, handle })
          break
        }
      }
    }
  }
  return facets
}

function sliceOf(bytes: Buffer, index: unknown): string | null {
  const start = member(index, 'byteStart')
  const end = member(index, 'byteEnd')
  if (!isOffset(start) || !isOffset(end) || start >= end || end > bytes.length) return null
  // A continuation byte at either edge is the middle of a character.
  return isContinuation(bytes[start]) || isContinuation(bytes[end]) ? null : bytes.toString('utf8', start, end)
}

const isOffset = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

interface Embed {
  readonly context: string[]
  readonly links: Link[]
  readonly media: Media[]
  readonly quoteOfId: string | null
}

function embedOf(embed: unknown, did: string): Embed {
  const nothing: Embed = { context: [], links: [], media: [], quoteOfId: null }
  switch (member(embed, '$type')) {
    case 'app.bsky.embed.images':
      return { ...nothing, ...imagesOf(member(embed, 'images'), did) }
    case 'app.bsky.embed.gallery':
      return { ...nothing, ...imagesOf(member(embed, 'items'), did) }
    case 'app.bsky.embed.video': {
      const alt = stringOf(member(embed, 'alt'))
      return { ...nothing, media: [{ type: 'video', url: null, alt }], context: alt === null ? [] : [alt] }
    }
    case 'app.bsky.embed.external': {
      const card = member(embed, 'external')
      const url = webAddress(member(card, 'uri'))
      const title = stringOf(member(card, 'title'))
      const context = [title, stringOf(member(card, 'description'))].filter((part) => part !== null)
      return { ...nothing, context, links: url === null ? [] : [{ url, canonical: null, title }] }
    }
    case 'app.bsky.embed.record':
      return { ...nothing, quoteOfId: postId(member(member(embed, 'record'), 'uri')) }
    case 'app.bsky.embed.recordWithMedia': {
      const media = member(embed, 'media')
      // A record cannot hold another one with media, whatever a client writes.
      const inner = member(media, '$type') === 'app.bsky.embed.recordWithMedia' ? nothing : embedOf(media, did)
      return { ...inner, quoteOfId: postId(member(member(member(embed, 'record'), 'record'), 'uri')) }
    }
    default:
      return nothing
  }
}

function imagesOf(images: unknown, did: string): Pick<Embed, 'context' | 'media'> {
  const media = listOf(images).map((image) => {
    const cid = stringOf(member(member(member(image, 'image'), 'ref'), '$link'))
    const isCid = cid !== null && /^[a-z0-9]{1,128}$/i.test(cid)
    const url = isCid ? `https://cdn.bsky.app/img/feed_thumbnail/plain/${did}/${cid}@jpeg` : null
    return { type: 'image', url, alt: stringOf(member(image, 'alt')) }
  })
  return { media, context: media.flatMap(({ alt }) => alt ?? []) }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, MAX_ITEMS) : [])

/** null for what is no text or only blanks; half a surrogate pair would change on its way. */
function stringOf(value: unknown): string | null {
  return typeof value === 'string' && /\S/.test(value) ? value.toWellFormed() : null
}

function webAddress(value: unknown): string | null {
  const text = stringOf(value)
  return text !== null && /^https?:\/\//i.test(text) ? text : null
}

const withoutHash = (tag: string): string => tag.replace(/^[#＃]/u, '')

function languageOf(langs: unknown): string | null {
  const [first] = listOf(langs)
  return typeof first === 'string' && /^[a-z]{2,8}(?:-[a-z0-9]{1,8})*$/i.test(first) ? first : null
}

function timeOf(value: unknown): number | null {
  // Clients are to write RFC 3339; `Date.parse` alone would take nearly anything.
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? Date.parse(value) : null
}

function distinct<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.toReversed().map((item) => [key(item), item])).values()].reverse()
}
