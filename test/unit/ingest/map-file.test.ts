import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FILE_MAPPER, type FileMapping, type MappedRow, mapFileRecord } from '#ingest/file/map-file.ts'
import { ndjsonRows } from '#ingest/file/ndjson-rows.ts'
import { type ColumnNames, Columns } from '#ingest/file/record-builder.ts'
import { RevStamps } from '#ingest/file/rev-stamps.ts'
import { payloadOf } from '#ingest/payload-of.ts'
import { encode } from '#schemas/codec.ts'
import type { Mention, MentionEvent } from '#schemas/generated.ts'
import { mentionColumns } from '#schemas/mention-columns.ts'

const SEEN = Date.UTC(2026, 6, 4, 15)

const mapping = (more: Partial<FileMapping> = {}): FileMapping => ({
  sourceOf: (platform) => ({ connector: 'import', platform, instance: 'posts.ndjson', latenessMs: 1 }),
  platform: 'file',
  time: { timeZone: 'UTC', dateOrder: null },
  tool: null,
  stamp: (_, observedAt) => observedAt,
  ...more,
})

function mapLine(line: string, more: Partial<FileMapping> = {}, columns: ColumnNames = {}): MappedRow[] {
  const bytes = Buffer.from(line)
  const piece = { bytes, line: 7, next: { offset: bytes.length, line: 8 }, whole: true }
  return [...ndjsonRows(piece, new Columns(columns))].map((row) =>
    row.kind === 'bad'
      ? row
      : mapFileRecord(row.record, payloadOf(bytes, 'application/json', FILE_MAPPER), SEEN, mapping(more)),
  )
}

const mapOne = (value: unknown, more: Partial<FileMapping> = {}, columns: ColumnNames = {}): MappedRow | undefined =>
  mapLine(typeof value === 'string' ? value : JSON.stringify(value), more, columns)[0]

function eventOf(value: unknown, more: Partial<FileMapping> = {}, columns: ColumnNames = {}): MentionEvent {
  const mapped = mapOne(value, more, columns)
  if (mapped?.kind !== 'mention') throw new Error(`no mention: ${JSON.stringify(mapped)}`)
  encode('MentionEvent', mapped.event)
  return mapped.event
}

function mentionOf(value: object, more: Partial<FileMapping> = {}, columns: ColumnNames = {}): Mention {
  const { mention } = eventOf({ id: '1', text: 'x', ...value }, more, columns)
  if (mention === null) throw new Error('no content')
  return mention
}

describe('mapFileRecord', () => {
  it('reads a line with the fields of a mention, nested', () => {
    const line = {
      ...{
        id: 'x:77',
        op: 'update',
        rev: 5,
        platform: 'x',
        kind: 'comment',
        title: 'On Acme',
        text: '  Acme \n fine ',
      },
      ...{ url: 'https://x.example/77', lang: 'de', publishedAt: '2026-07-04T10:00:00Z', editedAt: 1783160000000 },
      ...{ observedAt: '2026-07-04T10:00:09Z', context: ['a shoe'], reason: 'typo' },
      author: { id: 'a1', handle: '@ann', name: 'Ann', followers: 12, verified: true, kind: 'person', reputation: 0.5 },
      container: { type: 'channel', name: 'shoes', members: 3 },
      thread: { rootId: 'x:70', parentId: '76' },
      engagement: { likes: 1, shares: '2K', score: 3 },
      rating: { value: 4, min: 1, max: 5 },
      links: [{ url: 'https://acme.example', title: 'Acme' }, 'https://b.example'],
      hashtags: ['#acme', 'shoes'],
      mentions: [{ id: 'b1', handle: '@bob' }, 'eve'],
      media: [{ type: 'image', url: 'https://i.example/1.png', alt: 'a shoe' }],
      geo: { country: 'DE', lat: 52.5, lon: 13.4 },
      flags: { sensitive: true, contentWarnings: ['shoes'], bot: false },
      imported: { sentiment: 'positive', extra: { note: 'n' } },
      mood: 'good',
    }
    expect(eventOf(line)).toEqual({
      ...{
        id: 'x:77',
        op: 'update',
        rev: 5,
        observedAt: Date.UTC(2026, 6, 4, 10, 0, 9),
        ingestedAt: null,
        reason: 'typo',
      },
      source: { connector: 'import', platform: 'x', instance: 'posts.ndjson', latenessMs: 1 },
      payload: payloadOf(Buffer.from(JSON.stringify(line)), 'application/json', 'file/1'),
      mention: {
        ...{ platform: 'x', kind: 'comment', canonicalId: null, url: 'https://x.example/77', title: 'On Acme' },
        ...{ text: '  Acme \n fine ', context: ['a shoe'] },
        lang: { declared: 'de', detected: null, confidence: null },
        ...{ publishedAt: Date.UTC(2026, 6, 4, 10), publishedAtEstimated: false, editedAt: 1783160000000 },
        author: {
          ...{ id: 'a1', handle: 'ann', name: 'Ann', url: null, kind: 'person', followers: 12, following: null },
          ...{ posts: null, verified: true, createdAt: null, reputation: 0.5, bio: null },
        },
        container: { type: 'channel', id: null, name: 'shoes', url: null, members: 3 },
        thread: { rootId: 'x:70', parentId: 'x:76', quoteOfId: null },
        engagement: { likes: 1, replies: null, shares: 2000, quotes: null, views: null, score: 3, measuredAt: null },
        rating: { value: 4, min: 1, max: 5 },
        links: [
          { url: 'https://acme.example', canonical: null, title: 'Acme' },
          { url: 'https://b.example', canonical: null, title: null },
        ],
        hashtags: ['acme', 'shoes'],
        mentions: [
          { id: 'b1', handle: 'bob' },
          { id: null, handle: 'eve' },
        ],
        media: [{ type: 'image', url: 'https://i.example/1.png', alt: 'a shoe' }],
        geo: { country: 'DE', region: null, city: null },
        flags: { sensitive: true, contentWarnings: ['shoes'], bot: false },
        imported: { tool: null, sentiment: 'positive', extra: { note: 'n', mood: 'good' } },
      },
    })
  })

  it('reads a flat line under usual names', () => {
    const line = {
      post_id: 5,
      body: 'hi',
      author: 'ann',
      created_at: 1783160000,
      followers_count: '1,234',
      likes: '12K',
    }
    expect(eventOf(line)).toMatchObject({
      id: 'file:5',
      op: 'create',
      rev: SEEN,
      observedAt: SEEN,
      mention: {
        text: 'hi',
        publishedAt: 1783160000000,
        author: { id: 'ann', handle: 'ann', followers: 1234 },
        engagement: { likes: 12000 },
        imported: null,
      },
    })
  })

  it('lets the configuration say what a key means, before the usual names', () => {
    const columns = { text: 'comment.words', 'author.handle': 'who' }
    const line = { comment: { words: 'right' }, text: 'other', who: 'ann', author: 'not her' }
    const mention = mentionOf({ ...line, text: 'other' }, {}, columns)
    expect(mention).toMatchObject({ text: 'right', author: { handle: 'ann' } })
    expect(mention.imported?.extra).toEqual({ text: 'other', author: 'not her' })
  })

  it('takes a whole mention id as it is, also without a platform beside it', () => {
    expect(eventOf({ id: 'bluesky:at://did/p', text: 'x' })).toMatchObject({
      id: 'bluesky:at://did/p',
      source: { platform: 'bluesky' },
    })
    expect(eventOf({ id: 'bluesky:at://did/p', op: 'delete' })).toMatchObject({
      id: 'bluesky:at://did/p',
      op: 'delete',
      mention: null,
    })
    expect(eventOf({ id: 'at://did/p', platform: 'bluesky', text: 'x' }).id).toBe('bluesky:at://did/p')
    expect(eventOf({ id: 'https://a.example/1', text: 'x' }).id).toBe('file:https://a.example/1')
    expect(eventOf({ id: '1', source: { platform: 'mastodon' }, text: 'x' }).id).toBe('mastodon:1')
    expect(eventOf({ id: '1', text: 'x' }, { platform: 'forum' }).id).toBe('forum:1')
  })

  it('gives a line without an id its address, else a hash of author, time and words', () => {
    expect(eventOf({ text: 'x', url: 'https://a.example/1' }).id).toBe('file:https://a.example/1')
    const words = { text: 'x', author: 'ann', publishedAt: '2026-07-04T10:00:00Z' }
    const { id } = eventOf(words)
    expect(id).toMatch(/^file:row-[0-9a-f]{32}$/)
    expect(eventOf({ ...words, likes: 3 }).id).toBe(id)
    expect(eventOf({ ...words, author: 'bob' }).id).not.toBe(id)
    expect(eventOf({ ...words, text: 'y' }).id).not.toBe(id)
    expect(eventOf({ ...words, publishedAt: '2026-07-04T10:00:01Z' }).id).not.toBe(id)
  })

  it('brings back ids that were rounded on their way', () => {
    expect(eventOf('{"id": 1377650000000000123, "text": "x"}').id).toBe('file:1377650000000000123')
    const url = 'https://x.example/ann/status/1377654321098765432'
    expect(eventOf({ id: '1.37765E+18', url, text: 'x' }).id).toBe('file:1377654321098765432')
    expect(eventOf({ id: '1.99999E+18', url, text: 'x' }).id).toBe(`file:${url}`)
  })

  it('keeps an id of 2,000 bytes as its hash', () => {
    expect(eventOf({ id: 'é'.repeat(1000), text: 'x' }).id).toMatch(/^file:sha256-[0-9a-f]{64}$/)
  })

  it('knows the operations, on mentions and on authors', () => {
    for (const op of ['delete', 'hide', 'restore', 'mention.delete']) {
      expect(eventOf({ op, id: '1', text: 'ignored' })).toMatchObject({
        op: op.replace('mention.', ''),
        mention: null,
        payload: null,
      })
    }
    expect(mapOne({ op: 'author.delete', platform: 'x', author: { id: 'a1' }, rev: 9, reason: 'asked' })).toEqual({
      kind: 'author',
      event: {
        ...{ platform: 'x', authorId: 'a1', op: 'delete', rev: 9, observedAt: SEEN, block: false, reason: 'asked' },
        source: { connector: 'import', platform: 'x', instance: 'posts.ndjson', latenessMs: 1 },
      },
    })
    expect(mapOne({ op: 'author.hide', author: 'ann' })).toMatchObject({ event: { authorId: 'ann', op: 'hide' } })
    expect(mapOne({ op: 'author.restore', author: 'ann' })).toMatchObject({ event: { op: 'restore' } })
  })

  it('orders operations by their own observation when they have no rev, never by the future', () => {
    expect(eventOf({ id: '1', op: 'delete', observedAt: '2026-07-01T00:00:00Z' })).toMatchObject({
      rev: Date.UTC(2026, 6, 1),
      observedAt: Date.UTC(2026, 6, 1),
    })
    expect(eventOf({ id: '1', op: 'delete', observedAt: '2096-07-01T00:00:00Z' }).observedAt).toBe(SEEN)
  })

  it('buries what has no meaning, with a reason that quotes nothing', () => {
    const codeOf = (value: unknown): string => {
      const mapped = mapOne(value)
      if (mapped?.kind !== 'bad') return mapped?.kind ?? 'nothing'
      expect(mapped.message).not.toMatch(/secret/)
      return mapped.code
    }
    expect(codeOf({ id: '1', text: '' })).toBe('MENTION_EMPTY')
    expect(codeOf({ id: '1', text: ' \n' })).toBe('MENTION_EMPTY')
    expect(codeOf({ op: 'delete' })).toBe('ID_MISSING')
    expect(codeOf({ op: 'author.delete', id: '1' })).toBe('AUTHOR_MISSING')
    expect(codeOf({ op: 'secret', id: '1', text: 'x' })).toBe('OP_UNKNOWN')
    expect(codeOf({ op: 'constructor', id: '1', text: 'x' })).toBe('OP_UNKNOWN')
    expect(codeOf({ id: '1', text: 'x', publishedAt: 'secret' })).toBe('DATE_UNREADABLE')
    expect(codeOf({ id: '1', text: 'x', publishedAt: '03/04/2022' })).toBe('DATE_AMBIGUOUS')
    expect(codeOf('{"id": "secret')).toBe('JSON_BROKEN')
    expect(codeOf('"secret"')).toBe('JSON_NO_OBJECT')
  })

  it('clamps the year 30000, estimates a missing time, and keeps a zero-length text that has a title', () => {
    expect(mentionOf({ publishedAt: '30000-01-01T00:00:00Z' })).toMatchObject({
      publishedAt: SEEN + 3_600_000,
      publishedAtEstimated: true,
    })
    expect(mentionOf({})).toMatchObject({ publishedAt: SEEN, publishedAtEstimated: true })
    expect(mentionOf({ text: '', title: 'Acme' })).toMatchObject({ text: null, title: 'Acme' })
  })

  it('takes the names that tools give to platforms, kinds and languages', () => {
    expect(mentionOf({ platform: 'Twitter' }).platform).toBe('x')
    expect(mentionOf({ platform: 'My Forum!' }).platform).toBe('my-forum')
    expect(mentionOf({ source: 'Reddit' }).platform).toBe('reddit')
    expect(mentionOf({ source: 'The Daily Shoe' })).toMatchObject({
      platform: 'file',
      container: { type: 'site', name: 'The Daily Shoe' },
    })
    expect(mentionOf({ type: 'Retweet' }).kind).toBe('repost')
    expect(mentionOf({ type: 'constructor', platform: 'constructor' })).toMatchObject({
      kind: 'unknown',
      platform: 'constructor',
    })
    expect(mentionOf({ language: 'German' }).lang.declared).toBe('de')
    expect(mentionOf({ language: 'pt_BR' }).lang.declared).toBe('pt-BR')
    expect(mentionOf({ language: 'und' }).lang.declared).toBeNull()
  })

  it('keeps at most 4 KB of what it does not know', () => {
    const long = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`field${at}`, 'é'.repeat(50)]))
    const extra = mentionOf({ ...long, deep: { a: { b: { c: { d: [1, { e: 2 }] } } } } }).imported?.extra ?? {}
    const size = Object.entries(extra).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0)
    expect(size).toBeGreaterThan(3900)
    expect(size).toBeLessThanOrEqual(4096)
    expect(mentionOf({ deep: { a: { b: { c: { d: 1 } } } } }).imported?.extra).toEqual({ 'deep.a.b.c': '{"d":1}' })
  })

  it('keeps 1 MB of text and cuts nothing', () => {
    const text = 'ä'.repeat(500_000)
    expect(mentionOf({ text }).text).toBe(text)
  })

  it('reads the records of an array, on one line or around all lines', () => {
    expect(mapLine('[{"id":1,"text":"x"},{"id":2,"text":"y"},3]').map(({ kind }) => kind)).toEqual([
      'mention',
      'mention',
      'bad',
    ])
    expect(mapLine('\ufeff{"id":1,"text":"x"},')).toHaveLength(1)
    for (const line of ['[', ']', '', '  ']) expect(mapLine(line)).toEqual([])
  })

  it('survives ten thousand levels of nesting', () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
    expect(
      eventOf(`{"id":"1","text":"x","a":${deep},"context":${deep},"b":${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}}`).id,
    ).toBe('file:1')
  })

  it('gives an item that fits its schema for every line, and the same one again', () => {
    const names = fc.constantFrom<string>(
      ...[
        ...mentionColumns,
        'op',
        'rev',
        'observedAt',
        'author',
        'source',
        'context',
        'mentions',
        'media',
        'flags',
        'rating',
        '__proto__',
      ],
      ...['created_at', 'score', 'type', 'constructor', 'imported.extra.a', 'engagement', 'geo', 'thread'],
    )
    const op = fc.constantFrom('create', 'update', 'delete', 'author.delete', 'hide')
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.double(),
      fc.constantFrom('\ud800', '1e999', '2026-07-04T10:00:00Z', '9'.repeat(30)),
      op,
    )
    fc.assert(
      fc.property(fc.dictionary(names, value), (record) => {
        const line = JSON.stringify(record)
        const mapped = mapLine(line)
        for (const row of mapped) {
          if (row.kind === 'mention') encode('MentionEvent', row.event)
          if (row.kind === 'author') encode('AuthorEvent', row.event)
        }
        expect(mapLine(line)).toEqual(mapped)
      }),
      { numRuns: 500 },
    )
  })
})

describe('RevStamps', () => {
  it('keeps rows of one id in the order of the file, however little time passes', () => {
    const stamps = new RevStamps()
    expect([1000, 1000, 1000, 1001, 1002, 1003, 1004].map((at) => stamps.stamp('a', at))).toEqual([
      1000, 1001, 1002, 1003, 1004, 1005, 1006,
    ])
    expect(stamps.stamp('b', 1004)).toBe(1004)
    expect(stamps.stamp('a', 2000)).toBe(2000)
    expect(stamps.stamp('a', 1990)).toBe(2001)
  })
})
