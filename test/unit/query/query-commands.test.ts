import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PipelineError } from '#infra/contracts/errors.ts'
import { queryCheck } from '../../../scripts/commands/query-check.ts'
import { queryExplain } from '../../../scripts/commands/query-explain.ts'
import { queryMatch } from '../../../scripts/commands/query-match.ts'
import { queryTest } from '../../../scripts/commands/query-test.ts'
import { openInstallation } from '../../../scripts/compose.ts'
import { created, wire } from '../../support/enriched-event.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earshot-query-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function queriesFile(...lines: string[]): Promise<string> {
  const path = join(folder, 'queries.ndjson')
  await writeFile(path, lines.join('\n'))
  return path
}

/** What a command wrote, and what it answered. */
async function run<T>(command: (output: PassThrough) => Promise<T>): Promise<{ shown: string; answer: T }> {
  const output = new PassThrough()
  const shown = text(output)
  const answer = await command(output)
  output.end()
  return { shown: await shown, answer }
}

const match = async (queries: string, ...chunks: (string | Buffer)[]) =>
  (await run((output) => queryMatch({ queries }, { input: Readable.from(chunks), output }))).shown

describe('query match', () => {
  it('answers each post in order, whatever pieces the input comes in', async () => {
    const queries = await queriesFile('{"id":"1","brand":"x","query":"é NOT b"}', '{"id":"2","query":"=Gap OR b"}', '')
    const input = Buffer.from(
      '{"id":"p","text":"É"}\n{"id":"q","text":"b Gap"}\r\n{"id":7}\n{"id":"\\ud800","text":"GAP"}',
    )
    const bytes = [...input].map((byte) => Buffer.of(byte))
    expect(await match(queries, ...bytes)).toBe(
      '{"id":"p","queries":["1"]}\n{"id":"q","queries":["2"]}\n{"id":7,"queries":[]}\n{"id":"\\ud800","queries":[]}\n',
    )
  })

  it('waits for a slow reader', async () => {
    const queries = await queriesFile('{"id":"1","query":"a"}')
    const posts = Array.from({ length: 20_000 }, (_, i) => `{"id":"${i}","text":"a"}\n`)
    const shown = await match(queries, ...posts)
    expect(shown.split('\n')).toHaveLength(20_001)
    expect(shown.endsWith('{"id":"19999","queries":["1"]}\n')).toBe(true)
  })

  it.each([
    [
      '{"id":"1","query":"a AND"}',
      /queries\.ndjson, line 1: query 1: expected a word after AND\n {2}a AND\n {4}\^\^\^/,
    ],
    ['{"id":"1","query":"a"}\n{"id":2,"query":"a"}', /line 2: expected "id" and "query", both text/],
    ['{"id":"1","query":"a"}\n{"id":"1","query":"b"}', /line 2: the id 1 stands twice/],
    ['{"id":', /line 1: not valid JSON/],
    ['[]', /line 1: expected a JSON object/],
  ])('names the line of a query that cannot be read: %s', async (line, message) => {
    const queries = await queriesFile(line)
    await expect(match(queries)).rejects.toThrow(message)
    await expect(match(queries)).rejects.toThrow(PipelineError)
  })

  it('names a file that is not there, and a broken line of the input', async () => {
    await expect(match(join(folder, 'none'))).rejects.toThrow(/cannot read .*none/)
    const queries = await queriesFile('{"id":"1","query":"a"}')
    await expect(match(queries, '{}\n{"secret"')).rejects.toThrow(/^stdin, line 2: not valid JSON/)
  })
})

describe('query check', () => {
  it.each([
    ['nike shoes', 0, '✓ the query can be read, and nothing about it is doubtful\n'],
    ['nike (', 2, 'error: this ( is never closed\n  nike (\n       ^\n'],
    ['a or b', 0, 'warning: read as a word: operators are written in capitals, OR\n  a or b\n    ^^\n'],
  ])('%s', async (query, code, expected) => {
    const { shown, answer } = await run((output) => queryCheck({ query }, { output }))
    expect(shown).toBe(expected)
    expect(answer).toBe(code)
  })

  it('refuses fields that a brand profile cannot ask for', async () => {
    const query = 'nike sentiment:negative'
    const { shown, answer } = await run((output) => queryCheck({ query, profile: true }, { output }))
    expect(shown).toMatch(/^error: sentiment: is not known yet.*expected one of platform: kind:/)
    expect(shown).toContain('\n  nike sentiment:negative\n       ^^^^^^^^^^^^^^^^^^\n')
    expect(answer).toBe(2)
    expect((await run((output) => queryCheck({ query }, { output }))).answer).toBe(0)
    const raw = 'nike has:media NOT (is:repost OR followers:<10)'
    expect((await run((output) => queryCheck({ query: raw, profile: true }, { output }))).answer).toBe(0)
  })

  it('as JSON', async () => {
    const { shown } = await run((output) => queryCheck({ query: 'a OR', json: true }, { output }))
    expect(JSON.parse(shown)).toEqual({
      ok: false,
      error: { message: 'expected a word after OR', place: { start: 2, end: 4 } },
      warnings: [],
    })
  })
})

describe('query explain', () => {
  it('marks what made the query true and shows how the text was read', async () => {
    const { shown } = await run((output) =>
      queryExplain({ query: 'nike NOT jobs', text: 'A \u001b Nike’s shop' }, { output }),
    )
    expect(shown).toBe('✓ match\ntext    A \\u{1b} [Nike]’s shop\ntokens  a|A nike|Nike shop\n')
  })

  it('names the parts that would have to be true', async () => {
    const { shown } = await run((output) =>
      queryExplain({ query: '(nike OR puma) "air max" NOT (jobs OR hiring)', text: 'Nike is hiring' }, { output }),
    )
    expect(shown).toBe(
      '✗ no match\ntext    Nike is hiring\nuntrue  "air max"\nuntrue  NOT (jobs OR hiring)\ntokens  nike|Nike is hiring\n',
    )
  })

  it('as JSON', async () => {
    const { shown } = await run((output) => queryExplain({ query: 'x', text: 'y', json: true }, { output }))
    expect(JSON.parse(shown)).toEqual({
      matches: false,
      highlights: [],
      trueFields: [],
      untrue: ['x'],
      tokens: 'y',
    })
  })

  it('names fields that are true and untrue, and says that a bare text has none', async () => {
    const query = '🔥 nike (lang:(de OR fr) OR NOT has:media)'
    const { shown } = await run((output) => queryExplain({ query, text: 'nike 🔥' }, { output }))
    expect(shown).toBe(
      '✓ match\ntext    [nike] [🔥]\ntrue    🔥\ntokens  nike\n' +
        'note    a bare text has no fields: to see them, name a mention of the index with --id\n',
    )
  })

  it('of a mention of the index shows its fields', async () => {
    const data = await temporaryFolder('explain')
    {
      await using installation = await openInstallation({ data, namespace: 'earshot', maxLogBytes: 1e9 })
      const mention = { lang: { declared: null, detected: 'fr', confidence: 1 }, kind: 'review' as const }
      await installation.index.write([wire(created('file:1', { text: 'nike', mention }))])
    }
    const explain = (id: string) =>
      run((output) => queryExplain({ query: 'nike lang:(de OR fr) kind:post', id, data }, { output }))
    expect((await explain('file:1')).shown).toBe(
      '✗ no match\ntext    nike\ntrue    lang:fr\nuntrue  kind:post\ntokens  nike\n',
    )
    await expect(explain('file:2')).rejects.toThrow(/no mention with the id file:2/)
  })

  it('wants a text or a mention, not both', async () => {
    await expect(run((output) => queryExplain({ query: 'x' }, { output }))).rejects.toThrow(/either a text or --id/)
  })

  it('refuses a query that cannot be read', async () => {
    await expect(run((output) => queryExplain({ query: 'x (', text: 'y' }, { output }))).rejects.toThrow(/never closed/)
  })
})

describe('query test', () => {
  const brands = `brands:
  - id: acme
    name: Acme
    query: acme NOT (jobs OR hiring)
    mustMatch: [Acme is great, Acme is hiring a clown]
    mustNotMatch: [acme jobs, I like Acme]
  - { id: zeta, name: Zeta, query: zeta, mustMatch: [Zeta!] }
`
  async function config(): Promise<string> {
    const path = join(folder, 'earshot.yaml')
    await writeFile(path, `connectors: []\n${brands}`)
    return path
  }

  it('names brand, example and the part that decided, and fails', async () => {
    const path = await config()
    const { shown, answer } = await run((output) => queryTest({ config: path }, { output }))
    expect(shown.split('\n')).toEqual([
      '✗ brand acme: must match, but does not: Acme is hiring a clown',
      '    untrue  NOT (jobs OR hiring)',
      '✗ brand acme: must not match, but does: I like [Acme]',
      '✓ brand zeta: 1 example as expected',
      '5 examples, 2 fail',
      '',
    ])
    expect(answer).toBe(1)
  })

  it('tests one brand, and tells machines the same', async () => {
    const path = await config()
    const one = await run((output) => queryTest({ config: path, brand: 'zeta' }, { output }))
    expect(one).toEqual({ shown: '✓ brand zeta: 1 example as expected\n1 example, none fails\n', answer: 0 })
    const all = await run((output) => queryTest({ config: path, json: true }, { output }))
    const { ok, failed, examples } = JSON.parse(all.shown)
    expect([ok, failed, examples.length]).toEqual([false, 2, 5])
    expect(examples[1]).toEqual({
      brand: 'acme',
      must: 'match',
      text: 'Acme is hiring a clown',
      holds: false,
      highlights: [],
      trueFields: [],
      untrue: ['NOT (jobs OR hiring)'],
    })
  })

  it('names the brands when there is none of that id', async () => {
    const path = await config()
    await expect(run((output) => queryTest({ config: path, brand: 'acmee' }, { output }))).rejects.toThrow(
      'has no brand "acmee": expected one of acme, zeta',
    )
  })
})
