import { describe, expect, it } from 'vitest'
import { unusualWords } from '#index/alerts/describe-alert.ts'
import { countStems, stemmerOf } from '#index/alerts/stem-words.ts'

describe('words of an alert', () => {
  it('counts inflections together, under the form used most', () => {
    const counts = [
      { term: 'leak', mentions: 50 },
      { term: 'leaked', mentions: 30 },
      { term: 'rain', mentions: 9 },
      { term: 'leaks', mentions: 2 },
    ]
    expect([...countStems(counts, stemmerOf('en')).values()]).toEqual([
      { term: 'leak', mentions: 82 },
      { term: 'rain', mentions: 9 },
    ])
  })

  it.each([
    ['de', 'Pakete', 'Paketen'],
    ['es', 'paquete', 'paquetes'],
    ['fr', 'facture', 'factures'],
    ['nl', 'pakketten', 'pakket'],
  ])('knows inflections of %s', (language, a, b) => {
    const stem = stemmerOf(language)
    expect(stem(a.toLowerCase())).toBe(stem(b.toLowerCase()))
  })

  it('leaves words of other languages as they are', () => {
    expect(stemmerOf('ja')('漏れ')).toBe('漏れ')
    expect(stemmerOf(null)('leaks')).toBe('leaks')
  })

  it('tells what is unusual, not what is frequent', () => {
    const usual = {
      counts: [
        { term: 'acme', mentions: 1_000 },
        { term: 'leaky', mentions: 1 },
      ],
      mentions: 1_000,
    }
    const now = {
      counts: [
        { term: 'acme', mentions: 100 },
        { term: 'leaked', mentions: 40 },
        { term: 'leak', mentions: 30 },
        { term: 'door', mentions: 1 },
      ],
      mentions: 100,
    }
    expect(unusualWords(now, usual, 'en')).toEqual(['leaked'])
  })
})
