import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { check } from '#scripts/commands/check.ts'
import { init } from '#scripts/commands/init.ts'
import { testIo } from '#test/support/command-io.ts'
import { LoopbackServer, respond } from '#test/support/loopback-server.ts'

let folder: string
let config: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earshot-check-'))
  config = join(folder, 'earshot.yaml')
  return () => rm(folder, { recursive: true, force: true })
})

async function checked(yaml: string, options: { online?: boolean } = {}) {
  await writeFile(config, yaml)
  const io = testIo()
  const code = await check({ config, ...options }, io)
  return { code, lines: io.printed().trimEnd().split('\n') }
}

async function checkedJson(yaml: string, options: { online?: boolean } = {}) {
  await writeFile(config, yaml)
  const io = testIo()
  const code = await check({ config, ...options, json: true }, io)
  return { code, answer: JSON.parse(io.printed()) as Record<string, unknown> }
}

describe('earshot init', () => {
  it.each(['Acme', 'Blue Bottle', "L'Oréal", 'H&M', 'Marks & Spencer', '7-Eleven', '東京ガス', 'Yahoo!', 'AND'])(
    'writes a configuration for %j whose examples hold',
    async (name) => {
      const io = testIo()
      expect(await init({ name, config }, io)).toBe(0)
      expect(io.printed()).toContain(`wrote ${config}`)
      const found = testIo()
      expect(await check({ config }, found), found.printed()).toBe(0)
      expect(found.printed()).toContain('2 examples as expected')
    },
  )

  it('never writes over a file, unless it is told to', async () => {
    await writeFile(config, 'namespace: mine')
    await expect(init({ name: 'Acme', config }, testIo())).rejects.toMatchObject({
      class: 'config',
      code: 'CONFIG_NOT_WRITTEN',
    })
    expect(await readFile(config, 'utf8')).toBe('namespace: mine')
    expect(await init({ name: 'Acme', config, force: true }, testIo())).toBe(0)
    expect(await readFile(config, 'utf8')).toContain('id: acme')
  })

  it('says when it cannot write there', async () => {
    const nowhere = join(folder, 'none', 'earshot.yaml')
    await expect(init({ name: 'Acme', config: nowhere }, testIo())).rejects.toThrow(/cannot be written \(ENOENT\)/)
  })
})

describe('earshot check', () => {
  const brand = (examples: string): string =>
    `brands: [{ id: acme, name: Acme, query: 'acme NOT jobs', ${examples} }]\n`

  it('tries every example of every brand', async () => {
    const { code, lines } = await checked(
      brand(`mustMatch: ['I like Acme', 'Jobs at Acme'], mustNotMatch: ['some ACME thing', 'nothing here']`),
    )
    expect(code).toBe(1)
    expect(lines).toEqual([
      `✓ ${config}: 1 brand, 0 connectors, 0 alerts`,
      '✗ brand acme: must match, but does not: Jobs at Acme',
      '✗ brand acme: must not match, but does: some ACME thing',
    ])
  })

  it('is content when all hold, and says where there are none', async () => {
    const held = await checked(brand(`mustMatch: ['Acme'], mustNotMatch: ['Acme jobs']`))
    expect(held).toEqual({ code: 0, lines: [expect.any(String), '✓ brand acme: 2 examples as expected'] })
    const none = await checked(brand('words: []'))
    expect(none.code).toBe(0)
    expect(none.lines[1]).toContain('no examples')
  })

  it('asks for the words that tell an ambiguous name from the word', async () => {
    const asks = expect.stringContaining('ten words and ten notWords')
    expect((await checked(brand('ambiguous: true'))).lines).toContainEqual(asks)
    expect((await checked(brand('ambiguous: true, words: [till]'))).lines).toContainEqual(asks)
    const told = await checked(brand('ambiguous: true, words: [till], notWords: [boat]'))
    expect(told.code).toBe(0)
    expect(told.lines).not.toContainEqual(asks)
    expect((await checked(brand('words: []'))).lines).not.toContainEqual(asks)
  })

  it('tells what is doubtful about a query, and lets it pass', async () => {
    const { code, lines } = await checked(
      `brands: [{ id: acme, name: Acme, query: 'acme NOT acme', mustNotMatch: [acme] }]`,
    )
    expect(code).toBe(0)
    expect(lines[1]).toMatch(/^! brand acme: this can never match/)
    expect(lines.slice(2, 4)).toEqual(['  acme NOT acme', '           ^^^^'])
  })

  it('throws what the configuration is refused for, or prints it for machines', async () => {
    await writeFile(config, 'modus: x')
    await expect(check({ config }, testIo())).rejects.toThrow(/1:1 {2}modus: unknown key; did you mean mode\?/)
    const { code, answer } = await checkedJson('brands: []\nmodus: x')
    expect(code).toBe(2)
    expect(answer).toMatchObject({
      ok: false,
      problems: [{ line: 2, column: 1, key: 'modus', message: 'unknown key; did you mean mode?' }],
    })
  })

  it('looks at files without a network, and asks other sources only when told to', async () => {
    await using server = await LoopbackServer.start((_request, response) => respond(response, 404))
    const sources = `network: { allowPrivate: true }
connectors:
  - { id: rows, type: file, path: gone.ndjson, prefilter: false }
  - { id: news, type: feed, urls: ['${server.url}/feed.xml'], prefilter: false }
`
    const offline = await checked(sources)
    expect(offline.code).toBe(1)
    expect(offline.lines[1]).toMatch(/^✗ connector rows: .*gone\.ndjson/)
    expect(offline.lines[2]).toContain('1 more of the connectors need a network')
    expect(server.requests).toEqual([])

    const online = await checkedJson(sources, { online: true })
    expect(online.code).toBe(1)
    expect(online.answer).toMatchObject({
      ok: false,
      sources: [
        { connector: 'rows', problem: expect.stringContaining('gone.ndjson') },
        { connector: 'news', problem: expect.stringContaining('404') },
      ],
    })
  })

  it('is content with sources that answer', async () => {
    const feed =
      '<rss version="2.0"><channel><title>News</title><item><guid>1</guid><title>One</title></item></channel></rss>'
    await using server = await LoopbackServer.start((_request, response) =>
      respond(response, 200, { 'content-type': 'application/rss+xml' }, feed),
    )
    await writeFile(join(folder, 'rows.ndjson'), '{"id":"1","text":"one","publishedAt":"2026-01-05T10:00:00Z"}\n')
    const { code, lines } = await checked(
      `network: { allowPrivate: true }
connectors:
  - { id: rows, type: file, path: rows.ndjson, prefilter: false }
  - { id: news, type: feed, urls: ['${server.url}/feed.xml'], prefilter: false }
`,
      { online: true },
    )
    expect(lines.slice(1)).toEqual(['✓ connector rows: answers', '✓ connector news: answers'])
    expect(code).toBe(0)
  })

  it('ends at once when it is interrupted', async () => {
    const interrupt = new AbortController()
    await using server = await LoopbackServer.start(() => interrupt.abort())
    await writeFile(
      config,
      `network: { allowPrivate: true }\nconnectors: [{ id: news, type: feed, urls: ['${server.url}'], prefilter: false }]\n`,
    )
    expect(await check({ config, online: true }, testIo('', interrupt.signal))).toBe(130)
  })
})
