import { authorOf } from '#infra/runtime/author-row.ts'
import { isTimely, termsOf } from '#infra/runtime/mention-terms.ts'
import { decode } from '#schemas/codec.ts'
import type { EnrichedEvent } from '#schemas/generated.ts'
import { mentionText } from '#schemas/mention.ts'
import { type Content, type MentionState, stateOf } from '#schemas/merge.ts'
import { type MentionField, SAMPLES } from './mention-fields.ts'

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

/** The source of a document, ready to send. */
export function printDocument({ state, record, unheldSince }: StoredMention, visible: boolean): string {
  const { id, content, visibility, firstObservedAt, deletedAt } = state
  const document: MentionDocument = { id, visible }
  if (deletedAt !== null) document.deletedAt = deletedAt
  if (unheldSince !== null) document.unheldSince = unheldSince
  if (visibility !== null) {
    document.visibilityRev = visibility.rev
    document.hidden = visibility.hidden
  }
  if (content !== null) addContent(document, id, content, firstObservedAt!, record!)
  return JSON.stringify(document)
}

function addContent(
  document: MentionDocument,
  id: string,
  content: Content,
  firstObservedAt: number,
  record: Uint8Array,
): void {
  const { mention, annotations } = content
  const { sentiment, fit, misinformation, brands } = annotations
  document.firstObservedAt = firstObservedAt
  document.publishedAt = mention.publishedAt
  document.timely = isTimely(content, firstObservedAt)
  document.platform = mention.platform
  document.connector = content.source.connector
  document.kind = mention.kind
  document.tokens = content.tokens
  document.text = mentionText(mention)
  document.sample = sampleOf(id)
  document.record = Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('base64')
  // What is missing is left out: `undefined` is not printed.
  document.authorKey = authorOf(mention) ?? undefined
  document.author = termsOf('author', content)[0]
  document.language = mention.lang.detected ?? undefined
  document.url = mention.url ?? undefined
  document.followers = mention.author?.followers ?? undefined
  document.domains = some(termsOf('domain', content))
  document.entities = some(termsOf('entity', content))
  document.brands = some(brands)
  if (sentiment !== null) {
    document.tone = sentiment.label
    document.brandTone = some(brands.map((brand) => `${brand}|${sentiment.label}`))
    document.negative = sentiment.negative
    document.neutral = sentiment.neutral
    document.positive = sentiment.positive
  }
  if (fit !== null) document.fit = fit.value ?? undefined
  if (misinformation !== null) {
    document.misinformation = misinformation.state
    document.misinformationRisk = misinformation.risk ?? undefined
  }
  if (sentiment !== null || fit !== null || misinformation !== null) {
    document.reasons = {
      sentiment: sentiment?.explain,
      fit: fit?.components,
      misinformation: misinformation?.reasons,
    }
  }
}

const some = <T>(values: readonly T[]): readonly T[] | undefined => (values.length === 0 ? undefined : values)

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
  const decoded = decode(record)
  if (decoded.name !== 'EnrichedEvent') throw new Error(`the document ${id} holds a ${decoded.name}`)
  return stateOf(decoded.value as EnrichedEvent).content!
}

/** FNV-1a over the code units, folded to 16 bits: Fowler, Noll and Vo. */
function sampleOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return ((hash ^ (hash >>> 16)) >>> 0) % SAMPLES
}
