import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMisinformationScorer } from '#enrich/misinformation/misinformation-scorer.ts'
import { BASE, LINK, STYLE_CAP, WEIGHTS } from '#enrich/misinformation/signals.ts'
import { domainHash, type SourceList } from '#enrich/misinformation/source-quality.ts'
import type { Mention, Misinformation } from '#schemas/generated.ts'
import { newMention } from '#schemas/mention.ts'
import { anyText } from '../../support/any-text.ts'

/** A list of our own: quality by domain. */
function listOf(qualities: Readonly<Record<string, number>>): SourceList {
  const rows = Object.entries(qualities)
    .map(([domain, quality]) => [domainHash(domain), Math.round(quality * 255)] as const)
    .sort(([a], [b]) => a - b)
  return {
    model: 'own/1',
    hashes: Int32Array.from(rows, ([hash]) => hash),
    qualities: Uint8Array.from(rows, ([, quality]) => quality),
  }
}

const scorer = createMisinformationScorer(
  listOf({ 'rumour.example': 0.05, 'paper.example': 0.95, 'mill.paper.example': 0.1 }),
)

const CLAIM = 'The mill said that 4,000 loaves were burnt in Lisbon on Monday.'

function score(
  text: string,
  {
    language = 'en',
    links = [],
    ...more
  }: Partial<Omit<Mention, 'links'>> & { language?: string | null; links?: readonly string[] } = {},
): Misinformation {
  const mention = newMention({
    platform: 'file',
    kind: 'post',
    publishedAt: 0,
    text,
    links: links.map((url) => ({ url, canonical: null, title: null })),
    ...more,
  })
  const scored = scorer.score(mention, text, language)
  if ('notScored' in scored) throw new Error(scored.notScored)
  return scored.value
}

const signals = ({ reasons }: Misinformation): string[] => reasons.map(({ signal }) => signal)
const sum = ({ reasons }: Misinformation): number => reasons.reduce((total, { logOdds }) => total + logOdds, 0)

describe('what there is to say', () => {
  it('is nothing for a text without a claim', () => {
    expect(score('Good morning everyone, thanks for the bread!')).toMatchObject({
      state: 'nothing_to_check',
      risk: null,
    })
  })

  it('is unknown for a claim that nothing speaks for or against', () => {
    const unknown = score(CLAIM)
    expect(unknown).toMatchObject({ state: 'unknown', risk: null })
    expect(signals(unknown)).toEqual(['no_evidence'])
  })

  it('is unknown without text, without a language, or in a language without lists', () => {
    expect(signals(score(''))).toEqual(['no_text'])
    expect(signals(score(CLAIM, { language: null }))).toEqual(['language'])
    expect(score('4000本のパンが燃えたと発表', { language: 'ja' })).toMatchObject({ state: 'unknown', risk: null })
  })

  it('is a risk that is the sum of its reasons in log-odds', () => {
    const risky = score(`${CLAIM} PLEASE SHARE this before its deleted!!!`, {
      links: ['https://news.rumour.example/a?b=c'],
    })
    expect(risky.state).toBe('high')
    expect(risky.reasons[0]).toMatchObject({ signal: 'base_rate', logOdds: BASE })
    expect(risky.risk).toBeCloseTo(1 / (1 + Math.exp(-sum(risky))), 12)
    for (const { logOdds, cap } of risky.reasons) expect(Math.abs(logOdds)).toBeLessThanOrEqual(cap)
    expect(signals(risky)).toEqual(['base_rate', 'linked_domain', 'claim', 'style_shouting', 'style_call_to_share'])
  })
})

describe('linked sites', () => {
  it('raise and lower the risk within their caps, and name the list', () => {
    const bad = score(CLAIM, { links: ['http://rumour.example'] }).reasons.find(
      ({ signal }) => signal === 'linked_domain',
    )
    const good = score(CLAIM, { links: ['http://paper.example'] }).reasons.find(
      ({ signal }) => signal === 'linked_domain',
    )
    expect(bad!.logOdds).toBeGreaterThan(2)
    expect(bad!.evidence).toBe('rumour.example has quality 0.05 of 1 in own/1')
    expect(good).toMatchObject({ logOdds: -LINK.lower, cap: LINK.lower })
  })

  it('are looked up by host first, then by its parents', () => {
    const text = (links: string[]) =>
      score(CLAIM, { links }).reasons.find(({ signal }) => signal === 'linked_domain')?.evidence
    expect(text(['https://mill.paper.example/x'])).toContain('mill.paper.example')
    expect(text(['https://www.other.paper.example/x'])).toContain('paper.example has quality 0.95')
    expect(text(['https://unknown.example'])).toBeUndefined()
  })

  it('are taken from the text where the platform names none', () => {
    expect(score(`${CLAIM} https://rumour.example/a`).state).not.toBe('unknown')
  })

  it('count by the worst one, and alone where the words cannot be read', () => {
    const foreign = score('4000本のパン', {
      language: 'ja',
      links: ['https://paper.example', 'https://rumour.example'],
    })
    expect(signals(foreign)).toEqual(['base_rate', 'linked_domain', 'language'])
    expect(foreign.risk!).toBeGreaterThan(0.4)
  })

  it('say nothing where anybody may publish, and brake where satire or a fact-check stands', () => {
    expect(score(CLAIM, { links: ['https://www.youtube.com/watch?v=1'] }).state).toBe('unknown')
    expect(signals(score(CLAIM, { links: ['https://www.theonion.com/a'] }))).toContain('satire_link')
    expect(signals(score(CLAIM, { links: ['https://www.snopes.com/a'] }))).toContain('fact_checker_link')
  })

  it('that are no web addresses are passed over', () => {
    expect(score(CLAIM, { links: ['javascript:alert(1)', 'http://', 'http://127.0.0.1/x', '\ud800'] }).state).toBe(
      'unknown',
    )
  })
})

describe('brakes', () => {
  it.each([
    ['denial', `${CLAIM} This is not true, it is a hoax.`],
    ['question', 'Is it true that 4,000 loaves were burnt in Lisbon on Monday, as the mill said?'],
    ['satire', `${CLAIM} #satire`],
    ['quote', '“The mill said that 4,000 loaves were burnt in Lisbon on Monday.”'],
  ] as const)('hold for %s', (signal, text) => {
    const linked = score(text, { links: ['https://rumour.example'] })
    const bare = score(CLAIM, { links: ['https://rumour.example'] })
    expect(linked.reasons[1]).toMatchObject({ signal, logOdds: WEIGHTS[signal] })
    expect(linked.risk!).toBeLessThan(bare.risk!)
  })
})

describe('priority', () => {
  it('rises with a harmful topic and a large audience, and leaves the risk alone', () => {
    const plain = score(CLAIM, { links: ['https://rumour.example'] })
    const health = score(`${CLAIM} vaccine`, { links: ['https://rumour.example'] })
    expect(plain.priority).toBe(0)
    expect(health.priority).toBe(0.5)
    expect(health.risk).toBe(plain.risk)
    expect(signals(health)).toContain('harm_topic')
  })
})

describe('style', () => {
  const cues = [
    'THEY DONT WANT YOU TO KNOW',
    'miracle cure',
    'wake up sheeple',
    'I heard',
    'people are saying',
    'allegedly',
    'please share',
    'make this viral',
    'before its deleted',
    'THIS IS ALL IN CAPITALS NOW',
    '!!!!',
    'the truth about big pharma',
  ]

  it('never gives more than its cap, nor moves a risk by more than a tenth, however its cues are combined', () => {
    let most = 0
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...cues), { minLength: 1, maxLength: 12 }),
        fc.constantFrom([], ['https://rumour.example'], ['https://paper.example']),
        (chosen, links) => {
          const scored = score(`${CLAIM} ${chosen.join(' ')}`, { links })
          if (scored.risk === null) return
          const style = scored.reasons.filter(({ signal }) => signal.startsWith('style_'))
          const given = style.reduce((total, { logOdds }) => total + logOdds, 0)
          const without = 1 / (1 + Math.exp(-(sum(scored) - given)))
          expect(given).toBeLessThanOrEqual(STYLE_CAP)
          expect(scored.risk - without).toBeLessThanOrEqual(0.1)
          most = Math.max(most, given)
        },
      ),
      { numRuns: 300 },
    )
    expect(most).toBeGreaterThan(0.9 * STYLE_CAP)
  })
})

describe('languages', () => {
  it.each([
    ['de', 'Die Mühle hat laut Bericht gestern 400 Brote verbrannt. Angeblich wird das vertuscht, bitte teilen!'],
    ['es', 'Según el informe, el molino quemó ayer 400 panes. Dicen que lo ocultan, comparte esto!'],
    ['fr', "Selon l'étude, le moulin a brûlé 400 pains hier. Il paraît qu'on nous cache tout, partagez !"],
    ['pt', 'Segundo o relatório, o moinho queimou ontem 400 pães. Dizem que estão escondendo, compartilhe!'],
    ['it', 'Secondo lo studio, il mulino ha bruciato ieri 400 pani. Si dice che ci nascondono tutto, condividete!'],
  ])('have words of their own: %s', (language, text) => {
    expect(signals(score(text, { language }))).toEqual([
      'base_rate',
      'claim',
      'style_hearsay',
      'style_miracle',
      'style_call_to_share',
    ])
  })
})

describe('any text', () => {
  it('gets the same answer each time, from another scorer too', () => {
    const words = fc.array(
      fc.constantFrom(
        'mill',
        '4,000',
        'said',
        'hoax',
        '!!!',
        '"',
        '>',
        '\n',
        '\ud83c',
        '\u200b',
        'VACCINE',
        '?',
        'https://a.b',
      ),
    )
    const list = listOf({ 'a.b': 0.2 })
    const shared = createMisinformationScorer(list)
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          words.map((parts) => parts.join(' ')),
        ),
        (text) => {
          const mention = newMention({ platform: 'file', kind: 'post', publishedAt: 0, text })
          const fresh = createMisinformationScorer(list).score(mention, text, 'en')
          expect(shared.score(mention, text, 'en')).toEqual(fresh)
          if ('value' in fresh && fresh.value.risk !== null) {
            expect(fresh.value.risk).toBeGreaterThan(0)
            expect(fresh.value.risk).toBeLessThan(1)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('is read to 10,000 characters', () => {
    expect(score(`${'word '.repeat(2000)}${CLAIM}`).state).toBe('nothing_to_check')
  })
})
