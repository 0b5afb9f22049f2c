import { describe, expect, it } from 'vitest'
import { createMatcher } from '#query/match.ts'
import { mentionTokens } from '#query/mention-tokens.ts'
import { parseQuery } from '#query/parse.ts'
import { QuerySet } from '#query/query-set.ts'
import { tokenize } from '#query/tokenize.ts'

const matches = (query: string, text: string): boolean => createMatcher(parseQuery(query))(tokenize(text))

describe('a query', () => {
  it.each([
    ['nike', 'my NIKE’s', '@nike www.nike.com nikes'],
    ['nike', '#Nike', 'nik e'],
    ['=Gap', 'at Gap’s', 'GAP gap #Gap'],
    ['=が', 'が', 'か'],
    ['nestl*', '#NestléFail', 'nest'],
    ['"air max"', 'Air-Max!', 'air #max'],
    ['"air max"', 'the air … max', 'max air'],
    ['"a b a c"', 'a b a b a c', 'a b a b'],
    ['coca-cola', 'Coca Cola', 'cola coca'],
    ['@Nike', 'hi @nike', 'nike #nike'],
    ['#justdoit', 'x #JustDoIt', 'justdoit'],
    ['url:nike.com', 'http://shop.Nike.com:8080/x', 'http://notnike.com http://nike.com.evil.org'],
    ['a b NOT c', 'b a', 'a b c'],
    ['鞋', '新鞋子', '#新鞋'],
    ['可口可乐', '我爱可口可乐！', '可口，可乐'],
    ['可口可乐', '#可口可乐', '#可口可乐好'],
    ['ナイキ', '新しいナイキの靴', 'ナイス キ'],
    ['nike', '我爱nike鞋', '我爱鞋'],
  ])('%s matches %j and not %j', (query, matching, other) => {
    expect(matches(query, matching)).toBe(true)
    expect(matches(query, other)).toBe(false)
  })
})

describe('NEAR', () => {
  it.each([
    ['a NEAR/1 b', 'b a', true],
    ['a NEAR/1 b', 'a x b', false],
    ['a NEAR/2 b', 'a x b', true],
    ['a NEAR/2f b', 'b x a', false],
    ['a NEAR/2f b', 'b a x b', true],
    ['a NEAR/9 a', 'a', false],
    ['a NEAR/9 a', 'a x a', true],
    ['"a b" NEAR/5 "b c"', 'a b c', false],
    ['"a b" NEAR/5 "b c"', 'b c a b', true],
    ['a NEAR/1 ("x y" OR z)', 'x y a', true],
    ['a NEAR/1 b', 'a 🔥 b', true],
    ['a NEAR/1 b', 'a @x b', false],
    ['a NEAR/1 nike', '#nike a', true],
    ['("a b c" OR c) NEAR/1 d', 'a b c d', true],
  ])('%s on %j is %s', (query, text, expected) => {
    expect(matches(query, text)).toBe(expected)
  })
})

describe('the fields of a mention', () => {
  const mention = { title: 'air one', text: 'max two', context: ['three'], links: [] }
  it.each([
    ['air max three', true],
    ['"one max"', false],
    ['one NEAR/1000 max', false],
    ['one NEAR/1000 three', false],
    ['max NEAR/1 two', true],
    ['air NEAR/1 two', false],
  ])('%s is %s', (query, expected) => {
    expect(createMatcher(parseQuery(query))(mentionTokens(mention))).toBe(expected)
  })
})

describe('a set of queries', () => {
  const set = new QuerySet([
    { id: 'broad', query: 'nike OR #justdoit' },
    { id: 'narrow', query: 'nike "running shoes" NOT jobs' },
    { id: 'rival', query: 'adidas NEAR/3 sho*' },
    { id: 'quiet', query: 'NOT nike' },
    { id: 'either', query: 'the (adidas OR NOT nike)' },
  ])

  it('answers the queries that are true', () => {
    expect(set.match(tokenize('Nike running shoes')).sort()).toEqual(['broad', 'narrow'])
    expect(set.match(tokenize('nike jobs: running shoes')).sort()).toEqual(['broad'])
    expect(set.match(tokenize('the adidas shop')).sort()).toEqual(['either', 'quiet', 'rival'])
    expect(set.match(tokenize('')).sort()).toEqual(['quiet'])
    expect(set.matchesAny(tokenize('Nike'))).toBe(true)
  })

  it('remembers nothing of the text before', () => {
    set.match(tokenize('nike running'))
    expect(set.match(tokenize('shoes the')).sort()).toEqual(['either', 'quiet'])
  })

  it('of none matches nothing', () => {
    expect(new QuerySet([]).matchesAny(tokenize('nike'))).toBe(false)
  })
})

describe('hostile texts', () => {
  it.each([
    ['a NEAR/1 b', 'a '.repeat(200_000)],
    ['"a a a a b"', 'a '.repeat(200_000)],
    ['(a OR "a a") NEAR/3 (b OR "a b")', 'a '.repeat(200_000)],
    ['url:nike.com', `http://${'a.'.repeat(200_000)}`],
  ])('%s is decided in linear time', (query, text) => {
    expect(matches(query, text)).toBe(false)
  })
})
