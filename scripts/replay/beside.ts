import { createHash } from 'node:crypto'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import type { Row, Table } from '#infra/contracts/table.ts'
import type { Makers } from '../generation.ts'
import type { ReadOnlyInstallation } from '../installation.ts'
import type { ReplayKey, ReplayTopic } from './replay-selection.ts'

const PREFIX = 'beside/'
const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/
/** What people call the index that everybody reads. */
const LIVE = 'live'
const MOST = 1_000

/** An index beside the live one, as the table knows it. */
export interface Beside {
  readonly topic: ReplayTopic
  /**
   * Counts what has scored in it, from 1: of two scores of a mention the later stands. It says nothing outside this index, and
   * the live generations nothing in it.
   */
  readonly generation: number
  /** Of the models, lists and profiles of `generation`. */
  readonly fingerprint: string
  readonly createdAt: string
  /** What was read into it. */
  readonly replays: readonly ReplayKey[]
}

export interface NamedBeside {
  readonly name: string
  readonly beside: Beside
}

/** Rejects with a usage error for what cannot be the name of an index beside the live one. */
export function checkName(name: string): string {
  if (NAME.test(name) && name !== LIVE) return name
  throw usage(
    'NAME_INVALID',
    name === LIVE
      ? `"${LIVE}" is the index that everybody reads: a replay without --into writes it`
      : `"${name}" cannot be the name of an index: expected up to 40 lower-case letters, digits or "-"`,
  )
}

export async function listBesides(table: Table): Promise<readonly NamedBeside[]> {
  const rows = await table.list(PREFIX, { limit: MOST })
  return rows.map(({ key, value }) => ({ name: key.slice(PREFIX.length), beside: value as Beside }))
}

/** Rejects with a usage error that names those that there are. */
export async function findBeside(table: Table, name: string): Promise<Beside> {
  const row = await table.get(`${PREFIX}${checkName(name)}`)
  if (row !== null) return row.value as Beside
  const others = (await listBesides(table)).map((found) => found.name)
  const known = others.length === 0 ? 'there is none yet' : `expected one of ${others.join(', ')}`
  const message = `there is no index "${name}" beside the live one: ${known}. "earshot replay --into NAME" makes one`
  throw usage('BESIDE_UNKNOWN', message)
}

/** To be looked at. The caller closes it. */
export async function openBeside(installation: ReadOnlyInstallation, name: string): Promise<SearchIndex> {
  await findBeside(installation.table, name)
  return installation.beside(name)
}

/** Notes that this is read into the index, which then exists; answers how it stands. Other makers get the next generation. */
export async function takeBeside(
  table: Table,
  name: string,
  { topic, key, makers }: { readonly topic: ReplayTopic; readonly key: ReplayKey; readonly makers: Makers },
  clock: Clock,
): Promise<Beside> {
  const fingerprint = hashOf(makers)
  for (;;) {
    const row = await table.get(`${PREFIX}${checkName(name)}`)
    const before = (row?.value as Beside | undefined) ?? null
    if (before !== null && before.topic !== topic) {
      const message =
        `the index "${name}" holds what the ${before.topic} topic was made into: scores of two kinds in one index cannot ` +
        `be told apart. Choose another name, or remove it first: earshot replay --drop ${name}`
      throw usage('BESIDE_OTHER', message)
    }
    const same = before?.fingerprint === fingerprint
    const replays = before?.replays ?? []
    const next: Beside = {
      ...{ topic, fingerprint, generation: (before?.generation ?? 0) + (same ? 0 : 1) },
      createdAt: before?.createdAt ?? new Date(clock.now()).toISOString(),
      replays: replays.some((known) => hashOf(known) === hashOf(key)) ? replays : [...replays, key],
    }
    // Refused when another process did the same at the same moment.
    if ((await table.put(`${PREFIX}${name}`, next, row?.version ?? null)) !== null) return next
  }
}

/** The index itself must be gone before. */
export async function forgetBeside(table: Table, name: string): Promise<void> {
  const key = `${PREFIX}${name}`
  for (let row: Row | null = await table.get(key); row !== null; row = await table.get(key)) {
    if (await table.delete(key, row.version)) break
  }
}

export const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

const usage = (code: string, message: string): PipelineError => new PipelineError(ErrorClass.Config, code, message)
