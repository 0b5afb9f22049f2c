import type { Annotations, Kind, Mention, SenseState, Tone } from '#schemas/generated.ts'
import { emojiForms, emojiIn } from './emoji.ts'

/** What fields are read from. `annotations` is null for a mention that has just come in. */
export interface FactSource {
  readonly mention: Mention
  readonly annotations: Annotations | null
}

interface Described {
  /** For the documentation: what it finds. */
  readonly means: string
  readonly examples: readonly string[]
  /** A mention holds it from the start, so that the query of a brand profile may ask for it. */
  readonly raw: boolean
}

type Values = (source: FactSource) => readonly (string | null | undefined)[]

/** One of any number of values, in any case. */
export interface KeywordField extends Described {
  readonly type: 'keyword'
  readonly values: Values
  /** A mention has one at most. */
  readonly single: boolean
  /** What a value must look like, and how that is told. */
  readonly shape?: { readonly pattern: RegExp; readonly expected: string }
  /** Values are ids and compared as they are written. */
  readonly exact?: boolean
}

/** One of a few known values. */
export interface ChoiceField extends Described {
  readonly type: 'choice'
  readonly choices: readonly string[]
  readonly values: Values
  readonly single: boolean
}

export interface NumberField extends Described {
  readonly type: 'number'
  readonly number: (source: FactSource) => number | null | undefined
}

/** A day or a moment, UTC: from it on, or before it. */
export interface DateField extends Described {
  readonly type: 'date'
  readonly side: 'from' | 'until'
}

/** A host of a link; read by the tokenizer and matched as tokens are. */
export interface HostField extends Described {
  readonly type: 'host'
}

export type Field = KeywordField | ChoiceField | NumberField | DateField | HostField

const KINDS = [
  ...['post', 'comment', 'quote', 'repost', 'article', 'video', 'review', 'question', 'issue', 'other', 'unknown'],
] as const satisfies readonly string[]
const EVIDENCE = ['nothing_to_check', 'low', 'raised', 'high', 'unknown']
const TONES: readonly Tone[] = ['negative', 'neutral', 'positive']
const SENSES: readonly SenseState[] = ['brand', 'other', 'unsure']
const HAS = ['media', 'image', 'video', 'audio', 'link', 'location', 'title', 'rating']
const IS = ['reply', 'quote', 'repost', 'edited', 'sensitive', 'bot', 'verified']

const LANGUAGE = { pattern: /^[a-z]{2,3}$/, expected: 'a language code of two letters, as in de, en or ja' }

/**
 * Every field of the query language, once: the parser, the matcher, both indexes, the documentation and the messages about
 * mistakes are made from this table.
 */
export const fields = {
  platform: {
    type: 'keyword',
    means: 'where it was published, as the connector or the import names it',
    examples: ['platform:bluesky'],
    raw: true,
    single: true,
    values: ({ mention }) => [mention.platform],
  },
  kind: {
    type: 'choice',
    means: 'what sort of mention it is',
    examples: ['kind:review', 'kind:(article OR video)'],
    raw: true,
    single: true,
    choices: KINDS,
    values: ({ mention }) => [mention.kind satisfies Kind],
  },
  author: {
    type: 'keyword',
    means: 'handle or name of the author, the whole of it',
    examples: ['author:nike', 'author:"Jane Doe"'],
    raw: true,
    single: false,
    values: ({ mention: { author } }) => [author?.handle, author?.name],
  },
  followers: {
    type: 'number',
    means: 'how many follow the author; not true where the platform does not say',
    examples: ['followers:>10000', 'followers:100..5000'],
    raw: true,
    number: ({ mention }) => mention.author?.followers,
  },
  rating: {
    type: 'number',
    means: 'the rating of a review, on the scale of its platform',
    examples: ['rating:<=2', 'rating:5'],
    raw: true,
    number: ({ mention }) => mention.rating?.value,
  },
  declared: {
    type: 'keyword',
    means: 'the language that author or platform state; `declared:pt` also finds `pt-BR`',
    examples: ['declared:pt', 'declared:pt-br'],
    raw: true,
    single: false,
    shape: {
      pattern: /^[a-z]{2,3}(?:-[a-z\d]+)*$/,
      expected: 'a language code, as in pt or pt-br',
    },
    values: ({ mention: { lang } }) => [lang.declared, lang.declared?.split(/[-_]/, 1)[0]],
  },
  has: {
    type: 'choice',
    means: 'what comes with it',
    examples: ['has:media', 'has:(image OR video)'],
    raw: true,
    single: false,
    choices: HAS,
    values: ({ mention: { media, links, geo, title, rating } }) => [
      media.length > 0 ? 'media' : null,
      ...['image', 'video', 'audio'].filter((type) => media.some((item) => item.type === type)),
      links.length > 0 ? 'link' : null,
      geo?.country || geo?.region || geo?.city ? 'location' : null,
      title === null ? null : 'title',
      rating === null ? null : 'rating',
    ],
  },
  is: {
    type: 'choice',
    means:
      'what is known of it: an answer, a quote, a repost, edited since, marked as sensitive, by a bot, by a verified author',
    examples: ['is:reply', 'NOT is:repost'],
    raw: true,
    single: false,
    choices: IS,
    values: ({ mention: { kind, thread, editedAt, flags, author } }) => [
      kind === 'comment' || (thread !== null && thread.parentId !== null) ? 'reply' : null,
      kind === 'quote' || (thread !== null && thread.quoteOfId !== null) ? 'quote' : null,
      kind === 'repost' ? 'repost' : null,
      editedAt === null ? null : 'edited',
      flags.sensitive ? 'sensitive' : null,
      flags.bot === true || author?.kind === 'bot' ? 'bot' : null,
      author?.verified === true ? 'verified' : null,
    ],
  },
  emoji: {
    type: 'keyword',
    means: 'the same as the emoji alone',
    examples: ['emoji:🔥'],
    raw: true,
    single: false,
    values: ({ mention: { title, text, context } }) =>
      [title, text, ...context].flatMap((field) => (field === null ? [] : emojiIn(field).flatMap(emojiForms))),
  },
  url: {
    type: 'host',
    means: 'links to this host and all hosts below it, also those that the post shows shortened',
    examples: ['url:nike.com'],
    raw: true,
  },
  after: {
    type: 'date',
    means: 'published on this day or later (UTC); a moment is written `2026-11-01T18:30`',
    examples: ['after:2026-11-01', 'after:2026-11-01T18:30'],
    raw: true,
    side: 'from',
  },
  before: {
    type: 'date',
    means: 'published before this day began (UTC)',
    examples: ['before:2026-12-01'],
    raw: true,
    side: 'until',
  },
  lang: {
    type: 'keyword',
    means: 'the language that was detected',
    examples: ['lang:de', 'lang:(de OR fr)'],
    raw: false,
    single: true,
    shape: LANGUAGE,
    values: ({ mention }) => [mention.lang.detected],
  },
  brand: {
    type: 'keyword',
    means: 'the id of a brand whose query matches, unless its ambiguous name means something else',
    examples: ['brand:acme'],
    raw: false,
    single: false,
    exact: true,
    values: ({ annotations }) => annotations?.brands ?? [],
  },
  sense: {
    type: 'choice',
    means: 'what the name of an ambiguous brand means there',
    examples: ['sense:unsure', 'acme sense:other'],
    raw: false,
    single: false,
    choices: SENSES,
    values: ({ annotations }) => annotations?.brandSense.map(({ state }) => state) ?? [],
  },
  sentiment: {
    type: 'choice',
    means: 'the tone that was found',
    examples: ['sentiment:negative'],
    raw: false,
    single: true,
    choices: TONES,
    values: ({ annotations }) => [annotations?.sentiment?.label],
  },
  entity: {
    type: 'keyword',
    means: 'a name that was found in the text: the id of a brand, else the name as it is written',
    examples: ['entity:berlin', 'entity:"Jane Doe"'],
    raw: false,
    single: false,
    values: ({ annotations }) => annotations?.entities?.items.flatMap(({ id, text }) => [id, text]) ?? [],
  },
  claim: {
    type: 'choice',
    means: 'how much speaks for checking what it claims',
    examples: ['claim:(raised OR high)'],
    raw: false,
    single: true,
    choices: EVIDENCE,
    values: ({ annotations }) => [annotations?.misinformation?.state],
  },
  fit: {
    type: 'number',
    means: 'how well the author fits as an influencer, 0 to 1',
    examples: ['fit:>=0.7'],
    raw: false,
    number: ({ annotations }) => annotations?.fit?.value,
  },
} satisfies Record<string, Field>

export type FieldName = keyof typeof fields

/** Those whose values are kept as text. */
export type TextFact = {
  [N in FieldName]: (typeof fields)[N]['type'] extends 'keyword' | 'choice' ? N : never
}[FieldName]
/** Those that ranges are asked of; `published` is what dates are compared with. */
export type NumberFact =
  | { [N in FieldName]: (typeof fields)[N]['type'] extends 'number' ? N : never }[FieldName]
  | 'published'

export const fieldNamed = (name: string): Field | undefined =>
  Object.hasOwn(fields, name) ? fields[name as FieldName] : undefined
