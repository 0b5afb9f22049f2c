import { createHash } from 'node:crypto'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { Table } from '#infra/contracts/table.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'

const KEY = 'generation'

interface Generation {
  readonly number: number
  readonly fingerprint: string
  readonly activatedAt: string
}

/**
 * The number of what now makes the annotations: models, lists, brand profiles and code. Whatever differs from the active
 * generation gets the next number by compare-and-set, also when it is an older state that came back (DESIGN §5).
 */
export async function activateGeneration(
  table: Table,
  made: { readonly version: string; readonly models: readonly string[]; readonly brands: readonly BrandProfile[] },
  clock: Clock,
): Promise<number> {
  const fingerprint = createHash('sha256').update(JSON.stringify(made)).digest('hex')
  const row = await table.get(KEY)
  const active = row?.value as Generation | undefined
  if (active?.fingerprint === fingerprint) return active.number
  const next: Generation = {
    number: (active?.number ?? 0) + 1,
    fingerprint,
    activatedAt: new Date(clock.now()).toISOString(),
  }
  if ((await table.put(KEY, next, row?.version ?? null)) === null) {
    const message = 'another process activated models at the same moment: start again'
    throw new PipelineError(ErrorClass.Transient, 'GENERATION_RACE', message)
  }
  return next.number
}
