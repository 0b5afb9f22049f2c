import { mentionColumns } from '#schemas/mention-columns.ts'
import type { FileField } from './file-record.ts'

/**
 * Names that exports of listening tools and common data sets use, by what they mean; those before win over those behind when a
 * row fills several. Compared by `normalName`, so that `Full Text`, `full_text` and `fullText` are one.
 */
const synonyms: Readonly<Partial<Record<FileField, string>>> = {
  id: 'Resource Id, Mention Id, Post Id, Document ID, Tweet Id, Message ID, uuid',
  url: 'link, permalink, Original Url, Source URL, Message URL',
  title: 'Headline, subject, title_snippet',
  text: 'Full Text, content, body, message, Message Content, full_content, Hit Sentence, Opening Text, Snippet, content_snippet, Description',
  lang: 'language, lang.declared',
  publishedAt: 'Date, published, created_at, created, timestamp, Timestamp (ET), pub_date, Alternate Date Format',
  publishedTime: 'Time, Hour',
  ingestedAt: 'Added, indexed, collected_at, search_indexed',
  editedAt: 'edited, edited_at',
  platform: 'Page Type, Network, channel, source.platform',
  siteOrPlatform: 'source',
  kind: 'type, Message Type, Thread Entry Type',
  'author.id': 'Twitter Author Id, Facebook Author Id, Twitter Id, extra_author_attributes.id, user_id',
  'author.handle':
    'author, username, screen_name, Twitter Screen Name, author.username, Influencer, From, extra_author_attributes.short_name',
  'author.name': 'Full name, author.display_name, display_name, extra_author_attributes.name',
  'author.url': 'User Profile Url, extra_author_attributes.url',
  'author.followers': 'followers, followers_count, Twitter Followers, Instagram Follower Count, author.followers_count',
  'author.following': 'following, Twitter Following, Instagram Following Count, author.following_count',
  'author.posts': 'Twitter PostCount, Instagram Post Count, author.posts_count',
  'author.verified': 'verified, Twitter Verified',
  'author.bio': 'bio, Twitter Bio, author.description',
  'container.name': 'site, Site Name, Source Name, Domain, subreddit',
  'container.url': 'host_url, domain_url',
  'thread.rootId': 'Thread Id',
  'thread.parentId': 'Reply To, parent_id, parent_url, in_reply_to_id',
  'thread.quoteOfId': 'quote_of, quoted_id',
  'engagement.likes': 'likes, likes_count, like_count, Reactions, Facebook Likes, Instagram Like Count, X Likes',
  'engagement.replies':
    'replies, comments, comments_count, reply_count, Twitter Reply Count, Facebook Comments, Instagram Comment Count',
  'engagement.shares':
    'shares, retweets, reposts, shares_count, retweet_count, Twitter Retweets, Facebook Shares, twitter_shares',
  'engagement.quotes': 'quotes, quote_count',
  'engagement.views': 'views, view_count, Impressions, Video Views, Estimated Views',
  'engagement.score': 'score',
  'rating.value': 'rating, stars, star_rating',
  'geo.country': 'country',
  'geo.region': 'region, state, Subregion',
  'geo.city': 'city',
  links: 'urls, expanded_urls, Tracked Links',
  hashtags: 'Insights Hashtag',
  'flags.sensitive': 'sensitive, possibly_sensitive',
  'imported.sentiment': 'sentiment',
  ignored:
    'raw, policy, payload, annotations, tokens, generation, source.connector, source.instance, source.endpoint, source.cursor, source.latenessMs, lang.detected, lang.confidence, publishedAtEstimated, geo.lat, geo.lon, latitude, longitude',
}

/** Their own names; `normalName` makes `author_handle` and `authorHandle` of them too. */
const ownNames: readonly FileField[] = [
  ...mentionColumns,
  ...(['op', 'rev', 'observedAt', 'reason', 'canonicalId', 'author.kind', 'author.reputation'] as const),
  ...(['engagement.score', 'engagement.measuredAt', 'rating.min', 'rating.max', 'context', 'mentions'] as const),
  ...(['media', 'flags.sensitive', 'flags.contentWarnings', 'flags.bot', 'imported.tool'] as const),
]

export interface KnownColumn {
  readonly field: FileField
  /** The smaller wins. */
  readonly rank: number
}

const known: ReadonlyMap<string, KnownColumn> = new Map([
  ...Object.entries(synonyms).flatMap(([field, names]) =>
    names.split(', ').map((name, at) => [normalName(name), { field: field as FileField, rank: at + 1 }] as const),
  ),
  ...ownNames.map((field) => [normalName(field), { field, rank: 0 }] as const),
])

/** What a column or dotted key of this name means when the configuration does not say. */
export const knownColumn = (name: string): KnownColumn | null => known.get(normalName(name)) ?? null

/** Case, blanks and `_ - .` do not tell names apart. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]+/g, '')
}

/** Columns that only one tool writes. */
const fingerprints: readonly (readonly [tool: string, names: readonly string[]])[] = [
  ['brandwatch', ['queryname', 'pagetype']],
  ['meltwater', ['hitsentence']],
  ['talkwalker', ['searchindexed']],
  ['talkwalker', ['posttype']],
]

/** Which listening tool wrote a file with these columns or keys; null when none is recognised. */
export function toolOf(names: Iterable<string>): string | null {
  const present = new Set(Iterator.from(names).map(normalName))
  return fingerprints.find(([, all]) => all.every((name) => present.has(name)))?.[0] ?? null
}
