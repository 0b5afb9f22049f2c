import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openInstallation } from '#scripts/compose.ts'
import { created, NOON, wire } from '../../support/enriched-event.ts'
import { runCli } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const HOUR = 3_600_000

let data: string
beforeAll(async () => {
  data = await temporaryFolder('preview')
  const texts = [
    ...Array.from({ length: 20 }, () => 'acme soda tastes of sugar'),
    ...Array.from({ length: 5 }, () => 'the zest of lime, by acme and by zest'),
    ...Array.from({ length: 5 }, () => 'zest alone'),
    ...Array.from({ length: 12 }, () => 'acme is hiring: apply at the office'),
    ...Array.from({ length: 3 }, () => 'acme jobs and hiring'),
    ...Array.from({ length: 55 }, () => 'rain at the office again'),
  ]
  await using installation = await openInstallation({ data, namespace: 'earshot', maxLogBytes: 1e9 })
  await installation.index.write(
    texts.map((text, i) => wire(created(`file:${i}`, { text, publishedAt: NOON + i * HOUR }))),
  )
})

const QUERY = '(acme OR zest) NOT (jobs OR hiring)'
const preview = async (...args: string[]) => {
  const end = await runCli(data, 'query', 'preview', ...args, '--data', data, '--time-zone', 'UTC')
  expect(end.errors).toBe('')
  expect(end.code).toBe(0)
  return end.output
}

describe('query preview with a brand that has a profile', () => {
  it('suggests words that the query may miss, and words that mark noise', async () => {
    const folder = await temporaryFolder('suggestions')
    const sense = (state: 'other' | 'unsure' | 'brand') => ({
      brandSense: [
        { brand: 'target', state, probability: 0.5, threshold: 0.5, margin: 0, bias: 0, parts: [], model: 'test' },
      ],
    })
    const groups = [
      { count: 20, text: 'target has a sale', annotations: sense('brand'), brands: ['target'] },
      { count: 9, text: 'the target of archery', annotations: sense('other') },
      { count: 9, text: 'a target for sprints', annotations: sense('unsure'), brands: ['target'] },
      { count: 15, text: 'redcard coupon at the till' },
      { count: 4, text: 'target took my redcard', annotations: sense('brand'), brands: ['target'] },
      { count: 60, text: 'rain again' },
    ]
    {
      await using installation = await openInstallation({ data: folder, namespace: 'earshot', maxLogBytes: 1e9 })
      const said = groups.flatMap(({ count, ...known }) => Array.from({ length: count }, () => known))
      await installation.index.write(said.map((known, i) => wire(created(`file:${i}`, known))))
    }
    const profile = '{ id: target, name: Target, query: target, ambiguous: true, products: [Redcard, "!"] }'
    await writeFile(join(folder, 'earshot.yaml'), `connectors: []\nbrands: [${profile}]\n`)
    const ask = (...args: string[]) => runCli(folder, 'query', 'preview', 'target', '--data', folder, ...args)
    const { output } = await ask('--brand', 'target', '--json')
    const { missed, noise } = JSON.parse(output).suggestions
    const words = (list: readonly { readonly word: string }[]) => list.map(({ word }) => word).sort()
    expect([missed.mentions, words(missed.words)]).toEqual([15, ['coupon', 'till']])
    expect([noise.mentions, words(noise.words)]).toEqual([18, ['archery', 'sprints']])
    const shown = (await ask('--brand', 'target')).output
    expect(shown).toContain('may mark noise, where the name means something else or may (18 mentions)\n')
    expect(JSON.parse((await ask('--json')).output).suggestions).toBeNull()
    expect((await ask('--brand', 'bullseye')).output).toContain('No suggestions: earshot.yaml has no brand bullseye.\n')
  })
})

describe('query preview', () => {
  it('counts what each part finds and NOT removes, and tells the words that set them apart', async () => {
    const shown = JSON.parse(await preview(QUERY, '--json'))
    expect(shown).toMatchObject({
      mentions: 30,
      of: 100,
      alternatives: [
        { part: 'acme', mentions: 25, alone: 20 },
        { part: 'zest', mentions: 10, alone: 5 },
      ],
      notCounted: 0,
      wordsAreSampled: false,
      removed: {
        mentions: 15,
        share: 15 / 45,
        parts: [
          { part: 'jobs', mentions: 3 },
          { part: 'hiring', mentions: 15 },
        ],
      },
    })
    const words = (list: readonly { readonly word: string }[]) => list.map(({ word }) => word).sort()
    expect(words(shown.words)).toEqual(['soda', 'sugar', 'tastes'])
    expect(words(shown.removed.words)).toEqual(['apply', 'office'])
  })

  it('shows a sample spread over the time, with what matched', async () => {
    const { sample } = JSON.parse(await preview(QUERY, '--json', '--limit', '3'))
    expect(sample.map(({ id }: { readonly id: string }) => id)).toEqual(['file:9', 'file:19', 'file:29'])
    expect(sample[0].matches).toEqual([{ start: 0, end: 4 }])
  })

  it('has nothing to show of a span in which nothing matches', async () => {
    const { sample } = JSON.parse(await preview('sugar OR rain', '--json'))
    const ids = sample.map(({ id }: { readonly id: string }) => id)
    expect(ids).toEqual(['file:19', 'file:59', 'file:79', 'file:99'])
  })

  it('looks at the time asked for only', async () => {
    const until = new Date(NOON + 25 * HOUR).toISOString()
    const shown = JSON.parse(await preview(QUERY, '--json', '--until', until))
    expect([shown.mentions, shown.of]).toEqual([25, 25])
    expect(shown.words).toEqual([])
  })

  it('prints it for people, and warns when NOT removes much', async () => {
    const lines = (await preview(QUERY, '--limit', '1')).split('\n')
    expect(lines[0]).toBe('30 mentions match, 30.0 % of the 100 in this range')
    const rows = lines.map((line) => line.replace(/ +/g, ' '))
    expect(rows).toContain(' acme 25 20')
    expect(rows).toContain('NOT removes 15, 33.3 % of what the rest of the query finds')
    expect(rows).toContain(' apply 12 80.0 %, elsewhere 0.0 %')
    expect(lines.filter((line) => line.startsWith('warning: NOT removes more than a quarter'))).toHaveLength(1)
    expect((await preview('acme NOT jobs')).includes('warning')).toBe(false)
  })

  it('says so when nothing matches', async () => {
    expect(await preview('nowhere')).toBe('0 mentions match, 0.0 % of the 100 in this range\n')
  })

  it('refuses a query that cannot be read with its place', async () => {
    const { code, errors } = await runCli(data, 'query', 'preview', 'acme (', '--data', data)
    expect(code).toBe(2)
    expect(errors).toContain('never closed')
  })
})
