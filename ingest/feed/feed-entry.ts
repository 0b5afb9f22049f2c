import type { AtomFeed, JsonFeed, MediaNs, RdfFeed, RssFeed } from 'feedsmith'

/** Text with what its author says it is; `loose` says nothing. */
export interface Markup {
  readonly value: string
  readonly type: 'html' | 'text' | 'loose'
}

export interface FeedMedia {
  readonly url: string
  readonly mime: string | null
  readonly alt: string | null
}

/** An item of any feed format, as written: nothing is resolved, converted or parsed yet. */
export interface FeedEntry {
  readonly id: string | null
  readonly link: string | null
  readonly base: string | null
  readonly title: Markup | null
  readonly summary: Markup | null
  readonly content: Markup | null
  /** Dates of publication, the most trusted first. */
  readonly published: readonly string[]
  readonly updated: string | null
  readonly author: { readonly name: string | null; readonly url: string | null } | null
  readonly language: string | null
  readonly categories: readonly string[]
  readonly media: readonly FeedMedia[]
  readonly replies: number | null
  readonly views: number | null
  readonly likes: number | null
  readonly explicit: boolean
  readonly isVideo: boolean
}

/** What a feed says of itself. */
export interface FeedInfo {
  readonly title: Markup | null
  readonly link: string | null
  readonly base: string | null
  readonly language: string | null
  readonly author: FeedEntry['author']
}

export const rssInfo = (feed: RssFeed.Feed<string>): FeedInfo => ({
  title: loose(feed.title),
  link: feed.link ?? alternate(feed.atom?.links) ?? null,
  base: feed.xml?.base ?? null,
  language: feed.language ?? feed.dc?.languages?.[0] ?? feed.xml?.lang ?? null,
  author: person(feed.itunes?.author),
})

export const atomInfo = (feed: AtomFeed.Feed<string>): FeedInfo => ({
  title: atomText(feed.title),
  link: alternate(feed.links) ?? null,
  base: feed.xml?.base ?? null,
  language: feed.xml?.lang ?? feed.dc?.languages?.[0] ?? null,
  author: person(feed.authors?.[0]?.name, feed.authors?.[0]?.uri),
})

export const rdfInfo = (feed: RdfFeed.Feed<string>): FeedInfo => ({
  title: loose(feed.title),
  link: feed.link ?? null,
  base: feed.xml?.base ?? null,
  language: feed.dc?.languages?.[0] ?? feed.xml?.lang ?? null,
  author: person(feed.dc?.creators?.[0]),
})

export const jsonInfo = (feed: JsonFeed.Feed<string>): FeedInfo => ({
  title: plain(feed.title),
  link: feed.home_page_url ?? null,
  base: null,
  language: feed.language ?? null,
  author: person(feed.authors?.[0]?.name, feed.authors?.[0]?.url),
})

export function rssEntry(item: RssFeed.Item<string>): FeedEntry {
  const guid = item.guid?.value ?? item.atom?.id ?? null
  const permalink = item.guid?.isPermaLink !== false && /^https?:\/\//i.test(guid ?? '') ? guid : null
  const [author] = item.authors ?? []
  const enclosures = (item.enclosures ?? []).map(({ url, type }) => medium(url, type))
  return {
    id: guid ?? item.dc?.identifiers?.[0] ?? null,
    link: item.link ?? alternate(item.atom?.links) ?? permalink,
    base: item.xml?.base ?? null,
    title: loose(item.title ?? item.dc?.titles?.[0] ?? item.media?.title?.value),
    summary: loose(
      item.description ?? item.itunes?.summary ?? item.dc?.descriptions?.[0] ?? item.media?.description?.value,
    ),
    content: html(item.content?.encoded),
    published: strings(item.pubDate, item.dc?.dates?.[0], item.dcterms?.issued?.[0], item.atom?.published),
    updated: item.atom?.updated ?? item.dcterms?.modified?.[0] ?? null,
    author: person(author?.name ?? item.dc?.creators?.[0] ?? item.itunes?.author, author?.link),
    language: item.dc?.languages?.[0] ?? item.xml?.lang ?? null,
    categories: (item.categories ?? []).flatMap(({ name }) => name ?? []).concat(item.dc?.subjects ?? []),
    media: present([...enclosures, ...mediaOf(item.media)]),
    replies: item.slash?.comments ?? item.thr?.total ?? null,
    ...communityOf(item.media),
    explicit: item.itunes?.explicit === true,
    isVideo: false,
  }
}

export function atomEntry(entry: AtomFeed.Entry<string>): FeedEntry {
  const [author] = entry.authors ?? entry.source?.authors ?? []
  const enclosures = (entry.links ?? []).filter(({ rel }) => rel === 'enclosure')
  const [group] = entry.media?.groups ?? []
  return {
    id: entry.id ?? null,
    link: alternate(entry.links) ?? entry.content?.src ?? null,
    base: entry.xml?.base ?? null,
    title: atomText(entry.title) ?? loose(entry.media?.title?.value ?? group?.title?.value),
    summary: atomText(entry.summary) ?? loose(entry.media?.description?.value ?? group?.description?.value),
    content: atomText(entry.content),
    published: strings(entry.published, entry.dc?.dates?.[0], entry.dcterms?.issued?.[0]),
    updated: entry.updated ?? null,
    author: person(author?.name ?? entry.dc?.creators?.[0], author?.uri),
    language: entry.xml?.lang ?? entry.content?.xml?.lang ?? entry.dc?.languages?.[0] ?? null,
    categories: (entry.categories ?? []).flatMap(({ label, term }) => label ?? term ?? []),
    media: present([...enclosures.map(({ href, type }) => medium(href, type)), ...mediaOf(entry.media)]),
    replies: entry.slash?.comments ?? entry.thr?.total ?? null,
    ...communityOf(group ?? entry.media),
    explicit: false,
    isVideo: entry.yt?.videoId !== undefined,
  }
}

export function rdfEntry(item: RdfFeed.Item<string>): FeedEntry {
  return {
    id: item.rdf?.about ?? item.dc?.identifiers?.[0] ?? null,
    link: item.link ?? item.rdf?.about ?? null,
    base: item.xml?.base ?? null,
    title: loose(item.title ?? item.dc?.titles?.[0]),
    summary: loose(item.description ?? item.dc?.descriptions?.[0]),
    content: html(item.content?.encoded),
    published: strings(item.dc?.dates?.[0], item.dcterms?.issued?.[0]),
    updated: item.dcterms?.modified?.[0] ?? null,
    author: person(item.dc?.creators?.[0]),
    language: item.dc?.languages?.[0] ?? item.xml?.lang ?? null,
    categories: item.dc?.subjects ?? [],
    media: present(mediaOf(item.media)),
    replies: item.slash?.comments ?? null,
    views: null,
    likes: null,
    explicit: false,
    isVideo: false,
  }
}

export function jsonEntry(item: JsonFeed.Item<string>): FeedEntry {
  const images = [item.image, item.banner_image].map((url) => medium(url, 'image/*'))
  const attachments = (item.attachments ?? []).map(({ url, mime_type, title }) => medium(url, mime_type, title))
  return {
    id: item.id ?? null,
    link: item.url ?? item.external_url ?? null,
    base: null,
    title: plain(item.title),
    summary: plain(item.summary),
    content: html(item.content_html) ?? plain(item.content_text),
    published: strings(item.date_published),
    updated: item.date_modified ?? null,
    author: person(item.authors?.[0]?.name, item.authors?.[0]?.url),
    language: item.language ?? null,
    categories: item.tags ?? [],
    media: present([...images, ...attachments]),
    replies: null,
    views: null,
    likes: null,
    explicit: false,
    isVideo: false,
  }
}

const loose = (value: string | undefined): Markup | null => (value === undefined ? null : { value, type: 'loose' })
const html = (value: string | undefined): Markup | null => (value === undefined ? null : { value, type: 'html' })
const plain = (value: string | undefined): Markup | null => (value === undefined ? null : { value, type: 'text' })

function atomText(text: { readonly value?: string; readonly type?: string } | undefined): Markup | null {
  if (text?.value === undefined) return null
  const type = text.type?.toLowerCase()
  if (type === undefined) return loose(text.value)
  return type === 'text' || type === 'text/plain' ? plain(text.value) : html(text.value)
}

/** The page for people: `alternate` (the default), as HTML rather than as anything else. */
function alternate(links: AtomFeed.Entry<string>['links']): string | undefined {
  const pages = (links ?? []).filter(
    ({ rel, href }) => href !== undefined && (rel === undefined || rel === 'alternate'),
  )
  return (pages.find(({ type }) => type === undefined || /html/i.test(type)) ?? pages[0])?.href
}

function person(name?: string, url?: string): FeedEntry['author'] {
  return name === undefined && url === undefined ? null : { name: name ?? null, url: url ?? null }
}

function medium(url: string | undefined, mime?: string, alt?: string): FeedMedia | null {
  return url === undefined ? null : { url, mime: mime ?? null, alt: alt ?? null }
}

function mediaOf(media: MediaNs.ItemOrFeed | undefined): (FeedMedia | null)[] {
  if (media === undefined) return []
  const groups = media.groups ?? []
  const contents = [media, ...groups].flatMap(({ contents }) => contents ?? [])
  const thumbnails = [media, ...groups, ...contents].flatMap(({ thumbnails }) => thumbnails ?? [])
  return [
    ...contents.map(({ url, type, medium: kind, title }) => medium(url, type ?? (kind && `${kind}/*`), title?.value)),
    ...thumbnails.map(({ url }) => medium(url, 'image/*')),
  ]
}

function communityOf(media: Pick<MediaNs.ItemOrFeed, 'community'> | undefined): Pick<FeedEntry, 'views' | 'likes'> {
  const { statistics, starRating } = media?.community ?? {}
  return { views: statistics?.views ?? null, likes: starRating?.count ?? null }
}

const strings = (...values: readonly (string | undefined)[]): string[] => values.filter((value) => value !== undefined)

const present = (media: readonly (FeedMedia | null)[]): FeedMedia[] => media.filter((item) => item !== null)
