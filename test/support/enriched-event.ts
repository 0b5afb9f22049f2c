import type { IndexOperation } from '#infra/contracts/search-index.ts'
import { mentionTokens } from '#query/mention-tokens.ts'
import { tokenString } from '#query/token-string.ts'
import { encode } from '#schemas/codec.ts'
import type { Annotations, AuthorEvent, EnrichedEvent, Mention, Sentiment, Source } from '#schemas/generated.ts'
import { newAuthor, newMention } from '#schemas/mention.ts'

/** What tests say on `mentions.enriched.v1` or about an author. */
export type Said = EnrichedEvent | AuthorEvent

export const SOURCE: Source = { connector: 'test', platform: 'bluesky', instance: null, latenessMs: 60_000 }
export const NOON = Date.UTC(2026, 2, 1, 12)

export interface Known extends Partial<Omit<EnrichedEvent, 'mention' | 'annotations'>> {
  readonly text?: string
  readonly author?: string | null
  readonly publishedAt?: number
  readonly brands?: readonly string[]
  readonly sentiment?: Sentiment | null
  readonly mention?: Partial<Mention>
  readonly annotations?: Partial<Annotations>
}

/** A create of a mention with these values; `publishedAt`, `observedAt` and `rev` follow each other when not given. */
export function created(id: string, known: Known = {}): EnrichedEvent {
  const { text = 'a post', author = null, publishedAt = NOON, brands = [], sentiment = null, ...event } = known
  const mention = newMention({
    platform: 'bluesky',
    kind: 'post',
    text,
    publishedAt,
    author: author === null ? null : newAuthor({ id: author, handle: author }),
    ...known.mention,
  })
  const observedAt = event.observedAt ?? publishedAt
  const tokens = tokenString(mentionTokens(mention))
  const annotations = { ...NO_ANNOTATIONS, brands, sentiment, ...known.annotations }
  return { ...operation(id, 'create', observedAt), tokens, ...event, mention, annotations }
}

export const updated = (id: string, known: Known = {}): EnrichedEvent => created(id, { ...known, op: 'update' })

/** Hide, restore or delete of one mention at that time. */
export function operation(id: string, op: EnrichedEvent['op'], rev: number): EnrichedEvent {
  const place = { id, op, rev, generation: 1, observedAt: rev, ingestedAt: null, source: SOURCE, reason: null }
  return { ...place, mention: null, annotations: null, tokens: null, raw: null }
}

export function authorOperation(
  authorId: string,
  op: AuthorEvent['op'],
  rev: number,
  known: Partial<AuthorEvent> = {},
): AuthorEvent {
  return {
    platform: 'bluesky',
    authorId,
    op,
    rev,
    observedAt: rev,
    block: false,
    source: SOURCE,
    reason: null,
    ...known,
  }
}

export const isOfAuthor = (said: Said): said is AuthorEvent => 'authorId' in said

export const wire = (said: Said): IndexOperation =>
  isOfAuthor(said)
    ? { kind: 'author', bytes: encode('AuthorEvent', said) }
    : { kind: 'mention', bytes: encode('EnrichedEvent', said) }

export function sentiment(negative: number, neutral: number, positive: number): Sentiment {
  const explain = { margin: 0, bias: 0, rest: 0, parts: [] }
  return { label: 'neutral', negative, neutral, positive, uncertain: false, explain, model: 'test/1' }
}

const NO_ANNOTATIONS: Annotations = {
  brands: [],
  sentiment: null,
  entities: null,
  fit: null,
  misinformation: null,
  languageModel: null,
  notScored: [],
  brandSense: [],
}
