import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mentionFields, mentionTokens } from '#query/mention-tokens.ts'
import { QuerySet } from '#query/query-set.ts'
import { tokenize } from '#query/tokenize.ts'
import { anyText, postText, simpleQuery } from './query-arbitraries.ts'
import { written } from './simple-query.ts'

const query = simpleQuery.map(written)
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const change = fc.oneof(
  fc.record({ add: id, query }),
  fc.record({ remove: id }),
  fc.record({ match: fc.array(postText, { minLength: 1, maxLength: 3 }) }),
)

describe('a set of queries that come and go', () => {
  it('answers at each moment as a set built anew, and forgets what nobody asks any more', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.array(postText, { maxLength: 3 }), (changes, posts) => {
        const set = new QuerySet([])
        const queries = new Map<string, string>()
        const compare = (texts: readonly string[]): void => {
          const anew = new QuerySet([...queries].map(([id, query]) => ({ id, query })))
          for (const text of texts) expect(set.matchFields([text])).toEqual(anew.match(tokenize(text)))
          expect([set.size, set.terms]).toEqual([anew.size, anew.terms])
        }
        for (const step of changes) {
          if ('match' in step) compare(step.match)
          else if ('remove' in step) expect(set.remove(step.remove)).toBe(queries.delete(step.remove))
          else {
            set.add(step.add, step.query)
            queries.delete(step.add)
            queries.set(step.add, step.query)
          }
        }
        compare(posts)
        for (const id of queries.keys()) set.remove(id)
        expect([set.size, set.terms]).toEqual([0, 0])
        for (const text of posts) expect(set.matchFields([text])).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })

  it('answers the same whether it reads tokens or texts, and whatever it has learnt of their frequency', () => {
    const text = fc.oneof(
      postText,
      anyText,
      fc.tuple(postText, anyText, postText).map((parts) => parts.join('')),
    )
    const mention = fc.record({
      title: fc.option(text),
      text: fc.option(text, { freq: 10 }),
      context: fc.array(text, { maxLength: 2 }),
      links: fc.constant([]),
    })
    // One word of each text, so that odd words are asked for, too.
    const asked = fc.array(mention, { minLength: 1, maxLength: 8 }).chain((mentions) => {
      const forms = mentions.flatMap((m) => mentionTokens(m).filter(({ kind }) => kind === 'word'))
      const words = forms.map(({ cased }) => cased).filter((word) => /^[^\s()"*:=~@#!/\\|^[\]-]+$/u.test(word))
      return fc.tuple(fc.constant(mentions), fc.subarray(words), fc.array(query, { maxLength: 12 }))
    })
    let found = 0
    fc.assert(
      fc.property(asked, ([mentions, words, queries]) => {
        const all = [...words.map((word) => `"${word}" OR x${word}`), ...queries].map((query, i) => ({
          id: String(i),
          query,
        }))
        const tokensRead = new QuerySet(all)
        const textsRead = new QuerySet(all)
        for (const mention of mentions) {
          const ids = tokensRead.match(mentionTokens(mention))
          expect(textsRead.matchFields(mentionFields(mention))).toEqual(ids)
          expect(textsRead.matchesAnyFields(mentionFields(mention))).toBe(ids.length > 0)
          found += ids.length
        }
        for (let i = 0; i < 2_100; i++) textsRead.matchesAnyFields(['nike air', 'gap'])
        for (const mention of mentions)
          expect(textsRead.matchFields(mentionFields(mention))).toEqual(tokensRead.match(mentionTokens(mention)))
      }),
      { numRuns: 300 },
    )
    expect(found).toBeGreaterThan(1_000)
  })
})
