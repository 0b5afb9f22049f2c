import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { Facts } from '#query/facts.ts'
import { mentionTokens } from '#query/mention-tokens.ts'
import type { QuerySet } from '#query/query-set.ts'
import { tokenString } from '#query/token-string.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import type { Annotations, EnrichedEvent, Mention, MentionEvent, NotScored, RawPointer } from '#schemas/generated.ts'
import { mentionText } from '#schemas/mention.ts'
import { sensesOf } from './brand-sense/senses-of.ts'
import type { LanguageDetector, Scored, Scorers } from './scorers.ts'
import { firstCharacters } from './text/first-characters.ts'

/** Everything that the annotations of a mention depend on; `generation` numbers it. */
export interface Enrichment {
  readonly generation: number
  readonly brands: ReadonlyMap<string, BrandProfile>
  readonly queries: QuerySet
  readonly language: LanguageDetector
  /** null: scores are off, only language, tokens and brands are made. */
  readonly scorers: Scorers | null
}

/** Where the raw record stands. */
export type RawPlace = Omit<RawPointer, 'sha256'>

/**
 * The same operation with everything the index needs. Pure: the same event and enrichment give the same answer, so that a
 * replay is honest. Throws a permanent PipelineError for an operation that cannot be understood.
 */
export function enrichMention(event: MentionEvent, place: RawPlace, enrichment: Enrichment): EnrichedEvent {
  const { id, op, rev, observedAt, ingestedAt, source, reason } = event
  const operation = { id, op, rev, observedAt, ingestedAt, source, reason, generation: enrichment.generation }
  switch (op) {
    case 'delete':
    case 'hide':
    case 'restore':
      return { ...operation, mention: null, annotations: null, tokens: null, raw: null }
    case 'create':
    case 'update': {
      if (event.mention === null) {
        throw new PipelineError(ErrorClass.Permanent, 'MENTION_MISSING', `${op} of a mention without its content`)
      }
      const raw = event.payload === null ? null : { ...place, sha256: event.payload.sha256 }
      return { ...operation, ...annotate(event.mention, enrichment), raw }
    }
    case 'unknown':
      throw new PipelineError(
        ErrorClass.Permanent,
        'OPERATION_UNKNOWN',
        'an operation that this version does not know: update Earshot, then retry the dead letter',
      )
    default:
      return op satisfies never
  }
}

/** Language, tokens and brands first, then the scores that they allow. */
function annotate(
  given: Mention,
  { brands, queries, language, scorers }: Omit<Enrichment, 'generation'>,
): Required<Pick<EnrichedEvent, 'mention' | 'annotations' | 'tokens'>> {
  const text = firstCharacters(mentionText(given))
  const detected = language.detect(text, given.lang.declared)
  const mention: Mention = {
    ...given,
    lang: { declared: given.lang.declared, detected: detected.code, confidence: detected.confidence },
  }
  const tokens = mentionTokens(mention)
  const matched = queries.match(tokens, Facts.of({ mention, annotations: null }))
  const annotations: Annotations = {
    brands: matched,
    sentiment: null,
    entities: null,
    fit: null,
    misinformation: null,
    languageModel: language.model,
    notScored: [],
    brandSense: [],
  }
  if (scorers === null) return { mention, annotations, tokens: tokenString(tokens) }

  const profilesOf = (ids: readonly string[]): BrandProfile[] => ids.flatMap((id) => brands.get(id) ?? [])
  const brandSense = sensesOf(mention, text, detected.code, profilesOf(matched), scorers.brandSense)
  const others = new Set(brandSense.filter(({ state }) => state === 'other').map(({ brand }) => brand))
  const meant = matched.filter((id) => !others.has(id))
  const profiles = profilesOf(meant)
  const notScored: NotScored[] = []
  const keep = <T>(score: string, scored: Scored<T>): T | null => {
    if ('value' in scored) return scored.value
    notScored.push({ score, reason: scored.notScored })
    return null
  }
  const scored: Annotations = {
    ...annotations,
    brands: meant,
    brandSense,
    sentiment: keep('sentiment', scorers.sentiment.score(text, detected.code)),
    entities: keep('entities', scorers.entities.tag(text, detected.code, profiles)),
    fit: keep('fit', scorers.fit.score(mention, profiles)),
    misinformation: keep('misinformation', scorers.misinformation.score(mention, text, detected.code)),
    notScored,
  }
  return { mention, annotations: scored, tokens: tokenString(tokens) }
}
