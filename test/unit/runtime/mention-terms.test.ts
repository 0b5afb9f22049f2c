import { describe, expect, it } from 'vitest'
import { isTimely, type ListedField, termsOf } from '#infra/runtime/mention-terms.ts'
import { WordCounter } from '#infra/runtime/word-counter.ts'
import { newAuthor } from '#schemas/mention.ts'
import { stateOf } from '#schemas/merge.ts'
import { created, type Known, NOON } from '../../support/enriched-event.ts'

const contentOf = (known: Known) => stateOf(created('bluesky:1', known)).content!
const terms = (field: ListedField, known: Known) => termsOf(field, contentOf(known))

describe('the terms of a mention', () => {
  it('are its own, each once', () => {
    const link = (url: string, canonical: string | null = null) => ({ url, canonical, title: null })
    const links = [
      link('https://www.Shop.example/a'),
      link('http://shop.example:8080/b'),
      link('https://t.example/x', 'https://news.example/'),
      link('not a link'),
      link('mailto:a@b.example'),
    ]
    expect(terms('domain', { mention: { links } })).toEqual(['shop.example', 'news.example'])
    const entity = { type: 'brand' as const, start: 0, end: 1, confidence: null, reason: '' }
    const items = [
      { ...entity, text: 'ACME', id: 'acme' },
      { ...entity, text: 'Acme', id: 'acme' },
      { ...entity, text: 'Ann Lee', id: null },
    ]
    expect(terms('entity', { annotations: { entities: { items, model: 'm/1' } } })).toEqual(['acme', 'Ann Lee'])
    expect(terms('brand', { brands: ['acme', 'zephyr'] })).toEqual(['acme', 'zephyr'])
    expect(terms('platform', {})).toEqual(['bluesky'])
    expect(terms('connector', {})).toEqual(['test'])
  })

  it('name an author by handle, else name, else id', () => {
    const named = (author: Parameters<typeof newAuthor>[0]) =>
      terms('author', { mention: { author: newAuthor(author) } })
    expect(named({ id: '1', handle: 'ann', name: 'Ann' })).toEqual(['bluesky:ann'])
    expect(named({ id: '1', name: 'Ann' })).toEqual(['bluesky:Ann'])
    expect(named({ id: '1' })).toEqual(['bluesky:1'])
    expect(named({})).toEqual([])
    expect(terms('author', {})).toEqual([])
  })

  it('leave out a language that was not detected', () => {
    const lang = { declared: 'de', detected: null, confidence: null }
    expect(terms('language', { mention: { lang } })).toEqual([])
    expect(terms('language', { mention: { lang: { ...lang, detected: 'nl' } } })).toEqual(['nl'])
  })
})

describe('words', () => {
  it('count once in a mention, folded, without what is no word or says nothing', () => {
    const words = new WordCounter()
    words.add('tea|Tea tea #tea @tea u:com.tea the und qué|Qué x 2026 4k 新し \u00b6 coffee')
    words.add('tea')
    words.add('')
    expect([...words.counts].toSorted()).toEqual([
      ['4k', 1],
      ['coffee', 1],
      ['qué', 1],
      ['tea', 2],
      ['新し', 1],
    ])
  })
})

describe('a mention', () => {
  it('is timely up to its source’s lateness, inclusive', () => {
    expect(isTimely(contentOf({}), NOON + 60_000)).toBe(true)
    expect(isTimely(contentOf({}), NOON + 60_001)).toBe(false)
  })
})
