import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Facts, NO_FACTS } from '#query/facts.ts'
import { highlightMention } from '#query/highlight.ts'
import { createMatcher } from '#query/match.ts'
import { type MentionTexts, mentionTokens } from '#query/mention-tokens.ts'
import { parseQuery } from '#query/parse.ts'
import { QuerySet } from '#query/query-set.ts'
import { tokenString, tokensOf } from '#query/token-string.ts'
import type { Mention } from '#schemas/generated.ts'
import { newMention } from '#schemas/mention.ts'
import { randomFrom } from '../../scripts/bench/lifelike-events.ts'
import { postText, simpleQuery } from './query-arbitraries.ts'
import { randomMention } from './random-mention.ts'
import { simpleTokens, simplyTrue, written } from './simple-query.ts'

const mention = fc
  .record({
    seed: fc.noBias(fc.integer()),
    title: fc.option(postText),
    text: fc.option(postText, { freq: 10 }),
    context: fc.array(postText, { maxLength: 2 }),
    links: fc.array(
      fc
        .constantFrom('https://www.nike.com/x', 'http://gap.com', 'no link at all')
        .map((url) => ({ url, canonical: null, title: null })),
      { maxLength: 2 },
    ),
  })
  .map(({ seed, ...texts }): Mention => {
    return newMention({ platform: 'bluesky', kind: 'post', ...randomMention(randomFrom(seed)), ...texts })
  })

const factsOf = (post: Mention): Facts => Facts.of({ mention: post, annotations: null })

const fieldsOf = ({ title, text, context, links }: MentionTexts) =>
  [title, text, ...context, ...links.map(({ url }) => url)]
    .filter((field, i) => field !== null && (i < 2 + context.length || !text?.includes(field)))
    .map((field) => simpleTokens(field as string))

describe('a query matches exactly the mentions that its definition says', () => {
  it('alone, on tokens and on the token string', () => {
    let matches = 0
    fc.assert(
      fc.property(simpleQuery, mention, (query, post) => {
        const matcher = createMatcher(parseQuery(written(query)))
        const expected = simplyTrue(query, fieldsOf(post), post)
        const tokens = mentionTokens(post)
        expect(matcher(tokens, factsOf(post))).toBe(expected)
        expect(matcher(tokensOf(tokenString(tokens)), factsOf(post))).toBe(expected)
        if (expected) matches++
      }),
      { numRuns: 4_000 },
    )
    // Otherwise the law would be about nothing.
    expect(matches).toBeGreaterThan(400)
    expect(matches).toBeLessThan(3_600)
  })

  it('in a set of many', () => {
    fc.assert(
      fc.property(fc.array(simpleQuery, { maxLength: 12 }), fc.array(mention, { maxLength: 4 }), (queries, posts) => {
        const set = new QuerySet(queries.map((query, i) => ({ id: String(i), query: written(query) })))
        for (const post of posts) {
          const fields = fieldsOf(post)
          const expected = queries.flatMap((query, i) => (simplyTrue(query, fields, post) ? [String(i)] : []))
          expect(set.match(mentionTokens(post), factsOf(post)).sort()).toEqual(expected.sort())
          expect(set.matchesAny(mentionTokens(post), factsOf(post))).toBe(expected.length > 0)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('highlights', () => {
  it('are given exactly when the query is true, in order and apart, where no NOT is asked', () => {
    const positive = simpleQuery.filter((query) => !/"(?:not|field)"/.test(JSON.stringify(query)))
    fc.assert(
      fc.property(positive, postText, (query, text) => {
        const post = { title: null, text, context: [], links: [] }
        const parsed = parseQuery(written(query))
        const places = highlightMention(parsed, post, NO_FACTS)
        expect(places.length > 0).toBe(createMatcher(parsed)(mentionTokens(post)))
        for (const [i, { start, end }] of places.entries()) {
          expect(start).toBeGreaterThanOrEqual(i === 0 ? 0 : places[i - 1]!.end)
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
