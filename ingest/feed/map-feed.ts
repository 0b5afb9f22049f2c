import { createHash } from 'node:crypto'
import type { Mention } from '#schemas/generated.ts'
import { newAuthor, newEngagement, newMention } from '#schemas/mention.ts'
import { canonicalUrl, unwrapUrl } from '../canonical-url.ts'
import { clampPublished } from '../clamp-published.ts'
import { htmlToText, linksIn, looseText, plainText } from '../html-text.ts'
import type { FeedEntry, FeedInfo, FeedMedia, Markup } from './feed-entry.ts'
import { parseDate } from './parse-date.ts'

/** Name and version of this mapping, kept with each payload. */
export const FEED_MAPPER = 'feed/1'

/** Before there was a web there were no feeds: `0001-01-01` and `1970-01-01` are programs that knew no date. */
const FIRST_DATE = Date.UTC(1990, 0, 1)
const MAX_MEDIA = 10
const MAX_HASHTAGS = 30
const MAX_TITLE = 2_000

export interface FeedPlace {
  readonly info: FeedInfo
  /** Where the feed was read from; the last base for relative links. */
  readonly url: string
}

/** When we saw an item, milliseconds. */
export interface Seen {
  readonly firstSeen: number
  readonly observedAt: number
}

/** The key of an item within its feed: its id, else its link, else its title and date; null when it has nothing of these. */
export function entryKey(entry: FeedEntry, place: FeedPlace): string | null {
  const id = plainText(entry.id ?? '')
  if (id !== null) return id
  const link = linkOf(entry, place)
  if (link !== null) return `link-${digest(canonicalUrl(link) ?? link)}`
  const title = entry.title?.value.trim()
  return title ? `title-${digest(`${title}\n${entry.published[0] ?? ''}`)}` : null
}

/** What tells two items of one id apart, and what stays when a third appears. */
export const distinguishingMark = (entry: FeedEntry, place: FeedPlace): string => {
  const link = linkOf(entry, place)
  return digest(link === null ? (entry.title?.value ?? '') : (canonicalUrl(link) ?? link))
}

/**
 * One feed item as a mention. Pure. `firstSeen` stands in for a date that is missing or impossible, and the mention says so.
 * null when the item holds neither title, text nor link.
 */
export function mapFeedEntry(entry: FeedEntry, place: FeedPlace, seen: Seen): Mention | null {
  const link = linkOf(entry, place)
  const url = link === null ? null : unwrapUrl(link)
  const canonical = url === null ? null : canonicalUrl(url)
  const title = titleOf(entry.title)
  const summary = toText(entry.summary)
  const text = toText(entry.content) ?? summary
  if (title === null && text === null && url === null) return null

  const base = baseOf(entry, place)
  const published = clampPublished(dateOf(...entry.published, entry.updated), seen.firstSeen)
  const updated = dateOf(entry.updated)
  const markup = entry.content ?? entry.summary
  const inText = markup === null || markup.type === 'text' ? [] : linksIn(markup.value, url ?? base)
  return newMention({
    platform: 'feed',
    kind: entry.isVideo ? 'video' : 'article',
    canonicalId: canonical,
    url,
    title,
    text,
    context: summary !== null && text !== null && !text.includes(summary) ? [summary] : [],
    lang: { declared: languageOf(entry.language ?? place.info.language), detected: null, confidence: null },
    ...published,
    editedAt: updated !== null && updated > published.publishedAt ? Math.min(updated, seen.observedAt) : null,
    author: authorOf(entry, place),
    container: {
      type: 'site',
      id: hostOf(place.info.link ?? '') ?? hostOf(place.url),
      name: titleOf(place.info.title),
      url: place.info.link === null ? null : absolute(place.info.link, place.url),
      members: null,
    },
    engagement: engagementOf(entry, seen.observedAt),
    links: [
      ...(url === null ? [] : [{ url, canonical, title: null }]),
      ...inText.filter((other) => other.canonical !== canonical).map((other) => ({ ...other, title: null })),
    ],
    hashtags: hashtagsOf(entry.categories),
    media: mediaOf(entry.media, base),
    flags: { sensitive: entry.explicit, contentWarnings: [], bot: null },
  })
}

function linkOf(entry: FeedEntry, place: FeedPlace): string | null {
  const link = entry.link?.trim()
  return link ? absolute(link, baseOf(entry, place)) : null
}

/** xml:base of the item, then of the feed, then the site, then the address of the feed itself. */
function baseOf(entry: FeedEntry, { info, url }: FeedPlace): string {
  const feedBase = absolute(info.base ?? info.link ?? '', url) ?? url
  return entry.base === null ? feedBase : (absolute(entry.base, feedBase) ?? feedBase)
}

function absolute(href: string, base: string): string | null {
  const url = URL.parse(href.trim(), base)
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null
}

const hostOf = (url: string): string | null => URL.parse(url)?.hostname || null

function toText(markup: Markup | null): string | null {
  if (markup === null) return null
  switch (markup.type) {
    case 'html':
      return htmlToText(markup.value)
    case 'text':
      return plainText(markup.value)
    case 'loose':
      return looseText(markup.value)
    default:
      return markup.type satisfies never
  }
}

/** A title is one line; publishers escape it once more than they say. */
function titleOf(markup: Markup | null): string | null {
  const text = markup === null ? null : looseText(toText(markup) ?? '')
  return text?.replace(/\s+/g, ' ').slice(0, MAX_TITLE) ?? null
}

/** The first date that can be true; none: null. */
function dateOf(...raws: readonly (string | null)[]): number | null {
  const dates = raws.map((raw) => (raw === null ? null : parseDate(raw)))
  return dates.find((at) => at !== null && at >= FIRST_DATE) ?? null
}

/** BCP 47, or null for what is none. */
function languageOf(tag: string | null): string | null {
  try {
    const [canonical] = Intl.getCanonicalLocales(tag?.trim().replaceAll('_', '-') ?? [])
    return canonical === undefined || canonical === 'und' ? null : canonical
  } catch {
    return null
  }
}

function authorOf(entry: FeedEntry, place: FeedPlace): Mention['author'] {
  const author = entry.author ?? place.info.author
  const name = author?.name === null || author?.name === undefined ? null : looseText(author.name)
  const url = author?.url ? absolute(author.url, baseOf(entry, place)) : null
  return name === null && url === null ? null : newAuthor({ id: url, name, url })
}

function engagementOf({ replies, views, likes }: FeedEntry, measuredAt: number): Mention['engagement'] {
  if (replies === null && views === null && likes === null) return null
  return newEngagement({ replies: count(replies), views: count(views), likes: count(likes), measuredAt })
}

const count = (value: number | null): number | null =>
  value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null

function hashtagsOf(categories: readonly string[]): string[] {
  const tags = categories.flatMap((category) => looseText(category)?.replace(/^#/, '').slice(0, 100) || [])
  return [...new Set(tags)].slice(0, MAX_HASHTAGS)
}

function mediaOf(media: readonly FeedMedia[], base: string): Mention['media'] {
  const seen = new Map<string, Mention['media'][number]>()
  for (const { url, mime, alt } of media) {
    const address = absolute(url, base)
    const [kind = ''] = mime?.toLowerCase().split('/') ?? []
    const type = ['image', 'video', 'audio'].includes(kind) ? kind : 'other'
    if (address !== null && !seen.has(address))
      seen.set(address, { type, url: address, alt: alt === null ? null : looseText(alt) })
    if (seen.size >= MAX_MEDIA) break
  }
  return [...seen.values()]
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)
