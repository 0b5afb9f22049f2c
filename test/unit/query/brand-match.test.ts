import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createMatcher } from '#query/match.ts'
import { parseQuery } from '#query/parse.ts'
import { QuerySet } from '#query/query-set.ts'
import { tokenize } from '#query/tokenize.ts'

const folder = new URL('../../../../shared/data/brand-match/', import.meta.url)

const rows = (file: string): string[][] =>
  readFileSync(new URL(file, folder), 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))

describe.skipIf(!existsSync(folder))('the recorded posts and queries', () => {
  it('match exactly: none missed, none extra', () => {
    const queries = rows('queries.tsv').map(([id, , query]) => ({ id: id!, query: query! }))
    const expected = new Map(rows('expected.tsv').map(([post, ids]) => [post, ids!.split(',').sort()]))
    const set = new QuerySet(queries)
    const single = queries.slice(0, 40).map(({ id, query }) => ({ id, matches: createMatcher(parseQuery(query)) }))
    let found = 0
    for (const [post, text] of rows('posts.tsv')) {
      const tokens = tokenize(text!)
      const ids = set.match(tokens).sort()
      expect(ids, text).toEqual(expected.get(post) ?? [])
      for (const { id, matches } of single) expect(matches(tokens)).toBe(ids.includes(id))
      found += ids.length
    }
    expect(found).toBe(6_717)
  })
})
