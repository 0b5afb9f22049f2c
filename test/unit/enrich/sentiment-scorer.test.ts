import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSentimentScorer } from '#enrich/sentiment/sentiment-scorer.ts'
import type { Sentiment } from '#schemas/generated.ts'

const scorer = createSentimentScorer()

const scored = (text: string, language: string | null = 'en'): Sentiment => {
  const answer = scorer.score(text, language)
  if (!('value' in answer)) throw new Error(`not scored: ${answer.notScored}`)
  return answer.value
}
const sumOf = ({ explain: { bias, rest, parts } }: Sentiment): number =>
  bias + rest + parts.reduce((sum, { weight }) => sum + weight, 0)

const POSTS = [
  'I love the new shoes from @acme, best purchase this year!!! 😍 https://shop.example/shoes',
  'Worst customer service EVER. Waited two hours, nobody came #fail :(',
  'The store opens at 10:30 on Sunday, see http://a.example',
  "It's not good, not bad either… just don't expect soooo much",
  'mixed 👩‍💻 family 👨‍👩‍👧 flags 🇩🇪🇫🇷 and a broken \ud83d half',
  'm\u200bi\u200bd words',
  'x',
]

describe('createSentimentScorer', () => {
  it.each([
    ['positive', 'I love this phone, absolutely amazing camera 😍'],
    ['negative', 'This is the worst service I have ever had, awful and rude'],
    ['neutral', 'The press conference starts on Monday at 9 am in Berlin'],
    ['negative', 'I do not like it, not good at all'],
  ])('hears %s in %j', (label, text) => {
    expect(scored(text).label).toBe(label)
  })

  it.each([
    [
      'de',
      'Ich liebe dieses Handy, einfach super und wunderschön 😍',
      'Das ist so schlecht, ich hasse es, nur Probleme 😡',
    ],
    ['es', 'Me encanta este teléfono, es genial, muchas gracias 😍', 'Es horrible, qué asco, odio este servicio 😡'],
    ['pt', 'Eu amo este telefone, muito bom, obrigado 😍', 'Que ódio, péssimo, não funciona 😡'],
    ['fr', "J'adore ce téléphone, c'est génial, merci 😍", 'Quelle honte, service nul, je déteste ça 😡'],
    ['it', 'Adoro questo telefono, bellissimo, grazie 😍', 'Che schifo, servizio pessimo, vergogna 😡'],
  ])('tells good from bad in %s', (language, good, bad) => {
    const [better, worse] = [scored(good, language), scored(bad, language)]
    expect(better.positive - better.negative).toBeGreaterThan(worse.positive - worse.negative + 0.2)
    expect(better.model).toMatch(/^sentiment-multi\//)
  })

  it('hears a negation, up to four words on and no further than its clause', () => {
    const positive = (text: string): number => scored(text).positive
    expect(positive('I am not happy')).toBeLessThan(positive('I am happy') - 0.2)
    expect(positive('it is not something great')).toBeLessThan(positive('not that. it is something great') - 0.2)
  })

  it('gives probabilities that add up to one, and a label of the highest raw score', () => {
    for (const text of POSTS) {
      const value = scored(text)
      expect(value.negative + value.neutral + value.positive).toBeCloseTo(1, 9)
      expect(value.explain.margin).toBeGreaterThanOrEqual(0)
    }
  })

  it('explains exactly: bias, rest and parts are the margin', () => {
    for (const text of POSTS) {
      const value = scored(text)
      expect(sumOf(value), text).toBeCloseTo(value.explain.margin, 9)
    }
  })

  it('points at tokens of the text, in order and apart', () => {
    const text = POSTS[1]!
    const { parts } = scored(text).explain
    expect(parts.map(({ start, end }) => text.slice(start, end))).toContain('Worst')
    expect(parts.every(({ end }, i) => i + 1 === parts.length || end <= parts[i + 1]!.start)).toBe(true)
    expect(parts.length).toBeLessThanOrEqual(8)
  })

  it('gives the word that decides the largest part', () => {
    const text = 'the train was awful today'
    const { label, explain } = scored(text)
    const largest = explain.parts.reduce((most, part) => (part.weight > most.weight ? part : most))
    expect(label).toBe('negative')
    expect(text.slice(largest.start, largest.end)).toBe('awful')
  })

  it('is a pure function of text and language', () => {
    const first = POSTS.map((text) => scored(text))
    const again = [...POSTS].reverse().map((text) => createSentimentScorer().score(text, 'en'))
    expect(again.reverse()).toEqual(first.map((value) => ({ value })))
  })

  it('leaves alone what it has no model for, and says why', () => {
    expect(scorer.score('Het is een mooie dag', 'nl')).toEqual({ notScored: 'no sentiment model for language nl' })
    expect(scorer.score('qwrt zzkp', null)).toEqual({ notScored: 'language not recognised' })
    for (const text of ['', ' \n\t', '\u200b\u2060']) expect(scorer.score(text, 'en')).toEqual({ notScored: 'no text' })
  })

  it('hears pictures without a language, and is never certain of them', () => {
    const value = scored('😡😡😡', null)
    expect(value.label).toBe('negative')
    expect(value.uncertain).toBe(true)
  })

  it('keeps the label of a post that says it is ironic, uncertain', () => {
    const plain = scored('What a great day, I love this amazing service')
    const ironic = scored('What a great day, I love this amazing service #sarcasm')
    expect(plain).toMatchObject({ label: 'positive', uncertain: false })
    expect(ironic).toMatchObject({ label: 'positive', uncertain: true })
  })

  it.each([
    ['a megabyte of letters', 'a'.repeat(1_000_000)],
    ['a megabyte of words', 'good bad '.repeat(120_000)],
    ['a megabyte of marks', '!?'.repeat(500_000)],
    ['lone surrogates', '\ud83d\ude00\udc00 \ud800 love'],
    ['right to left marks', '\u202eevol\u202c love'],
    ['combining marks', 'e\u0301'.repeat(5_000)],
    ['pictures', '🏳️‍🌈'.repeat(4_000)],
  ])('explains %s exactly too', (_name, text) => {
    const value = scored(text)
    expect(sumOf(value)).toBeCloseTo(value.explain.margin, 6)
    for (const { start, end } of value.explain.parts) {
      expect(start).toBeGreaterThanOrEqual(0)
      expect(end).toBeLessThanOrEqual(10_000)
      expect(end).toBeGreaterThan(start)
    }
  })
})

const VALIDATION = new URL('../../../../shared/data/sentiment/val.tsv', import.meta.url)

describe.skipIf(!existsSync(VALIDATION))('on the validation posts of SemEval (private data)', () => {
  const rows = existsSync(VALIDATION)
    ? readFileSync(VALIDATION, 'utf8')
        .split('\n')
        .slice(1)
        .filter((line) => line !== '')
        .map((line) => line.split('\t'))
    : []
  const answers = rows.map(([label, text]) => ({ label, value: scored(text!) }))

  it('finds at least 68 % of each tone, on average', () => {
    const recalls = ['negative', 'neutral', 'positive'].map((tone) => {
      const right = answers.filter(({ label }) => label === tone)
      return right.filter(({ value }) => value.label === tone).length / right.length
    })
    expect((100 * recalls.reduce((sum, recall) => sum + recall, 0)) / 3).toBeGreaterThanOrEqual(68)
  })

  it('is right as often as it says: expected calibration error of at most 3 %', () => {
    const judged = answers.map(({ label, value }) => {
      const tones = [
        ['negative', value.negative],
        ['neutral', value.neutral],
        ['positive', value.positive],
      ] as const
      const top = tones.reduce((most, tone) => (tone[1] > most[1] ? tone : most))
      return { confidence: top[1], hit: Number(top[0] === label) }
    })
    judged.sort((a, b) => a.confidence - b.confidence)
    let error = 0
    for (let bin = 0; bin < 15; bin++) {
      const part = judged.slice(Math.floor((bin * judged.length) / 15), Math.floor(((bin + 1) * judged.length) / 15))
      error += Math.abs(part.reduce((sum, { confidence, hit }) => sum + confidence - hit, 0)) / judged.length
    }
    expect(error).toBeLessThanOrEqual(0.03)
  })

  it('decides where it is right at least three times in four', () => {
    const decided = answers.filter(({ value }) => !value.uncertain)
    expect(decided.length / answers.length).toBeGreaterThan(0.4)
    expect(decided.filter(({ label, value }) => label === value.label).length / decided.length).toBeGreaterThan(0.75)
  })
})
