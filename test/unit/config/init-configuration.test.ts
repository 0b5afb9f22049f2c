import { describe, expect, it } from 'vitest'
import { initConfiguration } from '#infra/config/init-configuration.ts'
import { parseConfiguration } from '#infra/config/load-configuration.ts'

const load = (name: string) =>
  parseConfiguration(initConfiguration(name), { name: 'init', folder: '/', environment: {} })

describe('initConfiguration', () => {
  it.each([
    ['Nike', 'nike', 'nike'],
    ['Acme Cola', 'acme-cola', '"Acme Cola"'],
    ["L'Oréal", 'l-oreal', `"L'Oréal"`],
    ['Toys "R" Us', 'toys-r-us', '"Toys R Us"'],
    ['C&A', 'c-a', '"C&A"'],
    ['not', 'not', '"not"'],
    ['東京ガス', 'brand', '東京ガス'],
    ['Two\nLines: [x] # y', 'two-lines-x-y', '"Two Lines: [x] # y"'],
  ])('makes a valid configuration for %j', (name, id, query) => {
    const { brands, connectors, alerts } = load(name)
    expect(brands).toHaveLength(1)
    expect(brands[0]).toMatchObject({ id, query, name: name.replace('\n', ' ') })
    expect(connectors.map(({ type }) => type)).toEqual(['bluesky', 'hackernews'])
    expect(alerts[0]).toMatchObject({ brand: id, deliver: [{ type: 'terminal' }] })
  })

  it.each(['', '   ', '🙂', '"', 'x'.repeat(101)])('refuses the name %j', (name) => {
    expect(() => initConfiguration(name)).toThrow(/a brand name needs a letter or a digit/)
  })

  it('shows comments whose example keys are valid too', () => {
    const shown = initConfiguration('Acme').replace(/^( *)# (- id|- type| {2}\w+:|products|rivals|notWords)/gm, '$1$2')
    const environment = { EARSHOT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}` }
    const configuration = parseConfiguration(shown, { name: 'init', folder: '/', environment })
    expect(configuration.connectors.map(({ type }) => type)).toEqual(['bluesky', 'hackernews', 'feed', 'file'])
    expect(configuration.alerts[0]?.deliver).toHaveLength(2)
  })
})
