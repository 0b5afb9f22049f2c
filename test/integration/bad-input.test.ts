import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type BooksSnapshot, type StageCounts, sum } from '#infra/runtime/books.ts'
import { decode, encode } from '#schemas/codec.ts'
import type { Annotations, DeadLetter, Mention, MentionEvent } from '#schemas/generated.ts'
import { newMention } from '#schemas/mention.ts'
import { mentionId } from '#schemas/mention-id.ts'
import { Header, Topic, topicName } from '#schemas/topics.ts'
import { openForReading, openInstallation } from '#scripts/compose.ts'
import * as hostile from '#test/support/hostile-input.ts'
import { LoopbackServer } from '#test/support/loopback-server.ts'
import { type CliEnd, runCli } from '#test/support/run-cli.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const RAW = topicName('earshot', Topic.Raw)
const ENRICHED = topicName('earshot', Topic.Enriched)
const TIMEOUT = { timeout: 60_000 }

type RunBooks = BooksSnapshot & { readonly accepted: number; readonly waiting: StageCounts }

interface FoundMention {
  readonly id: string
  readonly mention: Mention
  readonly annotations: Annotations
}

interface Letter extends DeadLetter {
  readonly id: number
}

let folder: string
let startedAt: number
let first: CliEnd
let letters: Letter[]
let found: FoundMention[]

/** One run reads everything; each test looks at a part of what became of it. */
beforeAll(async () => {
  folder = await temporaryFolder('bad-input')
  await using server = await LoopbackServer.start(hostile.answerFeed)
  await writeFile(join(folder, 'posts.ndjson'), hostile.postFile())
  await writeFile(join(folder, 'table.csv'), hostile.TABLE)
  await writeFile(join(folder, 'bomb.ndjson.gz'), hostile.bombFile())
  const connectors = [
    ...['posts.ndjson', 'table.csv', 'bomb.ndjson.gz'].map((path) => ({ id: path.split('.')[0], type: 'file', path })),
    ...Object.keys(hostile.feeds).map((name) => ({
      id: `feed-${name}`,
      type: 'feed',
      urls: [`${server.url}/${name}`],
    })),
  ]
  const configuration = {
    brands: [{ id: 'acme', name: 'Acme', query: 'acme' }],
    connectors: connectors.map((connector) => ({ ...connector, prefilter: false })),
    network: { allowPrivate: true },
  }
  await writeFile(join(folder, 'earshot.yaml'), JSON.stringify(configuration))
  startedAt = Date.now()
  first = await runCli(folder, 'run', '--until-idle', '--json')
  letters = await readLetters()
  found = await search()
}, 60_000)

async function search(): Promise<FoundMention[]> {
  const { code, output } = await runCli(folder, 'search', '', '--limit', '1000', '--json')
  expect(code).toBe(0)
  return rows(output)
}

const rows = <T>(output: string): T[] => output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))

async function readLetters(): Promise<Letter[]> {
  await using installation = await openForReading(join(folder, '.earshot'))
  const records = await installation.log.read(installation.topics.dead, 0, 0, 1_000)
  return records.map(({ offset, value }) => {
    const decoded = decode(value)
    if (decoded.name !== 'DeadLetter') throw new Error(decoded.name)
    return { ...decoded.value, id: offset }
  })
}

function booksOf(end: CliEnd): RunBooks {
  expect(end).toMatchObject({ code: 0, errors: expect.not.stringContaining('a bug in Earshot') })
  const books = JSON.parse(end.output) as RunBooks
  expect(books.waiting).toEqual({ enrich: 0, index: 0 })
  for (const [id, { read, ignored, unmatched, dead, accepted }] of Object.entries(books.connectors)) {
    expect([id, sum(ignored) + unmatched + sum(dead) + accepted]).toEqual([id, read])
  }
  return books
}

const mentionOf = (id: string): Mention => {
  const hit = found.find((one) => one.id === id)
  if (hit === undefined) throw new Error(`${id} was not found among ${found.map((one) => one.id)}`)
  return hit.mention
}

/** What a person's terminal must never get from a post. */
const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/

describe('what sources get wrong', () => {
  it('is read, left out or buried, and the books balance', () => {
    const books = booksOf(first)
    const posts = hostile.postLines.filter(([, fate]) => 'id' in fate).length
    expect(books.connectors.posts).toMatchObject({ read: hostile.postLines.length, accepted: posts })
    expect(books.connectors.table).toMatchObject({ read: hostile.tableRows.length, accepted: 2 })
    expect(books.connectors['feed-hostile']).toMatchObject({ read: 6, accepted: 4, ignored: { duplicate: 1 } })
    expect(books).toMatchObject({ enrich: { dead: {} }, index: { new: found.length, replaced: 1, dead: {} } })
  })

  it.each([
    ['posts', hostile.postLines, hostile.LONG_ID],
    ['table', hostile.tableRows, ''],
  ] as const)(
    'is buried with its bytes and a reason when it is a line of %s that cannot be read',
    (stage, lines, long) => {
      const wanted = lines.flatMap(([bytes, fate]) =>
        'code' in fate ? [[fate.code, Buffer.from(bytes as string)]] : [],
      )
      const buried = letters.filter((letter) => letter.stage === stage)
      expect(buried.map(({ code, bytes }) => [code, Buffer.from(bytes)])).toEqual(wanted)
      expect(buried.filter(({ message }) => !/^line \d+: \w/.test(message))).toEqual([])
      const ids = lines.flatMap(([, fate]) => ('id' in fate ? [fate.id] : []))
      for (const id of ids) expect(mentionOf(id === 'long' ? mentionId('file', long) : id)).toBeDefined()
    },
  )

  it('keeps a post of 1 MB whole, and of a line of 64 MB the beginning', () => {
    expect(mentionOf('file:megabyte').text).toBe(hostile.MEGABYTE)
    const [bomb] = letters.filter(({ stage }) => stage === 'bomb')
    expect(bomb).toMatchObject({ code: 'LINE_TOO_LONG', message: expect.stringContaining('8 MB') })
    expect(bomb?.bytes.length).toBe(65_536)
  })

  it('dates the year 30000 by when it was seen, and says that this is a guess', () => {
    const far = [
      mentionOf('file:far'),
      ...found.map(({ mention }) => mention).filter(({ title }) => title === 'acme far'),
    ]
    expect(far).toHaveLength(2)
    for (const { publishedAt, publishedAtEstimated } of far) {
      expect(publishedAtEstimated).toBe(true)
      expect(publishedAt).toBeGreaterThanOrEqual(startedAt)
      expect(publishedAt).toBeLessThan(Date.now() + 2 * 3_600_000)
    }
  })

  it('keeps ids short, one mention an id, and its last text', () => {
    expect(found.filter(({ id }) => Buffer.byteLength(id) > 400)).toEqual([])
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
    expect(mentionOf('file:twice').text).toBe('acme twice')
    expect(found.filter(({ mention }) => mention.title === 'acme long')).toHaveLength(1)
    expect(found.filter(({ mention }) => mention.title === 'acme same')).toHaveLength(1)
  })

  it('keeps texts as they were written, and shows nothing of them that a terminal would obey', TIMEOUT, async () => {
    expect(mentionOf('file:script').text).toBe(hostile.SCRIPT)
    expect(mentionOf('file:escapes').text).toBe(hostile.ESCAPES)
    expect(mentionOf('file:invisible').text).toBe(hostile.INVISIBLE)
    const outputs = [
      await runCli(folder, 'search', '', '--limit', '1000'),
      await runCli(folder, 'report'),
      await runCli(folder, 'dead-letters'),
      await runCli(folder, 'status'),
    ]
    for (const { code, output, errors } of outputs) {
      expect([code, errors]).toEqual([0, ''])
      expect(output).not.toMatch(HARMFUL)
      expect(Math.max(...output.split('\n').map((line) => line.length))).toBeLessThan(2_000)
    }
    expect(outputs[0]?.output).toContain('\\u{1b}[31mred')
    const hidden = found.find(({ id }) => id === 'file:invisible')
    expect(hidden?.annotations.brands).toEqual(['acme'])
  })

  it.each(Object.entries(hostile.feeds))('is told of the feed "%s", or its items are read', (name, { code }) => {
    const told = rows<{ connector?: string; code?: string; problem?: string; msg: string }>(
      first.errors.replace(/^[^{].*$/gm, ''),
    ).filter(({ connector, msg }) => connector === `feed-${name}` && msg === 'feed could not be read')
    const items = found.filter(({ id }) => id.startsWith('feed:')).length
    expect(items).toBeGreaterThan(4)
    expect(told.map((line) => line.code)).toEqual(code === null ? [] : [code])
    for (const { problem } of told) expect(problem).toMatch(/; (?:check|name|configure|tell)\b/)
  })

  it('reads a broken feed up to its break, replaces bytes that are no text, and expands no entity', () => {
    const titles = found.filter(({ id }) => id.startsWith('feed:')).map(({ mention }) => mention.title)
    expect(titles).toContain('acme & co bold')
    expect(titles).toContainEqual(expect.stringMatching(/^acme .* caf.$/))
    expect(titles).toContainEqual(expect.stringMatching(/^acme &f; &file;$|^acme$/))
    const [cut] = letters.filter(({ stage }) => stage === 'feed-broken')
    expect(String(cut?.bytes)).toBe('<item><title>acme, cut')
  })
})

describe('a record that a stage cannot handle', () => {
  const source = { connector: 'c', platform: 'test', instance: null, latenessMs: 0 }
  const event = (id: string, text: string | null): MentionEvent => ({
    ...{ id, op: 'create', rev: 1, observedAt: Date.now(), ingestedAt: null, source, reason: null, payload: null },
    mention:
      text === null ? null : newMention({ platform: 'test', kind: 'post', publishedAt: 1_700_000_000_000, text }),
  })
  const slow = encode('MentionEvent', event('test:slow', 'acme was slow'))
  const gone = encode('MentionEvent', event('test:gone', 'acme was gone'))
  const deletion = encode('MentionEvent', { ...event('test:gone', null), op: 'delete' })
  const foreign = Buffer.from('of somebody else')
  const bare = encode('MentionEvent', event('test:bare', null))
  /** Enrich passes on what is no mention, so that the index finds it. */
  const records: readonly (readonly [topic: string, type: string, value: Uint8Array, stage: string, code: string])[] = [
    [RAW, 'mention.create', foreign, 'enrich', 'RECORD_UNREADABLE'],
    [RAW, 'mention.create', slow.subarray(0, 40), 'enrich', 'RECORD_UNREADABLE'],
    [RAW, 'mention.create', bare, 'enrich', 'MENTION_MISSING'],
    [RAW, 'author.delete', Buffer.from([1, 2, 3]), 'index', 'RECORD_UNREADABLE'],
    [RAW, 'heartbeat', Buffer.alloc(0), 'index', 'RECORD_UNREADABLE'],
    [RAW, 'of.the.future', Buffer.alloc(9, 255), 'index', 'RECORD_UNREADABLE'],
    [ENRICHED, 'mention.create', bare, 'index', 'RECORD_UNREADABLE'],
  ]
  let all: Letter[]
  const idOf = (bytes: Uint8Array) => String(all.find((letter) => Buffer.from(bytes).equals(letter.bytes))?.id)

  const list = async (): Promise<(Letter & { retried: boolean })[]> =>
    rows((await runCli(folder, 'dead-letters', 'list', '--json')).output)

  /** What other programs, or an earlier run on a slower machine, may have left on the topics. */
  beforeAll(async () => {
    await using installation = await openInstallation({
      ...{ data: join(folder, '.earshot'), namespace: 'earshot', maxLogBytes: 1e9 },
    })
    const { log, topics } = installation
    for (const [topic, type, value] of [...records, [RAW, 'mention.delete', deletion] as const]) {
      await log.produce(topic, [{ key: 'k', value, headers: { [Header.Type]: type }, partition: 0 }])
    }
    const place = { source: null, contentType: null, topic: RAW, partition: 1, offset: 0 }
    const late = { stage: 'enrich', code: 'TOO_SLOW', message: 'took too long', at: 1, ...place }
    const headers = { [Header.Type]: 'mention.create' }
    await log.produce(
      topics.dead,
      [slow, gone].map((bytes) => {
        const letter = { ...late, key: 'k', headers, bytes: Buffer.from(bytes) }
        return { key: null, value: encode('DeadLetter', letter), headers: {} }
      }),
    )
  }, 60_000)

  it('is buried by that stage, and everything behind it is handled', TIMEOUT, async () => {
    const before = letters.length + 2
    const books = booksOf(await runCli(folder, 'run', '--until-idle', '--json', '--only', 'enrich,index,archive'))
    // Mentions that nobody can handle, and a deletion; what is no mention counts where it is buried.
    expect(books).toMatchObject({ carried: { enrich: 4, index: 4 }, accepted: 0, index: { new: 0, removed: 1 } })
    expect(books.enrich).toMatchObject({ passed: 1, dead: { RECORD_UNREADABLE: 2, MENTION_MISSING: 1 } })
    expect(books.index.dead).toEqual({ RECORD_UNREADABLE: 4 })
    all = await readLetters()
    const told = all
      .slice(before)
      .map(({ stage, code, topic, bytes }) => [stage, code, topic, Buffer.from(bytes).toString('hex')])
    const expected = records.map(([, , value, stage, code]) => {
      return [stage, code, stage === 'enrich' ? RAW : ENRICHED, Buffer.from(value).toString('hex')]
    })
    expect(told.toSorted()).toEqual(expected.toSorted())
  })

  it('is listed, and shown with its bytes', TIMEOUT, async () => {
    expect(await list()).toHaveLength(all.length)
    const bytes = await runCli(folder, 'dead-letters', 'show', idOf(foreign), '--bytes')
    expect(bytes).toMatchObject({ code: 0, output: 'of somebody else' })
    const shown = await runCli(folder, 'dead-letters', 'show', idOf(foreign))
    expect(shown.output).toMatch(/stage +enrich\ncode +RECORD_UNREADABLE\nwhy +not in Confluent wire format\n/)
    const unknown = await runCli(folder, 'dead-letters', 'show', '4711')
    expect(unknown).toMatchObject({ code: 2, errors: expect.stringMatching(/no dead letter 4711.*list/) })
    const nothing = await runCli(folder, 'dead-letters', 'retry')
    expect(nothing).toMatchObject({ code: 2, errors: expect.stringMatching(/--all/) })
  })

  it('is handled after a retry, unless it was deleted since or never was a record', TIMEOUT, async () => {
    const ids = [idOf(slow), idOf(gone), idOf(foreign), '0']
    const retried = await runCli(folder, 'dead-letters', 'retry', ...ids, '--json')
    expect(JSON.parse(retried.output)).toEqual([
      { id: Number(ids[0]), result: 'put back' },
      { id: Number(ids[1]), result: 'deleted since' },
      { id: Number(ids[2]), result: 'put back' },
      { id: 0, result: 'not a record' },
    ])
    const books = booksOf(await runCli(folder, 'run', '--until-idle', '--json', '--only', 'enrich,index,archive'))
    expect(books).toMatchObject({
      carried: { enrich: 2 },
      enrich: { dead: { RECORD_UNREADABLE: 1 } },
      index: { new: 1 },
    })
    const ended = new Set((await search()).map(({ id }) => id))
    expect(ended).toContain('test:slow')
    expect(ended).not.toContain('test:gone')
    const listed = await list()
    expect(listed.filter((letter) => letter.retried).map(({ id }) => String(id))).toEqual(
      [...ids.slice(0, 3)].toSorted((a, b) => Number(a) - Number(b)),
    )
    expect(listed).toHaveLength(all.length + 1)
  })

  it('spoils no archive: all of it can be replayed', TIMEOUT, async () => {
    const replayed = await runCli(folder, 'replay', '--from', '2020-01-01', '--to', '2100-01-01', '--json')
    const books = booksOf(replayed)
    expect(books.index).toMatchObject({ new: 0, removed: 0 })
    expect(books.accepted).toBeGreaterThanOrEqual(found.length + 1)
  })
})

describe('a configuration that cannot be right', () => {
  it('is refused with every problem and its line before anything is made', TIMEOUT, async () => {
    const empty = await temporaryFolder('bad-configuration')
    const text = `brands:
  - { id: acme, name: Acme, query: '"acme', colour: red }
connectors:
  - { id: a, type: feed, url: https://example.org, every: 1s }
retain: 5d
`
    await writeFile(join(empty, 'earshot.yaml'), text)
    const { code, output, errors } = await runCli(empty, 'run', '--until-idle')
    expect([code, output]).toEqual([2, ''])
    for (const problem of [/2:\d+.*colour/, /2:\d+.*quote/, /4:\d+.*\burl\b/, /4:\d+.*every/, /5:1.*retain/]) {
      expect(errors).toMatch(problem)
    }
    const none = await runCli(empty, 'status', '--data', '.earshot')
    expect(none).toMatchObject({ code: 2, errors: expect.stringMatching(/earshot/) })
  })
})
