import { describe, expect, it } from 'vitest'
import { Facts, NO_FACTS } from '#query/facts.ts'
import { highlightMention } from '#query/highlight.ts'
import { parseQuery } from '#query/parse.ts'
import { mentionText } from '#schemas/mention.ts'

const marked = (query: string, text: string): string[] =>
  highlightMention(parseQuery(query), { title: null, text, context: [], links: [] }, Facts.ofText(text)).map(
    ({ start, end }) => text.slice(start, end),
  )

describe('highlights', () => {
  it.each([
    ['nike', 'Nike, n\u200bike’s #nike @nike', ['Nike', 'n\u200bike', '#nike']],
    ['"air max" OR zoom', 'Air-Max or air', ['Air-Max']],
    ['nike NOT jobs', 'nike shop', ['nike']],
    ['nike NOT jobs', 'nike jobs', []],
    ['nike shoes', 'nike only', []],
    ['nike OR (shoes air)', 'nike shoes', ['nike']],
    ['NOT jobs', 'nike shop', []],
    ['nike NOT (a NOT shoes)', 'nike a shoes', ['nike']],
    ['a NEAR/1 b', 'a x b a', ['b', 'a']],
    ['可口可乐', '我爱可口可乐。', ['可口可乐']],
    ['"air max" "max 90"', 'air max 90', ['air max 90']],
    ['url:nike.com', 'see http://nike.com/x now', ['http://nike.com/x']],
    ['🔥 nike', 'so 🔥, nike 🔥🔥', ['🔥', 'nike', '🔥', '🔥']],
    ['👍', '👍🏽 and 👍', ['👍🏽', '👍']],
    ['❤ NOT 🔥', 'a ❤️ b', ['❤️']],
    ['nike OR lang:de', 'nike', ['nike']],
    ['nike lang:de', 'nike', []],
    ['nestle', '½ Nestle\u0301!', ['Nestle\u0301']],
  ])('of %s in %j are %j', (query, text, expected) => {
    expect(marked(query, text)).toEqual(expected)
  })

  it('of a mention point into its title and text, also when its side texts make the query true', () => {
    const mention = { title: 'Nike news', text: 'the shoes', context: ['recall of shoes'], links: [] }
    const places = highlightMention(parseQuery('nike shoes recall'), mention, NO_FACTS)
    expect(places.map(({ start, end }) => mentionText(mention).slice(start, end))).toEqual(['Nike', 'shoes'])
  })
})
