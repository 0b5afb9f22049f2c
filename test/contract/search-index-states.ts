import fc from 'fast-check'
import { describe, expect } from 'vitest'
import type { Hit } from '#infra/contracts/search-index.ts'
import {
  authorOperation,
  created,
  isOfAuthor,
  NOON,
  operation,
  type Said,
  updated,
  wire,
} from '../support/enriched-event.ts'
import { selected, shownAfter, sumsOf } from '../support/index-model.ts'
import { asking, EVERYTHING, type Fixture, type InIndex } from './search-index-fixture.ts'

const RUNS = 150
const small = fc.integer({ min: 0, max: 4 })
const number = fc.integer({ min: 0, max: 3 })

/** Ids and authors of one run carry its number, so that one index serves all. An id has one author, always. */
const authorOf = (run: number, n: number): string | null => (n === 3 ? null : `author-${run}-${n % 2}`)

interface Step {
  readonly said: (run: number) => Said
}

const content: fc.Arbitrary<Step> = fc
  .record({
    n: number,
    rev: small,
    generation: small,
    observedAt: small,
    hours: small,
    words: fc.subarray(['tea', 'Tea', 'Acme']),
  })
  .chain((known) => fc.boolean().map((edit) => ({ ...known, edit })))
  .map(({ n, edit, hours, words, ...known }) => ({
    said: (run) =>
      (edit ? updated : created)(`bluesky:${run}-${n}`, {
        ...known,
        author: authorOf(run, n),
        publishedAt: NOON + hours * 3_600_000,
        text: ['post', ...words].join(' '),
        brands: [`run-${run}`],
        source: { connector: 'test', platform: 'bluesky', instance: null, latenessMs: -NOON },
      }),
  }))

const bare: fc.Arbitrary<Step> = fc
  .record({
    n: number,
    op: fc.constantFrom('hide' as const, 'restore' as const, 'hide' as const, 'delete' as const),
    rev: small,
  })
  .map(({ n, op, rev }) => ({ said: (run) => operation(`bluesky:${run}-${n}`, op, rev) }))

const ofAuthor: fc.Arbitrary<Step> = fc
  .record({
    n: fc.integer({ min: 0, max: 1 }),
    op: fc.constantFrom('hide' as const, 'restore' as const, 'delete' as const),
  })
  .chain((known) =>
    fc.tuple(small, fc.integer({ min: 0, max: 9 })).map(([rev, dice]) => ({ ...known, rev, block: dice === 0 })),
  )
  .map(({ n, op, rev, block }) => ({ said: (run) => authorOperation(`author-${run}-${n}`, op, rev, { block }) }))

const history = fc.array(
  fc.oneof({ weight: 6, arbitrary: content }, { weight: 3, arbitrary: bare }, { weight: 1, arbitrary: ofAuthor }),
  { minLength: 1, maxLength: 14 },
)

/** A history with repeats, in any order, cut into calls anywhere. */
const delivery = history.chain((steps) =>
  fc.record({
    steps: fc.constant(steps),
    order: fc
      .shuffledSubarray([...steps.keys(), ...steps.keys()], { minLength: 2 * steps.length })
      .map((order) => order.slice(0, Math.max(steps.length, Math.floor(order.length * 0.8))))
      .map((order) => [...order, ...steps.keys().filter((step) => !order.includes(step))]),
    cuts: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 28, maxLength: 28 }),
  }),
)

/** What stands in the end, whatever the order and the cuts. */
export function describeStates(inIndex: InIndex): void {
  describe('states', () => {
    inIndex(
      'ends as the model says, in any order, with any repeats and any division into calls',
      async ({ index, ids }) => {
        let run = 0
        await fc.assert(
          fc.asyncProperty(delivery, async ({ steps, order, cuts }) => {
            run++
            const said = steps.map((step) => step.said(run))
            const operations = order.map((step) => wire(said[step]!))
            for (const cut of cuts) if (operations.length > 0) await index.write(operations.splice(0, cut))
            await index.write(operations)
            await check({ index, ids }, run, said)
          }),
          { numRuns: RUNS },
        )
      },
      120_000,
    )
  })
}

async function check(
  { index, ids }: Pick<Fixture, 'index' | 'ids'>,
  run: number,
  said: readonly Said[],
): Promise<void> {
  const shown = shownAfter(said)
  const named = said.flatMap((event) => (isOfAuthor(event) ? [] : [event.id]))
  expect(await index.get(named)).toEqual(named.map((id) => shown.find((hit) => hit.id === id) ?? null))
  const brands = [`run-${run}`]
  expect(await ids({ brands })).toEqual(expect.arrayContaining(idsOf(shown)))
  expect(await ids({ brands })).toHaveLength(shown.length)
  for (const source of ['tea', '=Tea', '=Acme', 'NOT tea']) {
    const selection = { ...asking(source), brands }
    expect((await ids(selection)).toSorted()).toEqual(idsOf(selected(shown, selection)).toSorted())
  }
  const timely = { ...EVERYTHING, brands, timely: true }
  const { total } = await index.aggregate({ ...timely, buckets: true, terms: [], termLimit: 0 })
  expect(total).toEqual(sumsOf(selected(shown, timely)))
}

const idsOf = (hits: readonly Hit[]): string[] => hits.map(({ id }) => id)
