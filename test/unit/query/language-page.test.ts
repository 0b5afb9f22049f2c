import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Facts } from '#query/facts.ts'
import { type Field, fields } from '#query/fields.ts'
import { createMatcher } from '#query/match.ts'
import { parseQuery } from '#query/parse.ts'
import { parseProfileQuery } from '#query/profile-query.ts'
import { tokenize } from '#query/tokenize.ts'
import { randomFrom } from '../../../scripts/bench/lifelike-events.ts'
import { derive, readGrammar } from '../../support/ebnf.ts'

const page = readFileSync(new URL('../../../docs/query-language.md', import.meta.url), 'utf8')

const matches = (query: string, text: string): boolean =>
  createMatcher(parseQuery(query))(tokenize(text), Facts.ofText(text))

const codeIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!)

/** The part under a heading. */
const section = (heading: string): string => page.split(/^## /m).find((part) => part.startsWith(heading))!

describe('the page about the query language', () => {
  const blocks = [...page.matchAll(/^```query\n([\s\S]*?)^```$/gm)].map(([, block]) => block!)
  const examples = blocks.flatMap((block) => {
    const [query, ...texts] = block.trim().split('\n')
    return texts.map((line): [string, string, string] => [query!, line[0]!, line.slice(2)])
  })

  it('has examples', () => {
    expect(blocks.length).toBeGreaterThan(4)
    expect(examples.filter(([, sign]) => sign === '✓').length).toBeGreaterThan(6)
    expect(examples.filter(([, sign]) => sign === '✗').length).toBeGreaterThan(6)
  })

  it.each(examples)('says right: %s %s %s', (query, sign, text) => {
    expect(['✓', '✗']).toContain(sign)
    expect(matches(query, text)).toBe(sign === '✓')
  })

  const written = [
    ...section('Words')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => codeIn(line.split(' | ')[0]!)),
    ...[...page.matchAll(/^ {4}(\S.*)$/gm)].map(([, query]) => query!),
    ...Object.values(fields).flatMap((field) => field.examples),
  ]

  it('has queries beside its examples', () => {
    expect(written.length).toBeGreaterThan(30)
  })

  it.each(written)('shows a query that can be read: %s', (query) => {
    parseQuery(query)
  })

  it('lists the fields that there are, as they are', () => {
    const row = ([name, field]: [string, Field]): string =>
      `| \`${name}:\` | ${field.means}${choicesOf(field)} | ${field.examples.map((query) => `\`${query}\``).join(' · ')} |`
    const rows = (raw: boolean) =>
      Object.entries(fields as Record<string, Field>).filter(([, field]) => field.raw === raw)
    const head = (title: string) => [`| ${title} | What it asks | Examples |`, '| --- | --- | --- |']
    const tables = [
      [...head('From the start'), ...rows(true).map(row)].join('\n'),
      [...head('Found out later'), ...rows(false).map(row)].join('\n'),
    ].join('\n\n')
    expect(section('Fields')).toContain(tables)
  })

  it.each(Object.entries(fields as Record<string, Field>))('is right about who may ask for %s:', (name, field) => {
    for (const query of field.examples) {
      if (field.raw) parseProfileQuery(query)
      else expect(() => parseProfileQuery(query)).toThrow(`${name}: is not known yet`)
    }
  })

  it('has a grammar, and all that it allows can be read', () => {
    const grammar = readGrammar(/^```ebnf\n([\s\S]*?)^```$/m.exec(page)![1]!)
    const keys = (types: readonly Field['type'][]) =>
      Object.entries(fields as Record<string, Field>).flatMap(([name, { type }]) =>
        types.includes(type) ? [name] : [],
      )
    const samples = {
      WORD: ['nike', 'Nestlé', 'приве́т', 'don’t', 'AT&T', 'and'],
      NAME: ['nike', 'Just_Do_It', '7'],
      EMOJI: ['🔥', '❤️', '👍🏽🇩🇪'],
      KEY: ['platform', 'AUTHOR', 'entity', 'brand'],
      PLAIN: ['nike', '@x', '東京', '7', 'near'],
      NUMBER_KEY: keys(['number']),
      DAY_KEY: keys(['date']),
      HOST: ['nike.com', 'com', 'bücher-laden.example'],
      DATE: ['2026-11-01', '2024-02-29'],
      TIME: ['00:00', '23:59'],
      DIGITS: ['3'],
      NUMBER: ['3.5'],
    }
    const blanks = [' ', ' ', '\n', ' /* a note */ ', '\t']
    const rulesUsed = new Set<string>()
    for (let seed = 1; seed <= 3_000; seed++) {
      const query = derive({ grammar, samples, blanks, random: randomFrom(seed) }, 'query')
      expect(() => parseQuery(query), query).not.toThrow()
      if (/NEAR/.test(query)) rulesUsed.add('near')
      if (/:\(/.test(query)) rulesUsed.add('values')
    }
    expect([...rulesUsed].sort()).toEqual(['near', 'values'])
  })
})

function choicesOf(field: Field): string {
  return field.type === 'choice' ? `: ${field.choices.map((choice) => `\`${choice}\``).join(' ')}` : ''
}
