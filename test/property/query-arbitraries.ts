import fc from 'fast-check'
import type { Author, Mention } from '#schemas/generated.ts'
import type { SimpleQuery } from './simple-query.ts'

const WORDS = [
  'nike',
  'Nike',
  'NIKE',
  'air',
  'max',
  'Gap',
  'gap',
  'shoe',
  'Nestlé',
  "don't",
  'AT&T',
  '삼성',
  'привет',
  'हिन्दी',
]
const TAGS = ['nike', 'Gap', 'just_do_it', 'Nestlé']
const HANDLES = ['nike', 'Gap', 'Nike_2']
const HOSTS = ['nike.com', 'shop.nike.com', 'com', 'gap.co.uk']

const FRAGMENTS = [
  ...WORDS,
  ...TAGS.map((tag) => `#${tag}`),
  ...HANDLES.map((handle) => `@${handle}`),
  'https://www.nike.com/air',
  'HTTP://Shop.Nike.com:80?x=gap',
  'www.gap.co.uk.',
  'http://user@nike.com)',
  "nike's",
  'Gap’s',
  'Air-Max',
  'air.max',
  'nestle',
  'Nestle\u0301',
  'shoes',
  'ｎｉｋｅ',
  '𝗡𝗶𝗸𝗲',
  'n\u200bike',
  'ﬁne',
  '½',
  'Nike™',
  'i̇',
  'ß',
  '可口可乐',
  '鞋',
  'ナイキ',
  'ﾊﾞｽ',
  'ไม่ดี',
  'ㅋㅋ',
  'ㄱㅏ',
  'مُحَمَّد',
  '#हिन्दी',
  '#可口',
  '🔥',
  '👍',
  '👍🏽',
  '❤\ufe0f',
  '1\ufe0f\u20e3',
  '\ud800',
  '\udc00',
  '\u200b',
  '\u0301',
  "'s",
  '7',
  '_',
]
const JOINTS = [' ', ' ', ' ', '', ', ', '-', '.', "'", '’', '&', '…', '\u00a0', '\n', '@', '#', '\u2060']

/** Posts of several languages in which queries often match, with much that is hostile between the words. */
export const postText: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom(...FRAGMENTS), fc.constantFrom(...JOINTS)), { maxLength: 12 })
  .map((parts) => parts.flat().join(''))

/** Any UTF-16, with lone surrogates and marks. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((codes) => String.fromCharCode(...codes)),
)

const word = fc.constantFrom(...WORDS).map((text): SimpleQuery => ({ is: 'word', text }))
const cased = fc.constantFrom('Gap', 'gap', 'NIKE', 'Nestlé', 'Max').map((text): SimpleQuery => ({ is: 'cased', text }))
const prefix = fc.constantFrom('nik', 'sho', 'nest', 'gap', 'при').map((text): SimpleQuery => ({ is: 'prefix', text }))
const phrase = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 })
  .map((words): SimpleQuery => ({ is: 'phrase', words }))
const positional = fc.oneof(word, word, cased, prefix, phrase)
const operand = fc.oneof(
  { weight: 3, arbitrary: positional },
  { weight: 1, arbitrary: fc.array(positional, { minLength: 2, maxLength: 3 }).map(or) },
)
const near = fc
  .record({ left: operand, right: operand, distance: fc.integer({ min: 1, max: 6 }), ordered: fc.boolean() })
  .map((parts): SimpleQuery => ({ is: 'near', ...parts }))
const name = fc.oneof(
  fc.constantFrom(...TAGS).map((text): SimpleQuery => ({ is: 'hashtag', text })),
  fc.constantFrom(...HANDLES).map((text): SimpleQuery => ({ is: 'handle', text })),
  fc.constantFrom(...HOSTS).map((text): SimpleQuery => ({ is: 'url', text })),
)

const author = (test: (author: Author) => boolean) => (mention: Mention) =>
  mention.author !== null && test(mention.author)
const texts = ({ title, text, context }: Mention): string => [title, text, ...context].join('\n')
const within = (value: number | null | undefined, test: (value: number) => boolean): boolean =>
  typeof value === 'number' && test(value)

/** Each field, and what it says in so many words. */
const FIELDS: Readonly<Record<string, (mention: Mention) => boolean>> = {
  'platform:bluesky': ({ platform }) => platform === 'bluesky',
  'platform:"Hacker  News"': ({ platform }) => platform === 'hacker news',
  'kind:(post OR review)': ({ kind }) => kind === 'post' || kind === 'review',
  'author:NIKE': author(({ handle, name }) => [handle, name].some((one) => one?.toLowerCase() === 'nike')),
  'author:"jane doe"': author(({ handle, name }) => [handle, name].some((one) => /^jane +doe$/i.test(one ?? ''))),
  'followers:>=100': author(({ followers }) => within(followers, (n) => n >= 100)),
  'followers:>100': author(({ followers }) => within(followers, (n) => n > 100)),
  'followers:10..100': author(({ followers }) => within(followers, (n) => n >= 10 && n <= 100)),
  'rating:<2.5': ({ rating }) => within(rating?.value, (n) => n < 2.5),
  'rating:5': ({ rating }) => rating?.value === 5,
  'declared:pt': ({ lang }) => lang.declared === 'pt-BR',
  'declared:de-at': ({ lang }) => lang.declared === 'DE-at',
  'lang:de': ({ lang }) => lang.detected === 'de',
  'has:media': ({ media }) => media.length > 0,
  'has:video': ({ media }) => media.some(({ type }) => type === 'video'),
  'has:link': ({ links }) => links.length > 0,
  'has:location': ({ geo }) => geo !== null && (geo.country !== null || geo.city !== null),
  'is:reply': ({ kind, thread }) => kind === 'comment' || typeof thread?.parentId === 'string',
  'is:quote': ({ kind, thread }) => kind === 'quote' || typeof thread?.quoteOfId === 'string',
  'is:edited': ({ editedAt }) => editedAt !== null,
  'is:bot': ({ flags, author }) => flags.bot === true || author?.kind === 'bot',
  'is:verified': author(({ verified }) => verified === true),
  'after:2026-01-02': ({ publishedAt }) => publishedAt >= Date.UTC(2026, 0, 2),
  'before:2026-01-02T12:30': ({ publishedAt }) => publishedAt < Date.UTC(2026, 0, 2, 12, 30),
  '🔥': (mention) => texts(mention).includes('🔥'),
  '❤️': (mention) => texts(mention).includes('❤'),
  '👍': (mention) => texts(mention).includes('👍'),
  '👍🏽': (mention) => texts(mention).includes('👍🏽'),
}
const field = fc
  .constantFrom(...Object.entries(FIELDS))
  .map(([text, test]): SimpleQuery => ({ is: 'field', text, test }))

function or(parts: readonly SimpleQuery[]): SimpleQuery {
  return { is: 'or', parts }
}

/** Queries with every operator, from one word to a few levels of brackets. */
export const simpleQuery: fc.Arbitrary<SimpleQuery> = fc.letrec<{ node: SimpleQuery }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    positional,
    name,
    field,
    near,
    fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((parts): SimpleQuery => ({ is: 'and', parts })),
    fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map(or),
    tie('node').map((of): SimpleQuery => ({ is: 'not', of })),
  ),
})).node
