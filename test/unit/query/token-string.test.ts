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
  const mention = { title: 'Air', text: 'Max', context: ['', 'a shoe', '🔥'] }

  it('put one gap between two fields that have tokens', () => {
    expect(tokenString(mentionTokens(mention))).toBe('air|Air ¶ max|Max ¶ a shoe')
    expect(tokenString(mentionTokens({ title: null, text: 'Max', context: [] }))).toBe('max|Max')
    expect(mentionTokens({ title: null, text: null, context: [''] })).toEqual([])
    expect(tokenString(mentionTokens({ title: '!', text: 'Max', context: [] }))).toBe('max|Max')
  })

  it('come back from the string with their gaps', () => {
    const tokens = mentionTokens(mention)
    expect(tokensOf(tokenString(tokens)).map((t) => t.kind)).toEqual(tokens.map((t) => t.kind))
  })
})
