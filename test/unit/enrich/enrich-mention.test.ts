import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBrandSenseScorer } from '#enrich/brand-sense/brand-sense-scorer.ts'
import { createEnrichment } from '#enrich/create-enrichment.ts'
import { type Enrichment, enrichMention } from '#enrich/enrich-mention.ts'
import type { Scorers } from '#enrich/scorers.ts'
import { firstCharacters, MAX_SCORED_CHARACTERS } from '#enrich/text/first-characters.ts'
import { QuerySet } from '#query/query-set.ts'
import { encode } from '#schemas/codec.ts'
import type { Mention, MentionEvent, Op } from '#schemas/generated.ts'
import { newAuthor, newMention } from '#schemas/mention.ts'
import { anyText } from '../../support/any-text.ts'
import { profileOf } from '../../support/brand-profile.ts'

const brands = [
  profileOf({ id: 'acme', name: 'Acme', products: ['Acme Kettle'] }),
  profileOf({ id: 'b', name: 'Brill' }),
]
const real = createEnrichment(7, brands, true)
const place = { topic: 'raw', partition: 1, offset: 99 }

function event(op: Op, mention: Partial<Mention> | null, known: Partial<MentionEvent> = {}): MentionEvent {
  return {
    ...{ id: 'test:1', op, rev: 5, observedAt: 6, ingestedAt: 7, reason: 'why' },
    source: { connector: 'c', platform: 'test', instance: null, latenessMs: 0 },
    mention: mention && newMention({ platform: 'test', kind: 'post', publishedAt: 1, ...mention }),
    payload: { bytes: Buffer.from('x'), ref: null, sha256: 'abc', contentType: 'text/plain', mapper: 't/1' },
    ...known,
  }
}

/** Scorers that write down the texts they were given. */
function listening(seen: string[]): Enrichment {
  const silent = { notScored: 'not asked' }
  const hear = (text: string) => {
    seen.push(text)
    return silent
  }
  const scorers: Scorers = {
    sentiment: { model: 's/1', score: hear },
    entities: { model: 'e/1', tag: hear },
    brandSense: createBrandSenseScorer(),
    fit: { model: 'f/1', score: () => silent },
    misinformation: { model: 'm/1', score: (_mention, text) => hear(text) },
  }
  const language = {
    model: 'l/1',
    detect: (text: string) => {
      seen.push(text)
      return { code: 'en', confidence: 0.9 }
    },
  }
  return {
    generation: 1,
    brands: new Map(brands.map((b) => [b.id, b])),
    queries: new QuerySet(brands),
    language,
    scorers,
  }
}

describe('the first characters of a text', () => {
  it('are all of a short one', () => {
    fc.assert(fc.property(anyText, (text) => firstCharacters(text) === text))
  })

  it('are at most ten thousand, a beginning of it, and never half a pair that was whole', () => {
    const long = fc.tuple(fc.integer({ min: -3, max: 3 }), anyText).map(([shift, end]) => {
      const start = 'x'.repeat(MAX_SCORED_CHARACTERS + shift - 1)
      return `${start}😀${end}`.toWellFormed()
    })
    fc.assert(
      fc.property(long, (text) => {
        const first = firstCharacters(text)
        expect(text.startsWith(first)).toBe(true)
        expect(first.length).toBeGreaterThanOrEqual(Math.min(text.length, MAX_SCORED_CHARACTERS - 1))
        expect(first.length).toBeLessThanOrEqual(MAX_SCORED_CHARACTERS)
        expect(first.isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('enriching a mention', () => {
  it.for(['create', 'update'] as const)('gives a %s its annotations, tokens and where its raw record stands', (op) => {
    const text = 'I love my Acme Kettle so much, it is great'
    const made = enrichMention(event(op, { text }), place, real)
    const detected = real.language.detect(text, null)
    expect(made).toMatchObject({
      ...{ id: 'test:1', op, rev: 5, observedAt: 6, ingestedAt: 7, reason: 'why', generation: 7 },
      raw: { topic: 'raw', partition: 1, offset: 99, sha256: 'abc' },
      mention: { text, lang: { declared: null, detected: detected.code, confidence: detected.confidence } },
      annotations: { brands: ['acme'], languageModel: real.language.model },
    })
    expect(made.tokens).toContain('acme')
    const sentiment = real.scorers?.sentiment.score(text, detected.code) ?? {}
    expect(made.annotations?.sentiment).toEqual('value' in sentiment ? sentiment.value : null)
    const entities = real.scorers?.entities.tag(text, detected.code, brands.slice(0, 1)) ?? {}
    expect(made.annotations?.entities).toEqual('value' in entities ? entities.value : null)
  })

  it.for(['delete', 'hide', 'restore'] as const)('lets a %s carry no content, whatever it came with', (op) => {
    for (const mention of [null, { text: 'acme' }]) {
      expect(enrichMention(event(op, mention), place, real)).toMatchObject({
        ...{ op, rev: 5, generation: 7, mention: null, annotations: null, tokens: null, raw: null },
      })
    }
  })

  it.for(['create', 'update'] as const)('refuses a %s without content', (op) => {
    expect(() => enrichMention(event(op, null), place, real)).toThrow(
      expect.objectContaining({ code: 'MENTION_MISSING', class: 'permanent' }),
    )
  })

  it('refuses an operation of a later version, with the remedy', () => {
    expect(() => enrichMention(event('unknown', { text: 'acme' }), place, real)).toThrow(
      expect.objectContaining({ code: 'OPERATION_UNKNOWN', message: expect.stringContaining('update Earshot') }),
    )
  })

  it('points at no raw record when there are no raw bytes', () => {
    expect(enrichMention(event('create', { text: 'acme' }, { payload: null }), place, real).raw).toBeNull()
  })

  it('is pure: the same event gives the same bytes, changes nothing, and does not depend on what came before', () => {
    const words = fc.constantFrom(
      'acme',
      'love',
      'terrible',
      'Brill',
      '😀',
      '\u202e',
      'http://x.example/a',
      '#acme',
      '\n',
    )
    const text = fc.oneof(
      anyText,
      fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' ')),
    )
    const mention = fc.record({
      ...{ text: fc.option(text), title: fc.option(text, { freq: 1 }) },
      author: fc.option(text.map((bio) => newAuthor({ id: 'a', followers: 10, bio }))),
    })
    const fresh = createEnrichment(7, brands, true)
    fc.assert(
      fc.property(mention, fc.constantFrom<Op>('create', 'update'), (known, op) => {
        const given = event(op, known)
        const before = JSON.stringify(given)
        const once = Buffer.from(encode('EnrichedEvent', enrichMention(given, place, real)))
        // One has seen all that was drawn before, the other sees each text twice.
        encode('EnrichedEvent', enrichMention(given, place, fresh))
        const again = Buffer.from(encode('EnrichedEvent', enrichMention(given, place, fresh)))
        expect(JSON.stringify(given)).toBe(before)
        expect(again.equals(once)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('shows no scorer more than the first characters, and keeps the whole text', () => {
    const seen: string[] = []
    const text = `${'x'.repeat(MAX_SCORED_CHARACTERS - 1)}😀 and acme at the very end`
    const made = enrichMention(event('create', { text }), place, listening(seen))
    expect(seen).toHaveLength(4)
    expect(new Set(seen)).toEqual(new Set(['x'.repeat(MAX_SCORED_CHARACTERS - 1)]))
    expect(made).toMatchObject({ mention: { text }, annotations: { brands: ['acme'] } })
  })

  it('says of each score why there is none', () => {
    const { annotations } = enrichMention(event('create', { text: 'acme' }), place, listening([]))
    expect(annotations?.notScored.map(({ score, reason }) => `${score}: ${reason}`)).toEqual(
      ['sentiment', 'entities', 'fit', 'misinformation'].map((score) => `${score}: not asked`),
    )
  })

  describe('of a brand whose name is also a word', () => {
    const harbor = profileOf({
      id: 'harbor',
      name: 'Harbor',
      query: 'harbor OR @askharbor OR hrbr',
      ambiguous: true,
      words: ['cashier'],
      notWords: ['boat'],
      handles: ['AskHarbor'],
    })
    const annotated = (text: string, profile = harbor, author: string | null = null) => {
      const known = { text, lang: { declared: 'en', detected: null, confidence: null } }
      const given = event('create', author === null ? known : { ...known, author: newAuthor({ handle: author }) })
      return enrichMention(given, place, createEnrichment(1, [profile], true)).annotations!
    }

    it('does not count what means the word, keeps it, and says why', () => {
      const { brands: counted, brandSense } = annotated('every boat left the harbor before the storm')
      expect(counted).toEqual([])
      expect(brandSense).toEqual([expect.objectContaining({ brand: 'harbor', state: 'other', model: 'brand-sense/1' })])
      expect(brandSense[0]!.parts.map(({ reason }) => reason)).toContain('anti-word of the profile beside the name')
    })

    it('counts what means the brand, and what it is unsure of', () => {
      for (const [text, state] of [
        ['the cashier at harbor was very kind to us', 'brand'],
        ['harbor again and again and again', 'unsure'],
      ]) {
        expect(annotated(text!)).toMatchObject({ brands: ['harbor'], brandSense: [{ brand: 'harbor', state }] })
      }
    })

    it('doubts nothing else: other brands, own accounts, matches without the name', () => {
      const boat = 'every boat left the harbor before the storm'
      const plain = { brands: ['harbor'], brandSense: [] }
      expect(annotated(boat, { ...harbor, ambiguous: false })).toMatchObject(plain)
      expect(annotated(boat, harbor, 'askharbor')).toMatchObject(plain)
      expect(annotated('hrbr sold me a boat')).toMatchObject(plain)
    })
  })

  it('makes language, tokens and brands also when scores are off', () => {
    const off = createEnrichment(1, brands, false)
    const text = 'The Acme thing is what I was looking for'
    const { annotations, mention, tokens } = enrichMention(event('create', { text }), place, off)
    expect(annotations).toMatchObject({ brands: ['acme'], sentiment: null, entities: null, notScored: [] })
    expect(mention?.lang.detected).toBe(off.language.detect(text, null).code)
    expect(tokens).toContain('acme')
  })
})
