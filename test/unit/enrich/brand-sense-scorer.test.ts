import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBrandSenseScorer } from '#enrich/brand-sense/brand-sense-scorer.ts'
import { SENSE_FEATURES } from '#enrich/brand-sense/sense-features.ts'
import { loadSenseModel, senseModelOf } from '#enrich/brand-sense/sense-model.ts'
import { stemHashOf } from '#enrich/brand-sense/stem-hash.ts'
import { ownCases } from '../../../scripts/train/brand-sense/read-cases.ts'
import { keptBack } from '../../../scripts/train/brand-sense/train-brand-sense.ts'
import { anyText } from '../../support/any-text.ts'
import { profileOf } from '../../support/brand-profile.ts'

const scorer = createBrandSenseScorer()
const harbor = profileOf({
  id: 'harbor',
  name: 'Harbor',
  products: ['Harbor Card', 'night cream'],
  rivals: ['Plainfield'],
  people: ['Ada Stone'],
  places: ['Duluth'],
  words: ['cashier', 'aisle'],
  notWords: ['boat', 'safe', 'grudge'],
  handles: ['@AskHrbr'],
  domains: ['hrbr.example'],
})
const judge = (text: string, language: string | null = 'en') => scorer.judge(text, language, harbor)
const reasons = (text: string): string[] => judge(text).parts.map(({ reason }) => reason)

describe('the sense of an ambiguous name', () => {
  it('is the brand beside words of its profile, and the word beside its anti-words', () => {
    expect(judge('the cashier at harbor gave me two receipts').state).toBe('brand')
    expect(judge('every boat left the harbor before the storm').state).toBe('other')
    expect(judge('they harbor a grudge').state).toBe('other')
  })

  it('is unsure where nothing speaks', () => {
    expect(judge('harbor').state).toBe('unsure')
    expect(judge('harbor').probability).toBeGreaterThan(1 - loadSenseModel().card.limit)
  })

  it('reads inflected forms, phrases, accounts and links of the profile', () => {
    expect(reasons('both cashiers at harbor')).toContain('trade word of the profile beside the name')
    expect(reasons('harbor night creams again')).toContain('product of the profile')
    expect(reasons('thanks @askhrbr')).toContain('hashtag, account or site of the name')
    expect(reasons('look https://www.hrbr.example/sale')).toContain('hashtag, account or site of the name')
    expect(reasons('look https://hrbr.example.org/sale')).not.toContain('hashtag, account or site of the name')
    expect(reasons('#HarborRun')).toContain('hashtag, account or site of the name')
  })

  it('sees how the name is written only where the post tells', () => {
    expect(reasons('We like Harbor a lot')).toContain('capital inside a sentence')
    expect(reasons('We like harbor a lot')).toContain('small letter in a post that uses capitals')
    const small = reasons('we like harbor a lot').filter((reason) => /capital/.test(reason))
    expect(small).toEqual([])
    expect(reasons('Harbor is far')).toContain('capital where a sentence begins')
  })

  it('an anti-word counts most next to the name', () => {
    const weightOf = (text: string): number =>
      judge(text).parts.find(({ reason }) => reason.startsWith('anti-word'))?.weight ?? 0
    const [touching, near, far] = [
      'a safe harbor',
      'safe in the harbor',
      'safe and dry we all came home to harbor',
    ].map(weightOf) as [number, number, number]
    expect(touching).toBeLessThan(near)
    expect(near).toBeLessThan(far)
    expect(far).toBeLessThan(0)
  })

  it('decides in another language only by a word of the profile', () => {
    const text = 'gestern im Harbor gekauft und bought at Harbor store'
    expect(judge(text, 'de').state).toBe('unsure')
    expect(judge(`${text}, cashier nett`, 'de').state).toBe('brand')
  })

  it('has reasons that add up to the margin and stand in the text, for any text', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.constantFrom(' harbor ', ' a Harbor boat ', "Harbor's cashier, Harbor harbors "),
        (text, name) => {
          const whole = `${text}${name}${text}`
          const { margin, bias, parts, probability } = judge(whole)
          expect(bias + parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(margin, 9)
          for (const { start, end } of parts) expect(whole.slice(start, end).length).toBeGreaterThan(0)
          expect(probability).toBeGreaterThan(0)
          expect(probability).toBeLessThan(1)
          expect(judge(whole)).toEqual(judge(whole))
        },
      ),
    )
  })

  it('one name more does not make it surer: each counts its share', () => {
    const once = judge('We like Harbor a lot').parts.filter(({ reason }) => reason === 'capital inside a sentence')
    const twice = judge('We like Harbor a lot, we like Harbor a lot').parts.filter(
      ({ reason }) => reason === 'capital inside a sentence',
    )
    expect(twice).toHaveLength(2)
    expect(twice[0]!.weight + twice[1]!.weight).toBeCloseTo(once[0]!.weight, 9)
  })

  it('a weight that the card lacks is an error', () => {
    const { card } = loadSenseModel()
    const { trade: _, ...weights } = card.weights
    expect(() => senseModelOf({ ...card, weights: weights as typeof card.weights })).toThrow(/weight is missing/)
    expect(Object.keys(card.weights)).toEqual(SENSE_FEATURES.map(([name]) => name))
  })
})

describe('the stem of a word', () => {
  it('is the same for its inflections', () => {
    const same = (...words: string[]): void => expect(new Set(words.map(stemHashOf)).size, words.join()).toBe(1)
    same('charge', 'charges', 'charged', 'charging')
    same('stop', 'stops', 'stopped', 'stopping')
    same('party', 'parties')
    same('store', 'stores', "store's")
    same('sell', 'sells', 'selling')
  })

  it('keeps words apart that only end alike', () => {
    for (const [one, other] of [
      ['gas', 'ga'],
      ['glass', 'glas'],
      ['ring', 'r'],
      ['red', 'r'],
      ['bus', 'bu'],
    ] as const) {
      expect(stemHashOf(one)).not.toBe(stemHashOf(other))
    }
  })
})

describe('brands kept back from training', () => {
  it('are told from words in at least 85 of 100 of our own sentences', () => {
    const answers = keptBack(ownCases())
    const right = answers.filter(({ isBrand, margin }) => isBrand === margin > 0).length
    expect(right / answers.length).toBeGreaterThanOrEqual(0.85)
  })
})
