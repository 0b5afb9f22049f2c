import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileQuery } from '#infra/elasticsearch/compile-query.ts'
import { ftsQuery } from '#infra/sqlite/fts-query.ts'
import { lintQuery } from '#query/lint.ts'
import { parseQuery } from '#query/parse.ts'
import type { Query } from '#query/query.ts'
import { QueryError } from '#query/query-error.ts'
import { anyText } from './query-arbitraries.ts'

const PIECES = [
  ...['a', 'nike', 'AND', 'OR', 'NOT', 'NEAR/3', 'NEAR/2f', '(', '(', ')', ')', '"', '“', '«', '\\"', '\\', '/*', '*/'],
  ...[
    'lang:',
    'lang:(',
    'lang:de',
    'followers:>1',
    'followers:1..',
    'rating:',
    'after:2026-01-01',
    'url:',
    'x:',
    'emoji:🔥',
  ],
  ...[
    '🔥',
    '❤️',
    '\u200d',
    '\ufe0f',
    '🏽',
    '#',
    '@',
    '=',
    '*',
    'ab*',
    'abc*',
    '~5',
    '-x',
    '/a|b/',
    '.*',
    '可口',
    '\u0301',
  ],
]
const JOINTS = [' ', ' ', ' ', '', '\n']

/** What a hand, a clipboard or an enemy may give: the pieces of the language in any order, one of them many times. */
const anyQuery = fc.oneof(
  fc
    .array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(...JOINTS)), { maxLength: 30 })
    .map((parts) => parts.flat().join('')),
  fc
    .tuple(fc.constantFrom(...PIECES), fc.constantFrom(...PIECES), fc.constantFrom(...JOINTS), fc.nat({ max: 3_000 }))
    .map(([first, second, joint, times]) => `${first}${joint}${second}${joint}`.repeat(times)),
  anyText,
)

function parsed(source: string): Query | QueryError {
  try {
    return parseQuery(source)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
}

/** Reads of the tree's properties: steps that no clock is needed for. */
function counted<T extends object>(tree: T, count: () => void): T {
  return new Proxy(tree, {
    get(target, key, receiver) {
      count()
      const value: unknown = Reflect.get(target, key, receiver)
      return typeof value === 'object' && value !== null ? counted(value, count) : value
    },
  })
}

const stepsOf = (work: (query: Query) => void, query: Query): number => {
  let steps = 0
  work({ ...query, tree: counted(query.tree, () => steps++) })
  return steps
}

/** Queries of a size, of the shapes that were thought to hurt. */
const SHAPES: Readonly<Record<string, (size: number) => string>> = {
  'one long OR': (size) => Array.from({ length: size }, (_, i) => `w${i}`).join(' OR '),
  'one long AND with exclusions': (size) => Array.from({ length: size }, (_, i) => `w${i} NOT x${i}`).join(' '),
  'the same excluded again and again': (size) => `a ${'NOT a '.repeat(size)}`,
  'ANDs inside each other': (size) => `${'(a b '.repeat(40)}${'c '.repeat(size)}${')'.repeat(40)}`,
  'NOTs inside each other': (size) => `${'NOT ('.repeat(20)}${'c '.repeat(size)}${')'.repeat(20)}`,
  'NEAR of many': (size) => `(${'ab OR '.repeat(size)}c) NEAR/5 (${'de OR '.repeat(size)}f)`,
  'many NEAR of some': (size) => '(a OR b OR c OR d) NEAR/5 (e OR f OR g OR h) '.repeat(size / 8),
  'a field again and again': (size) => 'followers:>17 lang:de '.repeat(size / 2),
  'several values': (size) => `lang:(${'de OR '.repeat(size)}fr)`,
  'emoji without a blank': (size) => '🔥'.repeat(size),
}

describe('whatever is typed', () => {
  it('is read, or refused with a place in it and words about it', () => {
    let read = 0
    fc.assert(
      fc.property(anyQuery, (source) => {
        const result = parsed(source)
        const { place } = result instanceof QueryError ? result : result.tree
        expect(place.start).toBeGreaterThanOrEqual(0)
        expect(place.end).toBeGreaterThanOrEqual(place.start)
        expect(place.end).toBeLessThanOrEqual(source.length + 1)
        if (result instanceof QueryError) {
          expect(result.message).toMatch(/^.{10,}$/)
          expect(result.withPlace(source).split('\n')).toHaveLength(3)
        } else {
          read++
          for (const { place, message } of lintQuery(result)) {
            expect(message).not.toBe('')
            expect(source.slice(place.start, place.end)).not.toBe('')
          }
          ftsQuery(result.tree, [])
          compileQuery(result.tree)
        }
      }),
      { numRuns: 3_000 },
    )
    expect(read).toBeGreaterThan(200)
  })

  it.each(Object.entries(SHAPES))('costs no more than its length says: %s', (_, shape) => {
    const [small, large] = [40, 400].map((size) => parseQuery(shape(size)))
    for (const work of [lintQuery, ({ tree }: Query) => ftsQuery(tree, []), ({ tree }: Query) => compileQuery(tree)]) {
      const [few, many] = [stepsOf(work, small!), stepsOf(work, large!)]
      expect(few).toBeGreaterThan(0)
      expect(many).toBeLessThanOrEqual(12 * few)
    }
    const [short, long] = [small!, large!].map(({ tree }) => ftsQuery(tree, []).expression.length)
    expect(long).toBeLessThanOrEqual(14 * short!)
  })
})
