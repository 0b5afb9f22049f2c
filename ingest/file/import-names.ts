import type { AuthorKind, Kind } from '#schemas/generated.ts'

/** Names that tools give to platforms; what is not listed stands for itself. */
const platforms: ReadonlyMap<string, string> = new Map(
  Object.entries({
    twitter: 'x',
    'x-twitter': 'x',
    'twitter-x': 'x',
    x: 'x',
    facebook: 'facebook',
    instagram: 'instagram',
    threads: 'threads',
    youtube: 'youtube',
    reddit: 'reddit',
    tiktok: 'tiktok',
    linkedin: 'linkedin',
    pinterest: 'pinterest',
    tumblr: 'tumblr',
    bluesky: 'bluesky',
    mastodon: 'mastodon',
    'hacker-news': 'hackernews',
    hackernews: 'hackernews',
    news: 'news',
    blog: 'blog',
    blogs: 'blog',
    forum: 'forum',
    forums: 'forum',
    review: 'review',
    reviews: 'review',
    feed: 'feed',
    file: 'file',
  }),
)

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** The platform that a file means; null for what is no name of one. */
export function platformNamed(name: string): string | null {
  const known = knownPlatform(name)
  if (known !== null) return known
  return /^[a-z0-9][a-z0-9-]{0,63}$/.test(name) ? name : slug(name).slice(0, 64) || null
}

/** The same, but only for platforms that Earshot has heard of. */
export const knownPlatform = (name: string): string | null => platforms.get(name) ?? platforms.get(slug(name)) ?? null

const kinds: ReadonlyMap<string, Kind> = new Map(
  Object.entries<Kind>({
    post: 'post',
    tweet: 'post',
    status: 'post',
    comment: 'comment',
    reply: 'comment',
    quote: 'quote',
    repost: 'repost',
    retweet: 'repost',
    share: 'repost',
    article: 'article',
    news: 'article',
    blog: 'article',
    video: 'video',
    review: 'review',
    question: 'question',
    issue: 'issue',
    other: 'other',
  }),
)

export const kindNamed = (name: string): Kind => kinds.get(name) ?? kinds.get(name.trim().toLowerCase()) ?? 'unknown'

export const authorKindNamed = (name: string): AuthorKind =>
  name === 'person' || name === 'org' || name === 'bot' ? name : 'unknown'

const COMMON_LANGUAGES =
  'af ar bg bn ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk kn ko lt lv mk ml mr ms nb ne nl nn no pa pl pt ro ru sk sl sq sr sv sw ta te th tl tr uk ur vi zh'

let codes: ReadonlyMap<string, string> | null = null

/** BCP-47 for a tag or an English name of a language; null when the file says that it does not know. */
export function languageNamed(name: string): string | null {
  if (/^[a-z]{2,3}(?:[-_][a-z0-9]{1,8})*$/i.test(name)) {
    return name === 'und' || name === 'zxx' || name === 'mul' ? null : name.replaceAll('_', '-')
  }
  if (codes === null) {
    const names = new Intl.DisplayNames('en', { type: 'language' })
    codes = new Map(COMMON_LANGUAGES.split(' ').map((code) => [names.of(code)!.toLowerCase(), code]))
  }
  return codes.get(name.trim().toLowerCase()) ?? null
}
