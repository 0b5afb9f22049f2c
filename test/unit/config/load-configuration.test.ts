import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Configuration } from '#infra/config/configuration.ts'
import type { Environment } from '#infra/config/environment.ts'
import { loadConfiguration, parseConfiguration } from '#infra/config/load-configuration.ts'
import { PipelineError } from '#infra/contracts/errors.ts'

const parse = (text: string, environment: Environment = {}): Configuration =>
  parseConfiguration(text, { name: 'earshot.yaml', folder: '/home/mia', environment })

function problems(text: string, environment: Environment = {}): string[] {
  try {
    parse(text, environment)
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error
    expect(error.class).toBe('config')
    expect(error.code).toBe('CONFIG_INVALID')
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
  }
  throw new Error('the configuration was accepted')
}

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

const full = `
mode: embedded
brands:
  - { id: acme, name: Acme, query: 'acme NOT "acme cartoon"', handles: ['@acme'], domains: [ACME.example] }
connectors:
  - { id: export, type: file, path: mentions.ndjson }
  - { id: tool, type: file, path: /data/export.csv, columns: { id: tweet_id, author.handle: name } }
  - { id: news, type: feed, urls: [https://example.org/feed.xml], every: 15m, prefilter: false }
  - { id: hn, type: hackernews }
  - { id: sky, type: bluesky, lateness: 90s }
alerts:
  - { id: mood, brand: acme, on: sentiment-spike, deliver: [{ type: terminal }, { type: webhook, url: 'https://hooks.example/x', secret: '\${HOOK}' }] }
network: { allowPrivate: true }
retention: 30d
storage: { maxLogBytes: 500MB }
`

describe('loadConfiguration', () => {
  it('fills in every default and turns durations into milliseconds, sizes into bytes', () => {
    const configuration = parse(full, { HOOK: SECRET })
    const [exported, tool, news, hn, sky] = configuration.connectors
    expect(configuration.namespace).toBe('earshot')
    expect(configuration.retention).toBe(30 * 86_400_000)
    expect(configuration.storage).toEqual({ maxLogBytes: 500_000_000, minFreeBytes: 1_000_000_000 })
    expect(configuration.brands[0]).toMatchObject({ handles: ['acme'], domains: ['acme.example'], mustMatch: [] })
    expect(exported).toMatchObject({
      path: '/home/mia/mentions.ndjson',
      prefilter: true,
      format: null,
      timeZone: 'UTC',
    })
    expect(tool).toMatchObject({ path: '/data/export.csv', columns: { id: 'tweet_id', 'author.handle': 'name' } })
    expect(news).toMatchObject({ every: 900_000, prefilter: false })
    expect(hn).toMatchObject({ terms: ['Acme'], every: 60_000 })
    expect(sky).toMatchObject({ lateness: 90_000 })
    expect(configuration.alerts[0]).toMatchObject({ sensitivity: 'weekly' })
    expect(configuration.alerts[0]?.deliver[1]).toMatchObject({ secret: SECRET })
  })

  it.each(['index', 'archive', 'replay-1'])('keeps the name %s for the pipeline itself', (id) => {
    const text = `brands: [{ id: acme, name: Acme, query: acme }]\nconnectors: [{ id: ${id}, type: file, path: x.csv }]\n`
    expect(() => parse(text)).toThrow(/this one is taken/)
  })

  it('lists every problem at once, in the order of the file, with line, column, key and a proposal', () => {
    const text = `brnads: []
brands:
  - id: Acme Inc
    name: 42
    qury: acme
connectors:
  - { id: news, type: fed, urls: [] }
  - { id: web, type: feed, urls: [example.org/feed], every: 5 minutes, retries: 3 }
  - { id: tool, type: file, path: a.csv, columns: { autor.handle: name } }
  - { id: sky }
alerts:
  - { id: mood, brand: acmee, on: sentiment-spike, sensitivity: hourly }
network:
`
    expect(problems(text)).toEqual([
      '1:1  brnads: unknown key; did you mean brands?',
      '3:5  brands[0].query: missing; expected text',
      '3:9  brands[0].id: expected 1 to 64 lower-case letters, digits or "-", starting with a letter or digit',
      '4:11  brands[0].name: expected text, found a number: put it in quotes',
      '5:5  brands[0].qury: unknown key; did you mean query?',
      '7:23  connectors[0].type: expected file, feed, hackernews or bluesky; did you mean feed?',
      '8:35  connectors[1].urls[0]: expected an http or https address',
      '8:61  connectors[1].every: expected a duration such as 30s, 5m, 2h or 7d',
      '8:72  connectors[1].retries: unknown key; known here: id, type, urls, every, lateness, prefilter',
      '9:53  connectors[2].columns.autor.handle: unknown key; did you mean author.handle?',
      '10:5  connectors[3].type: missing; expected file, feed, hackernews or bluesky',
      '12:24  alerts[0].brand: no brand has this id (known: Acme Inc)',
      '12:65  alerts[0].sensitivity: expected daily, weekly or monthly',
      '13:9  network: expected keys with values, found nothing',
    ])
  })

  it('says where a line breaks the rules of YAML, and nothing it only guesses', () => {
    const found = problems('brands:\n  - { id: acme, name: Acme\nconnectors: [}\n')
    expect(found.length).toBeGreaterThan(0)
    expect(found.every((line) => /^\d+:\d+ {2}/.test(line) && !line.includes('brands['))).toBe(true)
  })

  it('reports a key that stands twice together with the other problems', () => {
    expect(problems('namespace: a\nnamespace: b\nmodus: x\n')).toEqual([
      expect.stringMatching(/^2:1 {2}.*unique/),
      '3:1  modus: unknown key; did you mean mode?',
    ])
  })

  it('refuses ids that repeat', () => {
    const connector = '{ id: a, type: hackernews, prefilter: false }'
    expect(problems(`connectors:\n  - ${connector}\n  - ${connector}\n`)).toEqual([
      '3:11  connectors[1].id: another entry of this list has the same id',
    ])
  })

  it('refuses a connector that would keep nothing', () => {
    expect(problems('connectors: [{ id: hn, type: hackernews }]')).toEqual([
      '1:14  connectors[0]: keeps nothing, because no brand is configured: add a brand, or prefilter: false',
    ])
  })

  it('wants to know where the servers of distributed mode are, and only then', () => {
    expect(problems('mode: distributed\nkafka: { brokers: [localhost:9092] }')).toEqual([
      '1:7  mode: distributed wants a part "elasticsearch:" that says where it is',
      '1:7  mode: distributed wants a part "s3:" that says where it is',
    ])
    expect(problems('s3: { bucket: archive }')).toEqual(['1:1  s3: is used with mode: distributed only'])
  })

  it('keeps secrets of servers out of the file', () => {
    const text = `mode: distributed
kafka: { brokers: [localhost:9092], sasl: { mechanism: plain, username: u, password: open } }
elasticsearch: { url: 'http://u:open@localhost:9200', auth: { type: api-key, key: open } }
s3: { bucket: archive, credentials: { accessKeyId: a, secretAccessKey: '\${X}-open' } }`
    expect(problems(text, { X: 'x' })).toEqual([
      expect.stringMatching(/^2:\d+ {2}kafka.sasl.password: a secret does not belong in this file/),
      '3:23  elasticsearch.url: name and password do not belong in an address: write them under elasticsearch',
      expect.stringMatching(/^3:\d+ {2}elasticsearch.auth.key: a secret does not belong in this file/),
      expect.stringMatching(/^4:\d+ {2}s3.credentials.secretAccessKey: a secret does not belong in this file/),
    ])
  })

  it('keeps the login of a schema registry out of the file and its address', () => {
    const text = `mode: distributed
kafka: { brokers: [localhost:9092], registry: { url: 'http://u:open@localhost', auth: { type: basic, username: u, password: open } } }
elasticsearch: { url: 'http://localhost:9200' }
s3: { bucket: archive }`
    expect(problems(text)).toEqual([
      '2:54  kafka.registry.url: name and password do not belong in an address: write them under kafka.registry',
      expect.stringMatching(/^2:\d+ {2}kafka.registry.auth.password: a secret does not belong in this file/),
    ])
  })

  it('fills in what the parts of distributed mode leave out', () => {
    const text = `mode: distributed
kafka: { brokers: ['localhost:9092'], ca: ca.pem, tls: true, registry: { url: 'http://localhost:8080', ca: ca.pem } }
elasticsearch: { url: 'http://localhost:9200' }
s3: { endpoint: 'http://localhost:9000', bucket: archive, credentials: { accessKeyId: a, secretAccessKey: '\${X}' } }`
    expect(parse(text, { X: 'x' })).toMatchObject({
      kafka: {
        ca: '/home/mia/ca.pem',
        partitions: 6,
        retention: 7 * 86_400_000,
        maxMessageBytes: 1_000_000,
        sasl: null,
        registry: { url: 'http://localhost:8080', auth: null, ca: '/home/mia/ca.pem' },
      },
      elasticsearch: { auth: null, ca: null },
      s3: { region: 'us-east-1', pathStyle: true, credentials: { accessKeyId: 'a', secretAccessKey: 'x' } },
    })
    expect(parse(text.replace("endpoint: 'http://localhost:9000', ", ''), { X: 'x' }).s3?.pathStyle).toBe(false)
  })

  it('refuses an empty file and says what writes one', () => {
    expect(problems('# nothing yet\n')).toEqual([
      '1:1  the file holds nothing; "earshot init NAME" writes a first configuration',
    ])
  })

  it('keeps terminal escape codes out of its message', () => {
    expect(problems('"\\e[2Jm\\u202eode": x')[0]).toContain('\\u{1b}[2Jm\\u{202e}ode')
  })

  it.each([
    ['retention: 2h', 'expected one day or more'],
    ['storage: { maxLogBytes: 4000000000 }', 'expected a size such as 500MB or 4GB, found a number'],
    ['connectors: [{ id: f, type: file, path: a, timeZone: Mars/Olympus, prefilter: false }]', 'expected a time zone'],
    ['connectors: [{ id: f, type: feed, urls: ["https://a.example"], every: 1s, prefilter: false }]', 'be polite'],
    ['connectors: [{ id: f, type: feed, urls: ["file:///etc/passwd"], prefilter: false }]', 'http or https'],
    ['connectors: [{ id: s, type: bluesky, urls: ["https://a.example"], prefilter: false }]', 'ws or wss'],
    ['brands: [{ id: a, name: A, query: a, domains: ["https://acme.example/x"] }]', 'expected a host'],
    ['brands: [{ id: a, name: " ", query: a }]', 'expected at least one character'],
    ['just a sentence', 'expected keys with values, found text'],
    ['a: *nowhere', 'alias'],
  ])('refuses %s', (text, message) => {
    const found = problems(text)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(message)
  })
})

describe('a query that cannot be read', () => {
  const brand = (query: string): string => `brands:\n  - id: a\n    name: A\n    query: ${query}\n`

  it.each([
    ['plain', 'acme OR (b', '4:20'],
    ['in single quotes', "'acme''s cola OR (b'", '4:29'],
    ['in double quotes', '"acme \\"cola\\" OR (b"', '4:30'],
    ['as a block', '|\n      acme\n      OR (b', '6:10'],
    ['as a folded block', '>-\n      acme\n      OR (b', '6:10'],
    ['over two lines', 'acme\n      OR (b', '5:10'],
    ['from a variable', '${Q}', '4:12'],
  ])('is shown at its character when it is written %s', (_how, query, place) => {
    const found = problems(brand(query), { Q: 'acme OR (b' })
    expect(found).toEqual([expect.stringMatching(new RegExp(`^${place}  brands\\[0\\]\\.query: .*never closed`))])
  })

  it.each(['"air max" OR nike', '@acme', '*nike', 'nike: x'])('is a hint to quote it when YAML refuses %s', (query) => {
    expect(problems(brand(query))).toEqual([expect.stringMatching(/^4:\d+ .*put the whole query in single quotes/)])
  })

  it('is not cut off in silence by a "#"', () => {
    expect(problems(brand('acme #tag'))).toEqual([
      expect.stringMatching(/^4:12 {2}brands\[0\]\.query: ends before "#".*single quotes/),
    ])
    expect(parse(brand('acme # our brand')).brands[0]).toMatchObject({ query: 'acme' })
  })

  it('is reported with all other problems', () => {
    expect(problems(`${brand('NOT')}modus: x\n`)).toEqual([
      expect.stringContaining('brands[0].query: '),
      '5:1  modus: unknown key; did you mean mode?',
    ])
  })
})

describe('secrets', () => {
  const alert = (secret: string): string => `
brands: [{ id: acme, name: Acme, query: acme }]
alerts: [{ id: m, brand: acme, on: sentiment-spike, deliver: [{ type: webhook, url: 'https://h.example', secret: ${secret} }] }]
`

  it('refuses one that stands in the file', () => {
    expect(problems(alert(SECRET))).toEqual([expect.stringContaining('a secret does not belong in this file')])
  })

  it('names the variable that is not set, and only that', () => {
    expect(problems(alert("'${HOOK_SECRET}'"))).toEqual([
      '3:114  alerts[0].deliver[0].secret: the environment variable HOOK_SECRET is not set',
    ])
  })

  it('never repeats the value of a variable', () => {
    const found = problems(alert("'${HOOK_SECRET}'"), { HOOK_SECRET: 'hunter2-hunter2' })
    expect(found).toEqual([expect.stringContaining('expected whsec_ and the base64 form of 24 to 64 bytes')])
    expect(found.join()).not.toContain('hunter2')
  })

  it('replaces a variable inside any text, and leaves $${ alone', () => {
    const text = 'brands: [{ id: a, name: "${WHO}", query: a, words: ["cost $${5}"] }]'
    expect(parse(text, { WHO: 'Acme' }).brands[0]).toMatchObject({ name: 'Acme', words: ['cost ${5}'] })
  })
})

describe('the file itself', () => {
  it('resolves relative paths from its own folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-config-'))
    await writeFile(
      join(folder, 'earshot.yaml'),
      'connectors: [{ id: f, type: file, path: in/a.csv, prefilter: false }]',
    )
    const { connectors } = await loadConfiguration(join(folder, 'earshot.yaml'))
    expect(connectors[0]).toMatchObject({ path: join(folder, 'in', 'a.csv') })
  })

  it('says what to do when it is missing or not text', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-config-'))
    await expect(loadConfiguration(join(folder, 'none.yaml'))).rejects.toThrow(/no such file.*earshot init NAME/)
    await writeFile(join(folder, 'latin.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]))
    await expect(loadConfiguration(join(folder, 'latin.yaml'))).rejects.toThrow(/not UTF-8/)
    await expect(loadConfiguration(folder)).rejects.toThrow(/EISDIR/)
  })
})
