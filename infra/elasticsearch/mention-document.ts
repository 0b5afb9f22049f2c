import { authorOf } from '#infra/runtime/author-row.ts'
import { isTimely, termsOf } from '#infra/runtime/mention-terms.ts'
import { readStored } from '#infra/runtime/read-stored.ts'
import { Facts, factString, textFacts } from '#query/facts.ts'
import type { NumberFact } from '#query/fields.ts'
import { mentionText } from '#schemas/mention.ts'
import { type Content, type MentionState, stateOf } from '#schemas/merge.ts'
import { type MentionField, numberFields, SAMPLES } from './mention-fields.ts'

/** What is known of an id, with the record that its content came from. */
export interface StoredMention {
  readonly state: MentionState
  /** null when it has no content. */
  readonly record: Uint8Array | null
  /** When an id that never had content was last heard of; null for all others. */
  readonly unheldSince: number | null
}

/** A document as it stands in the index. */
export type MentionDocument = { [F in MentionField]?: unknown }

/** The source of a document, ready to send. What is undefined is not printed. */
export function printDocument({ state, record, unheldSince }: StoredMention, visible: boolean): string {
  const { id, content, visibility, firstObservedAt, deletedAt } = state
  const known = {
    id,
    visible,
    deletedAt: deletedAt ?? undefined,
    unheldSince: unheldSince ?? undefined,
    visibilityRev: visibility?.rev,
    hidden: visibility?.hidden,
  } satisfies MentionDocument
  if (content === null) return JSON.stringify(known)
  const { mention, annotations } = content
  const { sentiment, fit, misinformation, brands, brandSense } = annotations
  const bytes = record!
  return JSON.stringify({
    ...known,
    firstObservedAt: firstObservedAt!,
    publishedAt: mention.publishedAt,
    timely: isTimely(content, firstObservedAt!),
    authorKey: authorOf(mention) ?? undefined,
    platform: mention.platform,
    language: mention.lang.detected ?? undefined,
    author: termsOf('author', content)[0],
    domains: some(termsOf('domain', content)),
    entities: some(termsOf('entity', content)),
    brands: some(brands),
    connector: content.source.connector,
    kind: mention.kind,
    url: mention.url ?? undefined,
    brandTone: sentiment === null ? undefined : some(brands.map((brand) => `${brand}|${sentiment.label}`)),
    tone: sentiment?.label,
    negative: sentiment?.negative,
    neutral: sentiment?.neutral,
    positive: sentiment?.positive,
    fit: fit?.value ?? undefined,
    misinformation: misinformation?.state,
    misinformationRisk: misinformation?.risk ?? undefined,
    followers: mention.author?.followers ?? undefined,
    rating: mention.rating?.value,
    facts: textFacts(content),
    text: mentionText(mention),
    tokens: content.tokens,
    sample: sampleOf(id),
    reasons: {
      sentiment: sentiment?.explain,
      fit: fit?.components,
      misinformation: misinformation?.reasons,
      brandSense: some(brandSense),
    },
    record: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  } satisfies MentionDocument)
}

const some = <T>(values: readonly T[]): readonly T[] | undefined => (values.length === 0 ? undefined : values)

/** What fields ask of a document's mention; it was read with `FACT_FIELDS`. */
export function factsIn(document: MentionDocument): Facts {
  const numbers: Partial<Record<NumberFact, number>> = {}
  for (const [name, field] of Object.entries(numberFields)) {
    const number = document[field]
    if (typeof number === 'number') numbers[name as NumberFact] = number
  }
  return Facts.from(factString((document.facts ?? []) as readonly string[], numbers))
}

/** What a document says of its id. */
export function readDocument(id: string, document: MentionDocument): StoredMention {
  const { deletedAt, unheldSince, visibilityRev, hidden, firstObservedAt, record } = document
  const bytes = typeof record === 'string' ? Buffer.from(record, 'base64') : null
  return {
    state: {
      id,
      deletedAt: time(deletedAt),
      visibility: typeof visibilityRev === 'number' ? { rev: visibilityRev, hidden: hidden === true } : null,
      content: bytes === null ? null : contentOf(bytes, id),
      firstObservedAt: time(firstObservedAt),
    },
    record: bytes,
    unheldSince: time(unheldSince),
  }
}

const time = (value: unknown): number | null => (typeof value === 'number' ? value : null)

function contentOf(record: Uint8Array, id: string): Content {
  return stateOf(readStored(record, `the document ${id}`)).content!
}

/** FNV-1a over the code units, folded to 16 bits: Fowler, Noll and Vo. */
function sampleOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return ((hash ^ (hash >>> 16)) >>> 0) % SAMPLES
}
