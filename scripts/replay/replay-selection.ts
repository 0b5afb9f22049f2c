import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { ArchiveSelection } from '#ingest/replay/read-archive.ts'
import { Facts } from '#query/facts.ts'
import { mentionFields } from '#query/mention-tokens.ts'
import { QuerySet } from '#query/query-set.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { parseTime, timeZoneOf } from '../time-argument.ts'

/** Which archive is read: mentions to be scored anew, or as they were scored then. */
export const ReplayTopic = { Raw: 'raw', Enriched: 'enriched' } as const
export type ReplayTopic = (typeof ReplayTopic)[keyof typeof ReplayTopic]

export interface ReplayArguments {
  readonly topic: ReplayTopic
  readonly from?: string
  readonly to?: string
  readonly brand?: string
  readonly source?: readonly string[]
}

/** What a replay is asked for, as it is kept and compared: the same question is the same replay. */
export interface ReplayKey {
  readonly from: number
  readonly to: number
  readonly brand: string | null
  readonly sources: readonly string[]
}

export interface AskedReplay {
  readonly topic: ReplayTopic
  readonly key: ReplayKey
  /** Mentions of a brand: of raw ones those that its query finds today, of enriched ones those that it found then. */
  readonly selection: ArchiveSelection
}

/** Rejects with a usage error for a range that is missing or empty, and for a brand that is not in the configuration. */
export function selectionOf(given: ReplayArguments, brands: readonly BrandProfile[], now: number): AskedReplay {
  const timeZone = timeZoneOf(undefined)
  const timeOf = (option: string, text: string | undefined) => {
    if (text !== undefined) return parseTime(text, now, timeZone)
    throw usage(
      'RANGE_MISSING',
      `${option} is missing: say which time is to be replayed, for example --from 30d --to 0d`,
    )
  }
  const from = timeOf('--from', given.from)
  const to = timeOf('--to', given.to)
  if (from >= to) throw usage('RANGE_EMPTY', '--from must be earlier than --to')
  const brand = given.brand ?? null
  const wanted = brand === null ? null : wantedBy(given.topic, brandOf(brands, brand))
  const sources = [...new Set(given.source)].sort()
  const selection = { from, to, sources, wanted, later: false }
  return { topic: given.topic, key: { from, to, brand, sources }, selection }
}

function wantedBy(topic: ReplayTopic, brand: BrandProfile): NonNullable<ArchiveSelection['wanted']> {
  if (topic === ReplayTopic.Enriched)
    return (event) => 'annotations' in event && event.annotations?.brands.includes(brand.id) === true
  const queries = new QuerySet([brand])
  return ({ mention }) =>
    mention !== null && queries.matchesAnyFields(mentionFields(mention), Facts.of({ mention, annotations: null }))
}

function brandOf(brands: readonly BrandProfile[], id: string): BrandProfile {
  const found = brands.find((brand) => brand.id === id)
  if (found !== undefined) return found
  const known = brands.map((brand) => brand.id).join(', ')
  throw usage('BRAND_UNKNOWN', `there is no brand "${id}": expected one of ${known}`)
}

const usage = (code: string, message: string): PipelineError => new PipelineError(ErrorClass.Config, code, message)
