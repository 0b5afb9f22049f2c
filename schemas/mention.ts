import type { Author, Engagement, Mention } from './generated.ts'

type Required = 'platform' | 'kind' | 'publishedAt'

/** A mention of which only these values are known; everything else is null or empty. */
export function newMention(known: Pick<Mention, Required> & Partial<Mention>): Mention {
  return {
    canonicalId: null,
    url: null,
    title: null,
    text: null,
    context: [],
    lang: { declared: null, detected: null, confidence: null },
    publishedAtEstimated: false,
    editedAt: null,
    author: null,
    container: null,
    thread: null,
    engagement: null,
    rating: null,
    links: [],
    hashtags: [],
    mentions: [],
    media: [],
    geo: null,
    flags: { sensitive: false, contentWarnings: [], bot: null },
    imported: null,
    ...known,
  }
}

export function newAuthor(known: Partial<Author>): Author {
  return {
    id: null,
    handle: null,
    name: null,
    url: null,
    kind: 'unknown',
    followers: null,
    following: null,
    posts: null,
    verified: null,
    createdAt: null,
    reputation: null,
    bio: null,
    ...known,
  }
}

export function newEngagement(known: Partial<Engagement>): Engagement {
  return {
    likes: null,
    replies: null,
    shares: null,
    quotes: null,
    views: null,
    score: null,
    measuredAt: null,
    ...known,
  }
}

/** The text that scores and their offsets speak of: title, newline, text; either may be missing. */
export function mentionText(mention: Pick<Mention, 'title' | 'text'>): string {
  if (mention.title === null) return mention.text ?? ''
  return mention.text === null ? mention.title : `${mention.title}\n${mention.text}`
}
