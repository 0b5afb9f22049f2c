import type { Clock } from '#infra/contracts/clock.ts'
import type { SearchIndex, Selection, WriteOutcome } from '#infra/contracts/search-index.ts'
import { parseQuery } from '#query/parse.ts'
import { type Said, wire } from '../support/enriched-event.ts'
import type { Opener } from './children/start-child.ts'

export interface SearchIndexUnderTest {
  /** Opens the same store each time; the suite disposes it. */
  open(clock: Clock): Promise<SearchIndex>
  /** The same, for a process of its own that is killed. */
  readonly opener: Opener
}

/** What the parts of the suite work with: each test has an index of its own. */
export interface Fixture {
  readonly under: SearchIndexUnderTest
  readonly index: SearchIndex
  /** Writes in one call. */
  write(...said: readonly Said[]): Promise<readonly WriteOutcome[]>
  /** Ids found, in the order of the pages of `limit`. */
  ids(
    selection?: Partial<Selection> & { readonly sort?: 'newest' | 'oldest'; readonly limit?: number },
  ): Promise<string[]>
}

export type InIndex = (promise: string, test: (fixture: Fixture) => Promise<void>, timeoutMs?: number) => void

export function helpers(index: SearchIndex): Pick<Fixture, 'write' | 'ids'> {
  return {
    write: (...said) => index.write(said.map(wire)),
    ids: async ({ sort = 'newest', limit = 1_000, ...selection } = {}) => {
      const found: string[] = []
      for (let after: string | null = null; ; ) {
        const page = await index.search({ ...EVERYTHING, ...selection, sort, limit, after })
        found.push(...page.hits.map(({ id }) => id))
        if (page.next === null) return found
        after = page.next
      }
    },
  }
}

export const EVERYTHING: Selection = { query: null, range: { since: null, until: null }, brands: [] }
export const asking = (source: string): Selection => ({ ...EVERYTHING, query: parseQuery(source) })
export const kinds = (outcomes: readonly WriteOutcome[]): string[] => outcomes.map(({ kind }) => kind)

export const fixedClock = (now: number): Clock => ({ now: () => now, sleep: () => Promise.resolve() })
