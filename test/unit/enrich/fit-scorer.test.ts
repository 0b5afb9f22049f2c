import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFitScorer } from '#enrich/fit/fit-scorer.ts'
import { BRAKES, PARTS } from '#enrich/fit/fit-weights.ts'
import type { Author, Fit, Mention } from '#schemas/generated.ts'
import { newAuthor, newEngagement, newMention } from '#schemas/mention.ts'
import { anyText } from '../../support/any-text.ts'
import { profileOf } from '../../support/brand-profile.ts'

const scorer = createFitScorer()
const brightloaf = profileOf({
  id: 'brightloaf',
  name: 'Brightloaf',
  rivals: ['Oven & Sons'],
  words: ['bread', 'baking'],
  handles: ['brightloaf'],
})
const NOW = Date.UTC(2026, 5, 1)
const YEARS_AGO = Date.UTC(2020, 0, 1)

function mention(author: Partial<Author>, more: Partial<Mention> = {}): Mention {
  return newMention({
    platform: 'file',
    kind: 'post',
    publishedAt: NOW,
    text: 'Brightloaf bread again',
    author: newAuthor(author),
    ...more,
  })
}

function fitOf(given: Mention): Fit {
  const scored = scorer.score(given, [brightloaf])
  if ('notScored' in scored) throw new Error(scored.notScored)
  return scored.value
}

const component = (given: Mention, name: string) => fitOf(given).components.find((part) => part.name === name)

const known = { followers: 5_000, following: 300, posts: 2_000, createdAt: YEARS_AGO, bio: 'I bake' }
const liked = newEngagement({ likes: 200, replies: 20, shares: 10, measuredAt: NOW + 86_400_000 })

describe('influencer fit', () => {
  it('is the weighted mean of the parts that are known', () => {
    const { value, components } = fitOf(mention(known, { engagement: liked }))
    expect(components.map(({ name }) => name)).toEqual(['relevance', 'resonance', 'authenticity', 'reach'])
    const mean = components.reduce((sum, part) => sum + part.weight * part.value!, 0)
    expect(value).toBeCloseTo(mean, 3)
    expect(components.every(({ evidence }) => evidence.length > 0)).toBe(true)
    expect(Object.values(PARTS).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9)
  })

  it('never comes from reach alone', () => {
    const star = fitOf(mention({ id: '1', followers: 9_000_000 }))
    expect(star.value).toBeNull()
    expect(star.components.find(({ name }) => name === 'reach')).toMatchObject({
      value: 1,
      evidence: '9,000,000 followers',
    })
  })

  it('is null where the payload holds too little, and says which platform was silent', () => {
    const silent = mention({ id: 'did:plc:1' }, { platform: 'bluesky' })
    expect(fitOf(silent).value).toBeNull()
    expect(component(silent, 'reach')).toMatchObject({
      value: null,
      evidence: 'bluesky sent no followers, views or members with this post',
    })
    expect(component(silent, 'resonance')).toMatchObject({ value: null })
    expect(component(silent, 'authenticity')).toMatchObject({ value: null })
  })

  it('is not scored without a brand or an author', () => {
    expect(scorer.score(mention({}), [])).toHaveProperty('notScored')
    expect(scorer.score(newMention({ platform: 'feed', kind: 'article', publishedAt: NOW }), [brightloaf])).toEqual({
      notScored: 'feed named no author with this mention',
    })
  })

  it('measures interactions against the audience: the small and loved stand above the large and ignored', () => {
    const small = component(mention({ ...known, followers: 2_000 }, { engagement: liked }), 'resonance')
    const large = component(mention({ ...known, followers: 2_000_000 }, { engagement: liked }), 'resonance')
    expect(small!.value!).toBeGreaterThan(large!.value! + 0.4)
  })

  it('does not count interactions that were read as the post came out', () => {
    const early = newEngagement({ likes: 0, replies: 0, measuredAt: NOW + 60_000 })
    expect(component(mention(known, { engagement: early }), 'resonance')).toMatchObject({ value: null })
  })

  it('finds a post more relevant when title and bio name the brand and its trade', () => {
    const plain = component(mention({ id: '1' }, { text: 'a loaf' }), 'relevance')!.value!
    const close = component(mention({ id: '1', bio: 'baking with Brightloaf' }, { title: 'Brightloaf' }), 'relevance')!
    expect(close.value).toBeGreaterThan(plain + 0.4)
    expect(close.evidence).toContain('bio names "Brightloaf"')
  })

  it.each([
    ['ownAccount', mention({ ...known, handle: '@Brightloaf' })],
    ['automated', mention(known, { flags: { sensitive: false, contentWarnings: [], bot: true } })],
    ['rivalTie', mention({ ...known, bio: 'Head baker at Oven & Sons' })],
    ['rivalTie', mention({ ...known, handle: 'ovensons' })],
    ['paidPost', mention(known, { hashtags: ['bread', 'Publicité'] })],
    ['boughtEngagement', mention(known, { engagement: newEngagement({ likes: 4_000, replies: 1, shares: 0 }) })],
  ] as const)('is braked by %s', (name, given) => {
    const { value, components } = fitOf(given)
    const brake = components.find((part) => part.name === `brake_${name}`)
    expect(brake).toMatchObject({ value: 1, weight: BRAKES[name] })
    const parts = components.filter(({ weight, value: part }) => weight > 0 && part !== null)
    const mean =
      parts.reduce((sum, part) => sum + part.weight * part.value!, 0) /
      parts.reduce((sum, { weight }) => sum + weight, 0)
    const taken = components.filter(({ weight }) => weight < 0).reduce((sum, { weight }) => sum + weight, 0)
    expect(value).toBeCloseTo(Math.max(0, mean + taken), 2)
  })

  it('stays within 0 and 1 and is the same each time, whatever the payload holds', () => {
    const count = fc.option(fc.integer({ min: 0, max: 2 ** 40 }))
    const authors = fc.record({
      followers: count,
      following: count,
      posts: count,
      verified: fc.option(fc.boolean()),
      createdAt: fc.option(fc.integer({ min: 0, max: NOW * 2 })),
      reputation: fc.option(fc.integer({ min: -1000, max: 1e6 })),
      bio: fc.option(anyText),
      handle: fc.option(fc.string()),
    })
    const engagements = fc.record({
      likes: count,
      replies: count,
      shares: count,
      views: count,
      score: fc.option(fc.integer({ min: -50, max: 9999 })),
    })
    fc.assert(
      fc.property(authors, engagements, anyText, (author, engagement, text) => {
        const given = mention(author, { text, engagement: newEngagement(engagement) })
        const first = fitOf(given)
        for (const part of first.components) {
          if (part.value === null) continue
          expect(part.value).toBeGreaterThanOrEqual(0)
          expect(part.value).toBeLessThanOrEqual(1)
        }
        if (first.value !== null) {
          expect(first.value).toBeGreaterThanOrEqual(0)
          expect(first.value).toBeLessThanOrEqual(1)
        }
        expect(createFitScorer().score(given, [brightloaf])).toEqual({ value: first })
      }),
      { numRuns: 300 },
    )
  })
})
