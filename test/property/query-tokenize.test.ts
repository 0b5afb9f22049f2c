import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanText } from '#query/clean-text.ts'
import type { Token } from '#query/token.ts'
import { tokenString, tokensOf } from '#query/token-string.ts'
import { tokenize } from '#query/tokenize.ts'
import { anyText, postText } from './query-arbitraries.ts'
import { simpleClean, simpleTokens } from './simple-query.ts'

const text = fc.oneof(
  postText,
  anyText,
  fc.tuple(postText, anyText, postText).map((parts) => parts.join('')),
)
const bare = ({ kind, form, cased }: Token): Token => ({ kind, form, cased })

describe('tokenizer', () => {
  it('reads what the definition says', () => {
    fc.assert(
      fc.property(postText, (post) => {
        const named = (token: Token) => (token.kind === 'word' ? bare(token) : { kind: token.kind, form: token.form })
        expect(tokenize(post).map(named)).toEqual(simpleTokens(post).map(named))
      }),
      { numRuns: 6_000 },
    )
  })

  it('cleans a text as NFKC does and knows where every change was made', () => {
    fc.assert(
      fc.property(text, (given) => {
        const clean = cleanText(given)
        // Blanks and signs such as the ellipsis are left to the tokenizer.
        const signs = /[^\p{L}\p{N}\p{M}]/gu
        expect(clean.text.replace(signs, (sign) => sign.normalize('NFKC'))).toBe(
          given.normalize('NFKC').replace(/[\u200b-\u200f\u2060\ufeff]/g, ''),
        )
        let at = 0
        let cleanAt = 0
        for (const { start, end, cleanStart, cleanEnd } of clean.edits) {
          expect(clean.text.slice(cleanAt, cleanStart)).toBe(given.slice(at, start))
          at = end
          cleanAt = cleanEnd
        }
        expect(clean.text.slice(cleanAt)).toBe(given.slice(at))
      }),
      { numRuns: 4_000 },
    )
  })

  it('gives places in order, at which the word or the sign of the token stands', () => {
    const signs = { hashtag: /^[#＃﹟]/, handle: /^[@＠﹫]/, url: /^./u, gap: /^$/ }
    fc.assert(
      fc.property(text, (given) => {
        let before = 0
        for (const { start, end, kind, cased } of tokenize(given)) {
          expect(start).toBeGreaterThanOrEqual(before)
          expect(end).toBeLessThanOrEqual(given.length)
          const there = given.slice(start, end)
          if (kind === 'word') expect(simpleClean(there)).toContain(cased)
          else expect(there).toMatch(signs[kind])
          before = start
        }
      }),
      { numRuns: 4_000 },
    )
  })
})

describe('token string', () => {
  it('has one blank-free piece a token and gives the tokens back, whatever the text', () => {
    fc.assert(
      fc.property(text, (given) => {
        const tokens = tokenize(given)
        const joined = tokenString(tokens)
        expect(joined === '' ? [] : joined.split(/\s/u)).toHaveLength(tokens.length)
        expect(tokensOf(joined)).toEqual(tokens.map(bare))
        // A lone surrogate would not survive UTF-8.
        expect(joined.isWellFormed()).toBe(true)
        expect(tokens.every((token) => token.form !== '' || token.kind === 'url')).toBe(true)
      }),
      { numRuns: 6_000 },
    )
  })
})
