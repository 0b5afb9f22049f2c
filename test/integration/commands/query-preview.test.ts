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
