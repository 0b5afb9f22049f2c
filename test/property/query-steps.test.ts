import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QuerySet } from '#query/query-set.ts'
import { tokenize } from '#query/tokenize.ts'
import { simpleQuery } from './query-arbitraries.ts'
import { written } from './simple-query.ts'

const WORDS = ['a', 'aa', 'aaa', 'aaaa', 'aaaab', 'b', 'nike', 'air']

/** Few words, again and again: everything in the query stands everywhere. */
const hostileText = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.integer({ min: 1, max: 400 })), { minLength: 1, maxLength: 12 })
  .map((runs) =>
    runs
      .map(([word, times]) => `${word} `.repeat(times))
      .join('')
      .slice(0, 10_000),
  )

const term = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.constantFrom('aaa*', 'nik*', '=a', '#a'),
  fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 12 }).map((words) => `"${words.join(' ')}"`),
)
const positional = term.filter((written) => !written.startsWith('#'))
const many = (item: fc.Arbitrary<string>, most: number) =>
  fc
    .tuple(fc.array(item, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: most }))
    .map(([items, times]) => `(${Array.from({ length: times }, () => items.join(' OR ')).join(' OR ')})`)
const hostileQuery = fc.oneof(
  many(term, 200),
  fc
    .tuple(many(positional, 60), many(positional, 60), fc.integer({ min: 1, max: 1_000 }), fc.constantFrom('', 'f'))
    .map(([left, right, distance, order]) => `${left} NEAR/${distance}${order} ${right}`),
  fc.array(many(term, 4), { minLength: 2, maxLength: 40 }).map((parts) => parts.join(' AND NOT ')),
  simpleQuery.map(written),
)

/** Words of the query, operators and all: never less than its terms and their words. */
const wordsOf = (query: string): number => query.split(/[\s()]+/).length

/** More than this many steps for each word of a query and token of a text are never taken. */
const BOUND = 4

describe('the evaluation of a query', () => {
  it('takes at most so many steps as its words times the tokens of the text, whatever both are', () => {
    let most = 0
    fc.assert(
      fc.property(hostileQuery, hostileText, (query, text) => {
        const set = new QuerySet([{ id: 'hostile', query }])
        set.matchFields([text])
        const share = set.steps / (wordsOf(query) * (tokenize(text).length + 1))
        most = Math.max(most, share)
        expect(share).toBeLessThanOrEqual(BOUND)
      }),
      { numRuns: 1_000 },
    )
    // Else the bound would say nothing.
    expect(most).toBeGreaterThan(0.1)
  })

  it.each([
    ['an OR of everything on both sides of NEAR', (n: number) => `(${or(n)}) NEAR/1000 (${or(n)})`],
    ['prefixes that match every word', (n: number) => `(${or(n, 'aaa*')}) NEAR/1 (${or(n, 'aaaa*')})`],
    ['phrases of one word', (n: number) => `(${or(n, `"${'a '.repeat(10)}b"`)}) NEAR/3f b`],
    ['negations of NEAR', (n: number) => Array.from({ length: n }, () => 'NOT (a NEAR/1 b)').join(' AND ')],
  ])('grows with text and query alone: %s', (_, queryOf) => {
    const steps = (size: number, length: number): number => {
      const set = new QuerySet([{ id: 'hostile', query: queryOf(size) }])
      set.matchFields([`${'a aaaa '.repeat(length / 2)}b`])
      return set.steps
    }
    const small = steps(50, 500)
    expect(small).toBeGreaterThan(0)
    expect(steps(500, 500)).toBeLessThanOrEqual(11 * small)
    expect(steps(50, 5_000)).toBeLessThanOrEqual(11 * small)
  })
})

const or = (times: number, term = 'a'): string => Array.from({ length: times }, () => term).join(' OR ')
