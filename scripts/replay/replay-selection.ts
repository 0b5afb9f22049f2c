import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { ArchiveSelection } from '#ingest/replay/read-archive.ts'
import { mentionTokens } from '#query/mention-tokens.ts'
import { QuerySet } from '#query/query-set.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { parseTime, timeZoneOf } from '../time-argument.ts'

export interface ReplayArguments {
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
  readonly key: ReplayKey
  /** Of raw mentions, which nothing is known of but what they say: those of a brand are found by its query. */
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
  const queries = brand === null ? null : new QuerySet([brandOf(brands, brand)])
  const sources = [...new Set(given.source)].sort()
  const wanted: ArchiveSelection['wanted'] =
    queries && (({ mention }) => mention !== null && queries.matchesAny(mentionTokens(mention)))
  return { key: { from, to, brand, sources }, selection: { from, to, sources, wanted, later: false } }
}

function brandOf(brands: readonly BrandProfile[], id: string): BrandProfile {
  const found = brands.find((brand) => brand.id === id)
  if (found !== undefined) return found
  const known = brands.map((brand) => brand.id).join(', ')
  throw usage('BRAND_UNKNOWN', `there is no brand "${id}": expected one of ${known}`)
}

const usage = (code: string, message: string): PipelineError => new PipelineError(ErrorClass.Config, code, message)
