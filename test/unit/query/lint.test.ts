import { describe, expect, it } from 'vitest'
import { lintQuery } from '#query/lint.ts'
import { parseQuery } from '#query/parse.ts'

describe('warnings', () => {
  it.each([
    ['nike and shoes', /written in capitals, AND/, 'and'],
    ['nike near/5f shoes', /written in capitals, NEAR\/5f/, 'near/5f'],
    ['nike shoes NOT (jobs OR Nike)', /never match/, 'Nike'],
    ['(nike #ad) NOT #AD', /never match/, '#AD'],
    ['nike "of the"', /common words/, '"of the"'],
    ['C++ jobs', /read as c/, 'C++'],
    ['+nike jobs', /read as nike/, '+nike'],
    ['x nike|adidas', /phrase "nike adidas"; for any one of the words write \(nike OR adidas\)/, 'nike|adidas'],
    ['x nike,puma', /phrase "nike puma"/, 'nike,puma'],
    ['nike "air max*"', /read as air max/, '"air max*"'],
    ['nike lang:de lang:fr', /one lang only; write lang:\(de OR fr\)/, 'lang:fr'],
    ['nike (lang:de 🔥) NOT lang:de', /never match/, 'lang:de'],
    ['nike followers:>100 followers:..100', /no number or day/, 'followers:..100'],
    ['nike after:2026-02-01 before:2026-02-01', /no number or day/, 'before:2026-02-01'],
    ['NOT lang:de', /nearly every post/, 'NOT lang:de'],
    ['NOT nike', /nearly every post/, 'NOT nike'],
    ['nike OR NOT shoes', /nearly every post/, 'nike OR NOT shoes'],
  ])('%s', (source, message, place) => {
    const warnings = lintQuery(parseQuery(source))
    expect(warnings).toHaveLength(1)
    expect(warnings[0]!.message).toMatch(message)
    expect(source.slice(warnings[0]!.place.start, warnings[0]!.place.end)).toBe(place)
  })

  it.each([
    '(nike OR =Gap) NEAR/5 ("air max" OR sho*) NOT (jobs OR @nikejobs)',
    "McDonald's AT&T 7-Eleven $5 OR the",
    'lang:de has:image has:video followers:>=100 followers:<=100 after:2026-02-01 before:2026-02-02 (lang:de OR lang:fr)',
    'nike (a NOT b) (b NOT c)',
  ])('are not given for %s', (source) => {
    const found = lintQuery(parseQuery(source))
    // The last one holds b and NOT b, in brackets of the same AND.
    expect(found.map(({ message }) => message)).toEqual(
      source.startsWith('nike (') ? [expect.stringMatching(/never/)] : [],
    )
  })
})
