import { createHash } from 'node:crypto'
import { installedModels } from '#enrich/installed-models.ts'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { Table } from '#infra/contracts/table.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { version } from './version.ts'

const KEY = 'generation'

export interface Generation {
  readonly number: number
  readonly fingerprint: string
  readonly activatedAt: string
}

/** Everything that decides the annotations: code, models, lists and brand profiles. */
export interface Makers {
  readonly version: string
  readonly models: readonly string[]
  readonly brands: readonly BrandProfile[]
}

/** Those of this process. */
export const makersOf = (brands: readonly BrandProfile[], scores: boolean): Makers => ({
  version: version(),
  models: scores ? installedModels().map((model) => `${model.name}/${model.version}`) : [],
  brands,
})

/** The active generation; null before the first. */
export const activeGeneration = async (table: Table): Promise<Generation | null> =>
  ((await table.get(KEY))?.value as Generation | undefined) ?? null

export const isGenerationOf = (generation: Generation | null, makers: Makers): boolean =>
  generation?.fingerprint === fingerprintOf(makers)

/**
 * Makes these makers the active ones and answers their number. Whatever differs from the active generation gets the next number
 * by compare-and-set, also when it is an older state that came back (DESIGN §5).
 */
export async function activateGeneration(table: Table, makers: Makers, clock: Clock): Promise<number> {
  const fingerprint = fingerprintOf(makers)
  for (;;) {
    const row = await table.get(KEY)
    const active = row?.value as Generation | undefined
    if (active?.fingerprint === fingerprint) return active.number
    const next: Generation = {
      number: (active?.number ?? 0) + 1,
      fingerprint,
      activatedAt: new Date(clock.now()).toISOString(),
    }
    // Refused when another process activated something at the same moment: it may be the same.
    if ((await table.put(KEY, next, row?.version ?? null)) !== null) return next.number
  }
}

/**
 * The number of the active generation, which must be that of these makers. Where several processes work on one installation, one
 * that comes back with an old configuration must not make it the active one again by itself: rejects with a config error.
 */
export async function requireGeneration(table: Table, makers: Makers): Promise<number> {
  const active = await activeGeneration(table)
  if (active !== null && isGenerationOf(active, makers)) return active.number
  const found = active === null ? 'no generation is active yet' : `generation ${active.number} is active`
  const message =
    `${found}, and this process would score with another version, other models or other brand profiles. ` +
    'Start it with what is active, or make its own the active ones: earshot models activate'
  throw new PipelineError(ErrorClass.Config, 'GENERATION_INACTIVE', message)
}

const fingerprintOf = (makers: Makers): string => createHash('sha256').update(JSON.stringify(makers)).digest('hex')
