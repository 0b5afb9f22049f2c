import { describe, expect, it } from 'vitest'
import { parseQuery } from '#query/parse.ts'
import type { QueryNode } from '#query/query.ts'
import { QueryError } from '#query/query-error.ts'

/** The tree in short: operators as calls. */
function shown(node: QueryNode): string {
  switch (node.type) {
    case 'and':
    case 'or':
      return `${node.type}(${node.parts.map(shown).join(', ')})`
    case 'not':
      return `not(${shown(node.of)})`
    case 'near':
      return `near${node.distance}${node.ordered ? 'f' : ''}(${shown(node.left)}, ${shown(node.right)})`
    case 'phrase':
      return `"${node.words.join(' ')}"`
    case 'cased':
      return `=${node.cased}`
    case 'prefix':
      return `${node.form}*`
    case 'term':
      return node.form
    case 'fact':
      return `${node.field}:${node.value}`
    case 'range':
      return `${node.field}${JSON.stringify(node.bounds)}`
    default:
      return `${node.type}:${node.form}`
  }
}
const read = (source: string): string => shown(parseQuery(source).tree)

function problem(source: string): QueryError {
  try {
    parseQuery(source)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
  throw new Error(`no error in ${source}`)
}

describe('operators', () => {
  it.each([
    ['nike adidas', 'and(nike, adidas)'],
    ['a b OR c AND d', 'or(and(a, b), and(c, d))'],
    ['(a OR b) c', 'and(or(a, b), c)'],
    ['NOT a b', 'and(not(a), b)'],
    ['a AND NOT NOT (b OR c)', 'and(a, not(not(or(b, c))))'],
    ['a NEAR/3 b c', 'and(near3(a, b), c)'],
    ['a OR b NEAR/5f (c OR "d e") NOT f', 'or(a, and(near5f(b, or(c, "d e")), not(f)))'],
    ['((a))', 'a'],
  ])('%s is %s', (source, tree) => {
    expect(read(source)).toBe(tree)
  })

  it('in small letters are words', () => {
    expect(read('a and not b')).toBe('and(a, and, not, b)')
  })
})

describe('terms are read as posts are', () => {
  it.each([
    ['Nestlé', 'nestle'],
    ["McDonald's don’t", 'and(mcdonald, dont)'],
    ['Coca-Cola AT&T', 'and("coca cola", at&t)'],
    ['"Marks & Spencer" “air max” «x y»', 'and("marks spencer", "air max", "x y")'],
    ['a"b c"d', 'and(a, "b c", d)'],
    ['=Gap =Nestlé', 'and(=Gap, =Nestlé)'],
    ['Compl* levi’s* 삼성*', 'and(compl*, levis*, 삼성*)'],
    ['@Nike #JustDoIt #Nestlé', 'and(handle:nike, hashtag:justdoit, hashtag:nestle)'],
    ['url:Nike.com URL:com', 'and(url:nike.com, url:com)'],
    ['鞋 可口 可口* "可口可乐"', 'and(鞋*, 可口, 可口, "可口 口可 可乐")'],
    ['可口可乐', 'or("可口 口可 可乐", 可口可乐)'],
    ['iPhone手机', '"iphone 手机"'],
    ['"新版 iPhone"', '"新版 版 iphone"'],
    ['7-Eleven 9:30', 'and("7 eleven", "9 30")'],
  ])('%s is %s', (source, tree) => {
    expect(read(source)).toBe(tree)
  })

  it.each([
    ['lang:de LANG:"DE"', 'and(lang:de, lang:de)'],
    ['platform:Bluesky author:@Nike author:"Jane  Doe"', 'and(platform:bluesky, author:nike, author:jane doe)'],
    ['brand:Acme entity:Zürich', 'and(brand:Acme, entity:zürich)'],
    ['lang:(de OR fr) x', 'and(or(lang:de, lang:fr), x)'],
    ['rating:(1 OR 2)', 'or(rating{"gte":1,"lte":1}, rating{"gte":2,"lte":2})'],
    ['url:(nike.com OR gap.com)', 'or(url:nike.com, url:gap.com)'],
    ['followers:>10 followers:<=1.5', 'and(followers{"gt":10}, followers{"lte":1.5})'],
    [
      'followers:100..5000 followers:100.. fit:..1',
      'and(followers{"gte":100,"lte":5000}, followers{"gte":100}, fit{"lte":1})',
    ],
    ['after:2026-11-01', `published{"gte":${Date.UTC(2026, 10, 1)}}`],
    ['before:2026-11-01T18:30', `published{"lt":${Date.UTC(2026, 10, 1, 18, 30)}}`],
    ['🔥 ❤️ 👍🏽', 'and(emoji:🔥, emoji:❤, emoji:👍🏽)'],
    ['🔥❤️', 'and(emoji:🔥, emoji:❤)'],
    ['emoji:🇩🇪', 'emoji:🇩🇪'],
    ['/* the shoes */ nike /* and\nthe * rest */ (air /* x */)', 'and(nike, air)'],
    ['"the \\"best\\" shoe" x', 'and("the best shoe", x)'],
    ['note: x', 'and(note, x)'],
  ])('%s is %s', (source, tree) => {
    expect(read(source)).toBe(tree)
  })

  it('know their place in the source', () => {
    const { tree } = parseQuery(' a  NEAR/2 ("b c" OR d) NOT e')
    expect(tree).toMatchObject({ type: 'and', place: { start: 1, end: 29 } })
    expect(tree.type === 'and' && tree.parts.map((part) => part.place)).toEqual([
      { start: 1, end: 22 },
      { start: 24, end: 29 },
    ])
  })
})

describe('errors say what was expected and point at it', () => {
  it.each([
    ['', /empty/, 0, 0],
    ['a AND (b OR c', /\( is never closed/, 6, 7],
    ['a OR b)', /\) has no \(/, 6, 7],
    [')', /\) has no \(/, 0, 1],
    ['a ()', /brackets are empty/, 3, 4],
    ['a (', /\( is never closed/, 2, 3],
    ['a "b c', /quote is never closed/, 2, 3],
    ['a “b c', /quote is never closed/, 2, 3],
    ['a ""', /phrase is empty/, 2, 4],
    ['a "!?"', /expected a word: signs/, 2, 6],
    ['a!🔥', /emoji has no place among words.*🔥, with blanks/, 0, 4],
    ['"so 🔥"', /🔥 outside the quotes/, 0, 7],
    ['a NEAR/2 🔥', /found a field or an emoji/, 9, 11],
    ['a /* b', /comment is never closed/, 2, 4],
    ['a // b', /a comment is written/, 2, 4],
    ['a # b', /a comment is written/, 2, 3],
    ['a && b', /operators are AND, OR/, 2, 4],
    ['a OR', /expected a word after OR/, 2, 4],
    ['OR a', /expected a word before OR/, 0, 2],
    ['a AND OR b', /expected a word after AND/, 6, 8],
    ['NOT', /expected a word after NOT/, 0, 3],
    ['a NEAR b', /expected a distance/, 2, 6],
    ['a NEAR/0 b', /expected a distance/, 2, 8],
    ['a NEAR/1001 b', /expected a distance/, 2, 11],
    ['a NEAR/5x b', /expected a distance/, 2, 9],
    ['a NEAR/5 b NEAR/5 c', /NEAR joins two parts/, 11, 17],
    ['a NEAR/5 #b', /found a hashtag/, 9, 11],
    ['a NEAR/5 (b OR @c)', /found a handle/, 15, 17],
    ['NOT a NEAR/5 b', /found NOT/, 0, 5],
    ['(a b) NEAR/5 c', /found AND/, 1, 4],
    ['ni*', /at least 3 letters/, 0, 3],
    ['n*ke', /expected \* once, at the end/, 0, 4],
    ['coca-col*', /coca NEAR\/1f col\*/, 0, 9],
    ['#nike*', /nike\* also finds/, 0, 6],
    ['#', /expected a hashtag/, 0, 1],
    ['@nike.com', /expected a handle/, 0, 9],
    ['=New-York', /expected one word after =/, 0, 9],
    ['"#ad now"', /a hashtag breaks a phrase/, 0, 9],
    ['emotion:joy x', /unknown field emotion: \(expected one of platform: kind:.*write "emotion joy"/, 0, 11],
    ['site:x.org', /unknown field site: \(write url:\)/, 0, 10],
    ['site:(a OR b)', /unknown field site:/, 6, 7],
    ['lang:german', /language code of two letters/, 0, 11],
    ['lang:', /expected a value after lang:, as in lang:de/, 0, 5],
    ['lang:(de fr)', /expected OR or \) after a value/, 9, 11],
    ['lang:(de OR (fr))', /values joined by OR/, 12, 13],
    ['lang:()', /values joined by OR/, 6, 7],
    ['lang:(de', /\( is never closed/, 5, 6],
    ['lang:(de OR', /values joined by OR/, 5, 6],
    ['x kind:tweet', /expected one of post, comment/, 2, 12],
    ['sentiment:bad', /expected one of negative, neutral, positive/, 0, 13],
    ['followers:10k', /expected a number after followers:, as in followers:>10000/, 0, 13],
    ['followers:10,000', /without thousands separators/, 0, 16],
    ['followers:..', /expected a number/, 0, 12],
    ['followers:5000..100', /followers:100\.\.5000/, 0, 19],
    ['followers:>9999999999999999', /up to 1000000000000000/, 0, 27],
    ['after:2026-02-30', /day of the calendar/, 0, 16],
    ['after:7d', /use --since, as in --since 7d/, 0, 8],
    ['after:2026-11-01T25:00', /day of the calendar/, 0, 22],
    ['author:ja*', /expected the whole value after author:/, 0, 10],
    ['emoji:x', /expected one emoji/, 0, 7],
    ['a NEAR/2 lang:de', /found a field/, 9, 16],
    ['url:nike.com/shoes', /without path, as in url:nike.com/, 0, 18],
    ['https://www.nike.com/x', /write url:nike.com/, 0, 22],
    ['a -jobs', /write NOT jobs/, 2, 7],
    ['"a b"~5', /NEAR\/5/, 5, 7],
    ['a.*b', /regular expressions/, 0, 4],
    ['a /nike|adidas/i', /regular expressions/, 2, 16],
    ['n[iy]ke', /regular expressions/, 0, 7],
    ['x'.repeat(140), /less than 140 characters/, 0, 140],
    [`"${'a '.repeat(201)}"`, /at most 200 words/, 0, 404],
  ])('%j', (source, message, start, end) => {
    const error = problem(source)
    expect(error.message).toMatch(message)
    expect(error.place).toEqual({ start, end })
  })

  it('show the line with carets', () => {
    expect(problem('nike OR\nadidas AND ni*').withPlace('nike OR\nadidas AND ni*')).toBe(
      'expected at least 3 letters before *: shorter beginnings match nearly every post; write the words that are meant, joined by OR\n  adidas AND ni*\n             ^^^',
    )
  })

  it('show a part of a long line, and nothing that moves the cursor', () => {
    const source = `${'\u001b[31mnike OR '.repeat(100)}ni* ${'OR x'.repeat(100)}`
    const [, line, carets] = problem(source).withPlace(source).split('\n')
    expect(line).not.toContain('\u001b')
    expect(line!.slice(carets!.indexOf('^'), carets!.lastIndexOf('^') + 1)).toBe('ni*')
    expect(line!.length).toBeLessThan(110)
  })
})

describe('bounds', () => {
  it.each([
    ['brackets', `${'('.repeat(20_000)}a${')'.repeat(20_000)}`, /at most 50 brackets/],
    ['NOTs', `${'NOT '.repeat(10_000)}a`, /at most 50 brackets and NOT/],
    ['terms', 'a OR '.repeat(9_000), /at most 2000 terms/],
    ['characters', 'a'.repeat(50_001), /at most 50000 characters/],
    ['open brackets', '('.repeat(50_000), /at most 50/],
    ['quotes', '"'.repeat(49_999), /quote is never closed/],
    ['signs', '*'.repeat(50_000), /expected \*/],
    ['colons', 'a:'.repeat(25_000), /unknown field/],
    ['dots', 'a.'.repeat(25_000), /at most 200 words/],
    ['brackets of a pattern', '['.repeat(50_000), /expected a word/],
  ])('hold for many %s', (_, source, message) => {
    expect(problem(source).message).toMatch(message)
  })
})
