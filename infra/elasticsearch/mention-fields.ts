import type { estypes } from '@elastic/elasticsearch'
import { TermField } from '#infra/contracts/search-index.ts'
import type { ListedField } from '#infra/runtime/mention-terms.ts'
import type { NumberFact } from '#query/fields.ts'

type Property = estypes.MappingProperty

const TIME: Property = { type: 'date', format: 'epoch_millis' }
const FLAG: Property = { type: 'boolean' }
const WHOLE: Property = { type: 'long' }
const NUMBER: Property = { type: 'double' }
/** Lucene takes no term over 32,766 bytes, and would refuse the mention: what nobody can read in a list is not counted. */
const TERM: Property = { type: 'keyword', ignore_above: 8_191 }
/** In the document, not searched. */
const KEPT: Property = { type: 'keyword', index: false, doc_values: false }

/**
 * Every field of the index, once: the mapping is made from this list and is strict, so that a field which is written but not
 * listed fails in tests and not as a wrong answer. The first part is what is known of an id, also of one that is gone or was
 * never held; a deleted mention has nothing else.
 */
export const mentionFields = {
  /** The `_id`, to sort by. */
  id: { type: 'keyword', index: false },
  /** Held, and hidden neither by itself nor with its author: what the alias shows. */
  visible: FLAG,
  deletedAt: TIME,
  unheldSince: TIME,
  visibilityRev: WHOLE,
  hidden: FLAG,
  firstObservedAt: TIME,

  publishedAt: TIME,
  timely: FLAG,
  /** `authorKey`: what an author's operations name. */
  authorKey: { type: 'keyword' },
  platform: TERM,
  language: TERM,
  author: TERM,
  domains: TERM,
  entities: TERM,
  brands: TERM,
  connector: TERM,
  kind: TERM,
  url: KEPT,
  /** `<brand>|<label>`. */
  brandTone: TERM,
  tone: TERM,
  negative: NUMBER,
  neutral: NUMBER,
  positive: NUMBER,
  fit: NUMBER,
  misinformation: TERM,
  misinformationRisk: NUMBER,
  followers: WHOLE,
  rating: NUMBER,
  /** What fields of the query language ask: `field=value` each. */
  facts: TERM,
  /** For Kibana's own search and display; ours goes by `tokens`. */
  text: { type: 'text', norms: false },
  /** Our tokens: a word as its folded form; below it, as it is written. */
  tokens: {
    type: 'text',
    norms: false,
    analyzer: 'folded_tokens',
    search_analyzer: 'tokens',
    fields: { cased: { type: 'text', norms: false, analyzer: 'tokens', index_options: 'positions' } },
  },
  /** Uniform on 0…65,535 and the same for an id always: a range of it is a sample. */
  sample: { type: 'integer' },
  /** Why the scores are what they are, for people who look at a document. */
  reasons: { type: 'object', enabled: false },
  /** The record as it stood on the topic: answers are read from it, exactly. */
  record: { type: 'binary' },
} satisfies Record<string, Property>
export type MentionField = keyof typeof mentionFields

export const SAMPLES = 65_536

/** Where the terms that are counted stand. */
export const termFields: Readonly<Record<ListedField, MentionField>> = {
  [TermField.Platform]: 'platform',
  [TermField.Language]: 'language',
  [TermField.Author]: 'author',
  [TermField.Domain]: 'domains',
  [TermField.Entity]: 'entities',
  [TermField.Brand]: 'brands',
  [TermField.Connector]: 'connector',
}

/** Where the numbers stand that ranges are asked of. */
export const numberFields: Readonly<Record<NumberFact, MentionField>> = {
  published: 'publishedAt',
  followers: 'followers',
  rating: 'rating',
  fit: 'fit',
}
/** What `Facts` is made from. */
export const FACT_FIELDS: readonly MentionField[] = ['facts', ...Object.values(numberFields)]

export const mentionMapping: estypes.MappingTypeMapping = {
  dynamic: 'strict',
  properties: mentionFields,
}

/** A token is at most 300 characters: words are cut at 140, and `folded|Cased` holds two. */
export const mentionAnalysis: estypes.IndicesIndexSettingsAnalysis = {
  tokenizer: { blanks: { type: 'whitespace', max_token_length: 300 } },
  filter: { without_cased: { type: 'pattern_replace', pattern: '\\|.*', replacement: '' } },
  analyzer: {
    tokens: { type: 'custom', tokenizer: 'blanks' },
    folded_tokens: { type: 'custom', tokenizer: 'blanks', filter: ['without_cased'] },
  },
}

/** What the alias lets through. */
export const SHOWN: estypes.QueryDslQueryContainer = { term: { visible: true } }
