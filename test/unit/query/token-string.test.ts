import { describe, expect, it } from 'vitest'
import { mentionTokens } from '#query/mention-tokens.ts'
import { tokenString, tokensOf } from '#query/token-string.ts'
import { tokenize } from '#query/tokenize.ts'

describe('token string', () => {
  it('holds one token a position, each kind told by its first sign', () => {
    expect(tokenString(tokenize('Nike runs: @Nike #JustDoIt https://www.Nike.com/x nestlé'))).toBe(
      'nike|Nike runs @nike #justdoit u:com.nike.www nestle|nestlé',
    )
  })

  it('is turned back into the same tokens', () => {
    const tokens = tokenize("U: it's AT&T #a @b www.x.y. 可口 ❤\ufe0f http:// https:///")
    expect(tokensOf(tokenString(tokens))).toEqual(tokens.map(({ kind, form, cased }) => ({ kind, form, cased })))
    expect(tokensOf('')).toEqual([])
  })
})

describe('mention tokens', () => {
  const mention = { title: 'Air', text: 'Max', context: ['', 'a shoe', '🔥'], links: [] }

  it('put one gap between two fields that have tokens', () => {
    expect(tokenString(mentionTokens(mention))).toBe('air|Air ¶ max|Max ¶ a shoe')
    expect(tokenString(mentionTokens({ title: null, text: 'Max', context: [], links: [] }))).toBe('max|Max')
    expect(mentionTokens({ title: null, text: null, context: [''], links: [] })).toEqual([])
    expect(tokenString(mentionTokens({ title: '!', text: 'Max', context: [], links: [] }))).toBe('max|Max')
  })

  it('hold links that the text does not show', () => {
    const link = (url: string) => ({ url, canonical: null, title: null })
    const shown = { title: null, text: 'see https://shop.nike.com/a', context: [] }
    const links = [link('https://shop.nike.com/a'), link('https://www.gap.com/b?c=1')]
    expect(tokenString(mentionTokens({ ...shown, links }))).toBe('see u:com.nike.shop ¶ u:com.gap.www')
  })

  it('come back from the string with their gaps', () => {
    const tokens = mentionTokens(mention)
    expect(tokensOf(tokenString(tokens)).map((t) => t.kind)).toEqual(tokens.map((t) => t.kind))
  })
})
