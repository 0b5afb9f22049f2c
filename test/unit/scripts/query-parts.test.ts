import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMatcher } from '#query/match.ts'
import { parseQuery } from '#query/parse.ts'
import type { Query } from '#query/query.ts'
import { tokenize } from '#query/tokenize.ts'
import { createNamesWord, takeApart } from '#scripts/preview/query-parts.ts'

const WORDS = ['a', 'b', 'c', 'd', 'e'] as const
const word = fc.constantFrom(...WORDS)
const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '))
const anyOf = (most: number) =>
  fc.array(
    fc.oneof(
      word,
      fc.tuple(word, word).map((pair) => `(${pair.join(' ')})`),
    ),
    { minLength: 2, maxLength: most },
  )
const query = fc
  .record({ parts: anyOf(4), and: fc.option(word), not: fc.option(anyOf(3)) })
  .map(({ parts, and, not }) => {
    const or = `(${parts.join(' OR ')})`
    return parseQuery(`${or}${and === null ? '' : ` ${and}`}${not === null ? '' : ` NOT (${not.join(' OR ')})`}`)
  })

const finds = (asked: Query, texts: readonly string[]): number => {
  const matches = createMatcher(asked)
  return texts.filter((each) => matches(tokenize(each))).length
}

describe('takeApart', () => {
  it('finds with its parts what the query finds: none more, none alone twice, and all of it together with NOT', () => {
    fc.assert(
      fc.property(query, fc.array(text, { maxLength: 30 }), (asked, texts) => {
        const { alternatives, exclusions } = takeApart(asked)
        const total = finds(asked, texts)
        const parts = alternatives.map((part) => finds(part.query, texts))
        const alone = alternatives.map((part) => finds(part.alone, texts))
        const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)
        expect(Math.max(...parts)).toBeLessThanOrEqual(total)
        expect(sum(parts)).toBeGreaterThanOrEqual(total)
        expect(sum(alone)).toBeLessThanOrEqual(total)
        for (const [i, own] of alone.entries()) expect(own).toBeLessThanOrEqual(parts[i]!)
        if (exclusions === null) return
        const removed = finds(exclusions.removed, texts)
        expect(removed + total).toBe(finds(exclusions.without, texts))
        for (const part of exclusions.parts) expect(finds(part.query, texts)).toBeLessThanOrEqual(removed)
      }),
    )
  })

  it('names the parts as they were written', () => {
    const { alternatives, exclusions } = takeApart(
      parseQuery('(acme OR ("acme cola" new)) x NOT (jobs OR hir*) NOT @y'),
    )
    expect(alternatives.map(({ written }) => written)).toEqual(['acme', '"acme cola" new'])
    expect(exclusions?.parts.map(({ written }) => written)).toEqual(['jobs', 'hir*', '@y'])
  })

  it('finds nothing to take apart in one word, and nothing removed from nothing', () => {
    expect(takeApart(parseQuery('acme'))).toEqual({ alternatives: [], exclusions: null })
    expect(takeApart(parseQuery('NOT acme')).exclusions).toBeNull()
  })
})

it('knows the words that a query names, and those that begin as it says', () => {
  const names = createNamesWord(parseQuery('(acme NEAR/3 "air max") NOT disap* #tag'))
  expect(['acme', 'air', 'max', 'disappointed', 'tag', 'disc'].map(names)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ])
})
