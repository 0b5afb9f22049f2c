import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { initConfiguration } from '#infra/config/init-configuration.ts'
import { InvalidConfiguration } from '#infra/config/invalid-configuration.ts'
import { parseConfiguration } from '#infra/config/load-configuration.ts'

const text = initConfiguration('Acme Cola').replace(/^( *)# (- id|- type| {2}\w+:)/gm, '$1$2')
const environment = { X: 'x', EARSHOT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}` }

/** The text with some places changed, as a slip of the hand or a broken editor would. */
const damaged = fc
  .array(
    fc.record({
      at: fc.nat(text.length),
      cut: fc.integer({ min: 0, max: 12 }),
      put: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 6 }),
        fc.constantFrom(
          '\n',
          '  ',
          ': ',
          '- ',
          '"',
          "'",
          '#',
          '[',
          '}',
          '&a',
          '*a',
          '${X}',
          '!!binary ',
          '<<: ',
          '\t',
          '? ',
          '---\n',
          '%',
        ),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((edits) => edits.reduce((whole, { at, cut, put }) => whole.slice(0, at) + put + whole.slice(at + cut), text))

const parse = (yaml: string) => parseConfiguration(yaml, { name: 'earshot.yaml', folder: '/', environment })

describe('a damaged configuration', () => {
  it('is read, or refused with places that are in the text; nothing else happens', () => {
    fc.assert(
      fc.property(damaged, (yaml) => {
        try {
          parse(yaml)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidConfiguration)
          const { problems } = error as InvalidConfiguration
          expect(problems.length).toBeGreaterThan(0)
          for (const { line, column, message } of problems) {
            expect(line).toBeGreaterThanOrEqual(1)
            expect(line).toBeLessThanOrEqual(yaml.split('\n').length + 1)
            expect(column).toBeGreaterThanOrEqual(1)
            expect(message).not.toMatch(/\p{Cc}|undefined|\[object/u)
          }
        }
      }),
      { numRuns: 400 },
    )
  })

  it('is refused when it is any other value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), (json) => {
        try {
          parse(json)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidConfiguration)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('starts from a valid one with every kind of connector and target', () => {
    const { connectors, alerts } = parse(text)
    expect(connectors).toHaveLength(4)
    expect(alerts[0]?.deliver).toHaveLength(2)
  })
})
