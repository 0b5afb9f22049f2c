import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { Facts } from '#query/facts.ts'
import { createMatcher } from '#query/match.ts'
import { parseQuery } from '#query/parse.ts'
import type { Query, QueryNode } from '#query/query.ts'
import { QueryError } from '#query/query-error.ts'
import { tokensOf } from '#query/token-string.ts'
import type { EnrichedEvent } from '#schemas/generated.ts'
import { randomFrom } from '../../scripts/bench/lifelike-events.ts'
import { created, wire } from '../support/enriched-event.ts'
import { randomAnnotations, randomMention } from './random-mention.ts'

const LEAVES = `nike Nike gap air max cafe café strasse istanbul loreal at&t 42 x новый ελλάδα 新しい 靴 东京 京 รองเท้า カフェ fine été नमस्ते مرحبا near
  =Nike =NIKE =nike =Gap =gap =Café =café =CAFÉ =НОВЫЙ =MAX =L'Oréal =靴 =AT&T nik* caf* max* just* нов* str* ist* #nike #justdoit #gap_fill
  #東京 @nike @nike_air @gap url:nike.com url:shop.nike.co.uk url:co.uk url:gap.com url:notnike.com "air max" "nike air" "nike"
  "max max" "max gap" "新しい靴" "Café nike" "gap air max" "at&t" missing "missing nike" mis*
  🔥 👟 👍 👍🏽 ❤️ 🇩🇪 🇫🇷 👨‍👩‍👧 emoji:🔥 platform:bluesky platform:FILE platform:"hacker news" kind:comment kind:(post OR review) author:nike author:@NIKE
  author:"Jane Doe" author:"a \\"b\\" ~c" author:žofie author:"x y" author:= author:🔥 author:missing followers:>100 followers:>=100 followers:<100 followers:<=99
  followers:100 followers:10..5000 followers:0 followers:..9 followers:>0 followers:>=10000 followers:<20000 followers:>1000000000
  rating:5 rating:<0.5 rating:2.5.. rating:1..5 rating:>=0 fit:>=0.7 fit:0..0.25 fit:1 declared:pt declared:pt-br declared:zh declared:de
  has:media has:(image OR video) has:link has:location has:title has:rating is:reply is:quote is:repost is:edited is:bot is:verified
  is:sensitive lang:de lang:(fr OR en) brand:acme brand:"Big Co" brand:big sentiment:negative sentiment:(neutral OR positive) entity:acme
  entity:"jane doe" entity:nike claim:high claim:(low OR raised) sense:unsure sense:(other OR brand) after:2026-01-02 before:2026-01-02 after:2026-01-02T12:30 before:2026-01-02T12:30
  after:2026-01-01T23:00 before:2025-12-31`

const leaves = LEAVES.match(/(?:[a-z]+:)?"(?:\\"|[^"])+"|[a-z]+:\([^)]*\)|\S+/g)!
const leaf = fc.constantFrom(...leaves)
const positional = fc.constantFrom(
  ...leaves.filter((source) => /^[^@#:]+$/.test(source) && /[\p{L}\p{N}]/u.test(source)),
)
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

const POSTS = 900
const EVERYTHING = { range: { since: null, until: null }, brands: [] }

export interface IndexUnderTest {
  readonly name: string
  /** A new index, prepared. */
  open(): Promise<SearchIndex>
  /** Does the engine say the query exactly, or does `query/` verify what it finds? */
  isExact(tree: QueryNode): boolean
  /** Queries, each of which is asked of 900 posts. */
  readonly queries: number
}

/** What an index finds is what the matcher finds, whatever the query. */
export function describeAgreement({ name, open, isExact, queries }: IndexUnderTest): void {
  describe(`${name} and the matcher`, () => {
    it('are asked about every kind of leaf', () => {
      expect(leaves.filter((query) => parsed(query) === null)).toEqual([])
    })

    it('find the same posts, whatever the query', { timeout: 120_000 }, async () => {
      await using index = await open()
      const seed = fc.sample(fc.noBias(fc.integer()), 1)[0]!
      const random = randomFrom(seed)
      const posts = Array.from({ length: POSTS }, (_, i) => {
        const { publishedAt, ...mention } = randomMention(random)
        return created(`file:${i}`, { mention, publishedAt, annotations: randomAnnotations(random) })
      })
      await index.write(posts.map(wire))
      let exact = 0
      let verified = 0
      await fc.assert(
        fc.asyncProperty(source, async (asked) => {
          const query = parsed(asked)
          if (query === null) return
          const wanted = matching(query, posts)
          const page = await index.search({ ...EVERYTHING, query, sort: 'newest', limit: POSTS, after: null })
          const found = page.hits.map(({ id }) => id)
          const wrong = new Set(wanted).symmetricDifference(new Set(found))
          // fast-check makes the query small, this names the smallest post of those that tell them apart.
          const [post] = posts.filter(({ id }) => wrong.has(id)).sort((a, b) => a.tokens!.length - b.tokens!.length)
          expect({ seed, query: asked, post }).toEqual({ seed, query: asked, post: undefined })
          expect(page.total).toBe(wanted.length)
          if (isExact(query.tree)) exact++
          else verified++
        }),
        { numRuns: queries },
      )
      // Both ways of answering were tried.
      expect(Math.min(exact, verified)).toBeGreaterThan(queries / 20)
    })

    it('take a query as long as the parser allows', { timeout: 60_000 }, async () => {
      await using index = await open()
      const posts = [created('file:1', { text: 'word1999 here' }), created('file:2', { text: 'nothing' })]
      await index.write(posts.map(wire))
      const words = Array.from({ length: 2_000 }, (_, i) => `word${i}`)
      const nested = (level: string) => `${level.repeat(22)}word1999${')'.repeat((level.split('(').length - 1) * 22)}`
      const queries = [
        words.join(' OR '),
        words.map((_, i) => `followers:>${i}`).join(' OR '),
        `here NOT (${words
          .slice(1)
          .map((_, i) => `rating:${i}..`)
          .join(' OR ')})`,
        words.slice(0, 200).join(' '),
        `here NOT (${words.slice(0, 1_998).join(' OR ')})`,
        nested('(x OR '),
        nested('(NOT x OR (x OR '),
        nested('(here NOT '),
        nested('(here OR (x y OR '),
      ]
      for (const query of queries.map((source) => parseQuery(source))) {
        const wanted = matching(query, posts)
        const page = await index.search({ ...EVERYTHING, query, sort: 'newest', limit: 5, after: null })
        expect(page.hits.map(({ id }) => id).toSorted()).toEqual(wanted)
      }
    })
  })
}

/** Ids of the posts for which the matcher says that the query is true. */
function matching(query: Query, posts: readonly EnrichedEvent[]): string[] {
  const matches = createMatcher(query)
  return posts
    .filter(({ tokens, mention, annotations }) =>
      matches(tokensOf(tokens!), Facts.of({ mention: mention!, annotations: annotations })),
    )
    .map(({ id }) => id)
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
