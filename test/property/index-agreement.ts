import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { createMatcher } from '#query/match.ts'
import { parseQuery } from '#query/parse.ts'
import type { Query, QueryNode } from '#query/query.ts'
import { QueryError } from '#query/query-error.ts'
import { tokensOf } from '#query/token-string.ts'
import { randomFrom } from '../../scripts/bench/lifelike-events.ts'
import { created, wire } from '../support/enriched-event.ts'

// Few words, so that they meet; with everything that has a spelling of its own in the index.
const WORDS =
  `nike Nike NIKE air Air max MAX gap Gap café Café CAFÉ cafe naïve Straße STRASSE İstanbul ISTANBUL L'Oréal loreal AT&T at&t
  rock'n'roll Nike's nike-air U.S. 42 x новый НОВЫЙ Ελλάδα ΕΛΛΆΔΑ 新しい靴 靴 东京 รองเท้า กาแฟ カフェ ｶﾌｪ ﬁne Ｎｉｋｅ नमस्ते مرحبا e\u0301te\u0301 été
  #nike #Nike #JustDoIt #gap_fill #東京 @nike @Nike_Air @gap https://www.nike.com/a?b=1 http://shop.nike.co.uk www.gap.com nike.com
  https://notnike.com/ =Gap ~gap !all !bacme | u:com.nike "air "max" (nike) AND OR NEAR/2 NOT 👟 … — near`.split(/\s+/)
const JOINS = [' ', ' ', ' ', ' ', ' ', ', ', '. ', '\n', ' … ', '']

const LEAVES = `nike Nike gap air max cafe café strasse istanbul loreal at&t 42 x новый ελλάδα 新しい 靴 东京 京 รองเท้า カフェ fine été नमस्ते مرحبا near
  =Nike =NIKE =nike =Gap =gap =Café =café =CAFÉ =НОВЫЙ =MAX =L'Oréal =靴 =AT&T nik* caf* max* just* нов* str* ist* #nike #justdoit #gap_fill
  #東京 @nike @nike_air @gap url:nike.com url:shop.nike.co.uk url:co.uk url:gap.com url:notnike.com "air max" "nike air" "nike"
  "max max" "max gap" "新しい靴" "Café nike" "gap air max" "at&t" missing "missing nike" mis*`

const leaves = LEAVES.match(/"[^"]+"|\S+/g)!
const leaf = fc.constantFrom(...leaves)
const positional = fc.constantFrom(...leaves.filter((source) => !/^([@#]|url:)/.test(source)))
const operand = fc.oneof(
  { weight: 3, arbitrary: positional },
  {
    weight: 1,
    arbitrary: fc.array(positional, { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(' OR ')})`),
  },
)
const near = fc
  .tuple(operand, fc.integer({ min: 0, max: 6 }), fc.constantFrom('', 'f'), operand)
  .map(([left, distance, ordered, right]) => `${left} NEAR/${distance}${ordered} ${right}`)

const source = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    near.map((pair) => `(${pair})`),
    fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(' OR ')})`),
    fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(' ')})`),
    tie('query').map((part) => `NOT ${part}`),
  ),
})).query

const POSTS = 600
const EVERYTHING = { range: { since: null, until: null }, brands: [] }

function post(random: () => number): {
  readonly title: string | null
  readonly text: string
  readonly context: string[]
} {
  const words = (most: number) => {
    let text = ''
    for (let left = Math.floor(random() * most); left > 0; left--) text += pick(random, WORDS) + pick(random, JOINS)
    return text
  }
  return {
    title: random() < 0.3 ? words(4) : null,
    text: words(12),
    context: random() < 0.3 ? [words(4), words(3)] : [],
  }
}

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)]!

export interface IndexUnderTest {
  readonly name: string
  /** A new index, prepared. */
  open(): Promise<SearchIndex>
  /** Does the engine say the query exactly, or does `query/` verify what it finds? */
  isExact(tree: QueryNode): boolean
  /** Runs of 60 queries each. */
  readonly runs: number
}

/** What an index finds is what the matcher finds, whatever the query. */
export function describeAgreement({ name, open, isExact, runs }: IndexUnderTest): void {
  describe(`${name} and the matcher`, () => {
    it('find the same posts, whatever the query', { timeout: 120_000 }, async () => {
      await using index = await open()
      let exact = 0
      let verified = 0
      await fc.assert(
        fc.asyncProperty(fc.integer(), fc.array(source, { minLength: 60, maxLength: 60 }), async (seed, sources) => {
          const random = randomFrom(seed)
          const brand = `posts-${seed}`
          const posts = Array.from({ length: POSTS }, (_, i) =>
            created(`file:${seed}-${i}`, {
              mention: post(random),
              brands: [brand],
              publishedAt: Math.floor(random() * 1e9),
            }),
          )
          await index.write(posts.map(wire))
          for (const query of sources.map(parsed).filter((tree) => tree !== null)) {
            const matches = createMatcher(query)
            const wanted = posts.filter(({ tokens }) => matches(tokensOf(tokens!))).map(({ id }) => id)
            const page = await index.search({
              ...EVERYTHING,
              query,
              brands: [brand],
              sort: 'newest',
              limit: POSTS,
              after: null,
            })
            const found = page.hits.map(({ id }) => id)
            expect({ query: query.source, found: found.toSorted() }).toEqual({
              query: query.source,
              found: wanted.toSorted(),
            })
            expect(page.total).toBe(wanted.length)
            if (isExact(query.tree)) exact++
            else verified++
          }
        }),
        { numRuns: runs, endOnFailure: true },
      )
      // Both ways of answering were tried.
      expect(Math.min(exact, verified)).toBeGreaterThan(50)
    })

    it('take a query as long as the parser allows', { timeout: 60_000 }, async () => {
      await using index = await open()
      const posts = [created('file:1', { text: 'word1999 here' }), created('file:2', { text: 'nothing' })]
      await index.write(posts.map(wire))
      const words = Array.from({ length: 2_000 }, (_, i) => `word${i}`)
      const nested = (level: string) => `${level.repeat(22)}word1999${')'.repeat((level.split('(').length - 1) * 22)}`
      const queries = [
        words.join(' OR '),
        words.slice(0, 200).join(' '),
        `here NOT (${words.slice(0, 1_998).join(' OR ')})`,
        nested('(x OR '),
        nested('(NOT x OR (x OR '),
        nested('(here NOT '),
        nested('(here OR (x y OR '),
      ]
      for (const query of queries.map((source) => parseQuery(source))) {
        const matches = createMatcher(query)
        const wanted = posts.filter(({ tokens }) => matches(tokensOf(tokens!))).map(({ id }) => id)
        const page = await index.search({ ...EVERYTHING, query, sort: 'newest', limit: 5, after: null })
        expect(page.hits.map(({ id }) => id).toSorted()).toEqual(wanted)
      }
    })
  })
}

/** null for what the language refuses. */
function parsed(query: string): Query | null {
  try {
    return parseQuery(query)
  } catch (error) {
    if (error instanceof QueryError) return null
    throw error
  }
}
