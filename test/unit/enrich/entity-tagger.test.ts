import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEntityTagger } from '#enrich/entities/entity-tagger.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import type { Entity } from '#schemas/generated.ts'
import { anyText } from '../../support/any-text.ts'
import { profileOf } from '../../support/brand-profile.ts'

const tagger = createEntityTagger()

const brightloaf = profileOf({
  id: 'brightloaf',
  name: 'Brightloaf',
  products: ['Rye Mix', 'Toaster 15', 'Crumb-Catcher', 'Crème'],
  rivals: ['Oven & Sons'],
  people: ['Ilse Korn'],
  places: ['Mill Lane'],
  handles: ['@brightloaf'],
})

function entities(
  text: string,
  language: string | null,
  brands: readonly BrandProfile[] = [brightloaf],
): readonly Entity[] {
  const scored = tagger.tag(text, language, brands)
  if ('notScored' in scored) throw new Error(scored.notScored)
  return scored.value.items
}

const places = (text: string, language: string | null = 'de'): string[] =>
  entities(text, language).map(({ type, start, end, text: name }) => `${type} ${start}-${end} ${name}`)

describe('names of a brand profile', () => {
  it('are found by their kind, with places that count UTF-16 units', () => {
    expect(places('🥖👩‍🍳 Brightloaf: Ilse Korn in der Mill Lane')).toEqual([
      'brand 8-18 Brightloaf',
      'person 20-29 Ilse Korn',
      'place 37-46 Mill Lane',
    ])
  })

  it('are found in any case, with a possessive, a hyphen, without accents, as a hashtag and as an account', () => {
    expect(places("BRIGHTLOAF's crumb catcher, creme, #RyeMix @brightloaf")).toEqual([
      'brand 0-10 BRIGHTLOAF',
      'product 13-26 crumb catcher',
      'product 28-33 creme',
      'product 36-42 RyeMix',
      'brand 43-54 @brightloaf',
    ])
  })

  it('differ by their numbers', () => {
    expect(places('Toaster 16 oder Toaster 15?')).toEqual(['product 16-26 Toaster 15'])
  })

  it('may look like a web address, which is no other address', () => {
    const shop = profileOf({ id: 'korn', name: 'Korn.com' })
    const found = entities('Korn.com statt https://example.org und mehl.com', 'de', [shop])
    expect(found.map(({ text }) => text)).toEqual(['Korn.com'])
  })

  it('of a rival carry no brand id, and every reason says which profile spoke', () => {
    const [rival, brand] = entities('Oven & Sons gegen Brightloaf', 'de')
    expect(rival).toMatchObject({ type: 'brand', id: null, reason: 'rival in the profile of Brightloaf' })
    expect(brand).toMatchObject({ id: 'brightloaf', confidence: null, reason: 'name of the brand Brightloaf' })
  })

  it('take the longest of two that begin alike', () => {
    const both = profileOf({ id: 'air', name: 'Air', products: ['Air Loaf', 'Air Loaf Pro'] })
    expect(entities('Air Loaf Pro und Air Loaf', 'de', [both]).map(({ text }) => text)).toEqual([
      'Air Loaf Pro',
      'Air Loaf',
    ])
  })

  it('that two profiles share go to the first, and none stands on top of another', () => {
    const inns = profileOf({ id: 'inns', name: 'Lane', places: ['Mill Lane'], products: ['Lane Bread'] })
    expect(entities('Mill Lane Bread', 'de', [brightloaf, inns]).map(({ text, id }) => `${id} ${text}`)).toEqual([
      'brightloaf Mill Lane',
    ])
  })

  it('are all that is looked for outside English, and the answer says so', () => {
    expect(tagger.tag('Brightloaf eröffnet in Hamburg', 'de', [brightloaf])).toMatchObject({
      value: { model: 'profile-names/1', items: [{ text: 'Brightloaf' }] },
    })
    expect(tagger.tag('Eröffnung in Hamburg', 'de', [brightloaf])).toEqual({
      notScored:
        'people, places and organisations are found in English only and this text is in "de"; no name of a brand profile stands in it',
    })
    expect(tagger.tag('???', null, [])).toHaveProperty('notScored')
  })
})

describe('people, places and organisations', () => {
  it('are found in English, each with a confidence and what it was known by', () => {
    const found = entities('🎉 Maria Lopez moved from Berlin to London last year', 'en')
    expect(found.map(({ type, text }) => `${type} ${text}`)).toEqual([
      'person Maria Lopez',
      'place Berlin',
      'place London',
    ])
    for (const { confidence, reason } of found) {
      expect(confidence).toBeGreaterThan(0.5)
      expect(confidence).toBeLessThanOrEqual(1)
      expect(reason).toMatch(/^learnt from posts, mostly by .+ and .+$/)
    }
  })

  it('end before a possessive', () => {
    expect(entities("David's sister lives in Scotland", 'en').map(({ text }) => text)).toEqual(['David', 'Scotland'])
  })

  it('leave a place that a profile has named to the profile', () => {
    const own = profileOf({ id: 'london', name: 'London' })
    const found = entities('I moved to London', 'en', [own])
    expect(found).toEqual([expect.objectContaining({ type: 'brand', text: 'London', id: 'london' })])
  })

  it('are not links, accounts or pictures', () => {
    expect(entities('@JohnSmith https://london.example 🗽', 'en', [])).toEqual([])
  })
})

describe('any text', () => {
  const pieces = fc
    .array(
      fc.constantFrom(
        'Brightloaf',
        "'s",
        ' ',
        '#',
        '@',
        'Rye',
        'Mix',
        '-',
        '.',
        '\ud83c',
        '\u200b',
        'Paris',
        'ß',
        '15',
        '\n',
      ),
    )
    .map((parts) => parts.join(''))

  it('has entities that are what stands at their places, in order and apart', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, pieces), fc.constantFrom('en', 'de'), (text, language) => {
        const scored = tagger.tag(text, language, [brightloaf])
        if ('notScored' in scored) return
        let last = 0
        for (const { start, end, text: name } of scored.value.items) {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThan(start)
          expect(text.slice(start, end)).toBe(name)
          last = end
        }
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same answer whatever was read before', () => {
    fc.assert(
      fc.property(pieces, anyText, (text, before) => {
        const fresh = createEntityTagger().tag(text, 'en', [brightloaf])
        tagger.tag(before, 'en', [])
        expect(tagger.tag(text, 'en', [brightloaf])).toEqual(fresh)
      }),
      { numRuns: 20 },
    )
  })

  it('is read to 10,000 characters', () => {
    const text = `${'word '.repeat(2000)}Brightloaf`
    expect(tagger.tag(text, 'de', [brightloaf])).toHaveProperty('notScored')
    expect(entities(`Brightloaf ${'🍞'.repeat(400_000)}`, 'de')).toHaveLength(1)
  })
})
