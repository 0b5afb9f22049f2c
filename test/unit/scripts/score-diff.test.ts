import { describe, expect, it } from 'vitest'
import type { Annotations, Sentiment } from '#schemas/generated.ts'
import { type Content, stateOf } from '#schemas/merge.ts'
import { diffJson, printDiff } from '#scripts/replay/print-diff.ts'
import { ScoreDiff } from '#scripts/replay/score-diff.ts'
import { created } from '#test/support/enriched-event.ts'

const plain = (_: unknown, text: string) => text

function sentiment(label: Sentiment['label'], negative: number, known: Partial<Sentiment> = {}): Sentiment {
  const explain = { margin: 1, bias: 0, rest: 0, parts: [{ start: 0, end: 3, weight: 2 }] }
  const rest = (1 - negative) / 2
  return { label, negative, neutral: rest, positive: rest, uncertain: false, explain, model: 'm/1', ...known }
}

const content = (text: string, scored: Sentiment | null, known: Partial<Annotations> = {}, lang = 'en'): Content =>
  stateOf(
    created('id', {
      text,
      mention: { lang: { declared: null, detected: lang, confidence: 1 } },
      annotations: { sentiment: scored, ...known },
    }),
  ).content as Content

const entity = (text: string) => ({
  ...({ type: 'person', start: 0, end: text.length, text, id: null, confidence: 0.9, reason: 'r' } as const),
})

describe('the difference of scores', () => {
  it('counts labels, languages, entities, misinformation, and how far each brand has moved', () => {
    const diff = new ScoreDiff(1)
    const both = { brands: ['acme'] }
    diff.add('a', content('bad', sentiment('neutral', 0.2), both), content('bad', sentiment('negative', 0.8), both))
    diff.add('b', content('good', sentiment('positive', 0.1), both), content('good', sentiment('positive', 0.2), both))
    diff.add('c', content('why', null), content('why', sentiment('negative', 0.9), { brands: ['other'] }, 'de'))
    diff.add(
      'd',
      content('eh', sentiment('negative', 0.5, { uncertain: true, model: 'm/0' }), {
        entities: { items: [entity('Ann')], model: 'e' },
        misinformation: { state: 'low', risk: 0.1, priority: 0, reasons: [], model: 'x' },
      }),
      content('eh', sentiment('negative', 0.6), {
        entities: { items: [entity('Bob'), entity('Eve')], model: 'e' },
        misinformation: { state: 'high', risk: 0.9, priority: 0, reasons: [], model: 'x' },
      }),
    )
    const { figures } = diff
    expect(figures.compared).toBe(4)
    expect(figures.sentiment).toEqual({
      changed: 3,
      table: {
        neutral: { negative: 1 },
        positive: { positive: 1 },
        'not scored': { negative: 1 },
        uncertain: { negative: 1 },
      },
      meanChange: expect.closeTo((0.6 + 0.1 + 0.1) / 3, 10),
    })
    expect(figures.language).toEqual({ changed: 1, table: { en: { en: 3, de: 1 } } })
    expect(figures.misinformation.changed).toBe(1)
    expect(figures.entities).toEqual({ changed: 1, added: 2, removed: 1 })
    expect(figures.brands).toEqual([
      { name: 'acme', compared: 2, changed: 1, meanChange: expect.closeTo(0.35, 10) },
      { name: 'other', compared: 1, changed: 1, meanChange: null },
    ])
    expect(figures.models).toEqual({ old: ['m/0', 'm/1'], new: ['m/1'] })
    expect(figures.examples.map(({ id }) => id)).toEqual(['a'])
  })

  it('keeps those examples that moved most, whatever the order, and as many as asked for', () => {
    const changes = [0.3, 0.7, 0.1, 0.5, 0.2]
    for (const order of [changes, changes.toReversed(), changes.toSorted()]) {
      const diff = new ScoreDiff(2)
      for (const change of order)
        diff.add(
          `${change}`,
          content('x', sentiment('neutral', 0.1)),
          content('x', sentiment('negative', 0.1 + change)),
        )
      expect(diff.figures.examples.map(({ id }) => id)).toEqual(['0.7', '0.5'])
    }
    const none = new ScoreDiff(0)
    none.add('x', content('x', sentiment('neutral', 0.1)), content('x', sentiment('negative', 0.9)))
    expect(none.figures.examples).toEqual([])
  })

  it('is shown with the words that moved it, and nothing in a text reaches the terminal', () => {
    const diff = new ScoreDiff(3)
    const text = `bad\u001b[2J\u202e service\n${'x'.repeat(500)}`
    diff.add('id\u001b', content(text, sentiment('neutral', 0.2)), content(text, sentiment('negative', 0.8)))
    const tallied = { found: 1, compared: 1, edited: 0, deleted: 0, onlyNew: 0, onlyOld: 2 }
    const shown = printDiff('try', tallied, diff.figures, plain).join('\n')
    expect(shown).toContain('negative 80 %, because of "bad"')
    expect(shown).toContain('1 of 1 changed (100.0 %); mean change of p(negative) +0.600')
    expect(shown).toMatch(/neutral +1 +0\n/)
    expect(shown).not.toMatch(/[\u001b\u202e]/)
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThan(200)
    expect(diffJson('try', tallied, diff.figures)).toMatchObject({
      name: 'try',
      mentions: tallied,
      examples: [{ old: { label: 'neutral' }, new: { label: 'negative', words: ['bad'] } }],
    })
  })
})
