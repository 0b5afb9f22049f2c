import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReadItem } from '#infra/contracts/connector.ts'
import { mapJetstream, parseFrame } from '#ingest/bluesky/map-bluesky.ts'
import { encode } from '#schemas/codec.ts'
import type { Mention } from '#schemas/generated.ts'

const DID = 'did:plc:writer'
const SEEN = Date.UTC(2026, 6, 4, 15)
const TIME_US = Date.UTC(2026, 6, 4, 14) * 1000 + 123_456
const source = { connector: 'sky', platform: 'bluesky', instance: 'host', latenessMs: 1 }

function map(frame: string, handles: Record<string, string> = {}): ReadItem | null {
  const event = parseFrame(frame)
  if (event === null) return null
  return mapJetstream(event, frame, { source, observedAt: SEEN, handleOf: (did) => handles[did] ?? null })
}

const commit = (more: object): string =>
  JSON.stringify({
    did: DID,
    time_us: TIME_US,
    kind: 'commit',
    commit: { rev: 'r', operation: 'create', collection: 'app.bsky.feed.post', rkey: 'k1', ...more },
  })

const account = (members: object): string =>
  JSON.stringify({ did: DID, time_us: TIME_US, kind: 'account', account: { did: DID, seq: 7, ...members } })

function post(record: object): Mention {
  const item = map(commit({ record: { createdAt: '2026-07-04T13:59:59.5Z', ...record } }))
  if (item?.kind !== 'mention' || item.event.mention === null) throw new Error('no mention')
  encode('MentionEvent', item.event)
  return item.event.mention
}

const bytesBefore = (text: string, part: string): number => Buffer.byteLength(text.slice(0, text.indexOf(part)))

const facet = (text: string, part: string, feature: object): object => {
  const byteStart = bytesBefore(text, part)
  return { index: { byteStart, byteEnd: byteStart + Buffer.byteLength(part) }, features: [feature] }
}

describe('mapJetstream', () => {
  it('makes a mention of a post, under the id that its deletion will name', () => {
    const frame = commit({
      record: { text: 'Acme is fine', createdAt: '2026-07-04T13:59:59.5Z', langs: ['en-GB', 'de'] },
    })
    const item = map(frame, { [DID]: 'writer.example' })
    expect(item).toMatchObject({
      kind: 'mention',
      event: {
        id: 'bluesky:at://did:plc:writer/app.bsky.feed.post/k1',
        op: 'create',
        rev: Math.trunc(TIME_US / 1000),
        observedAt: SEEN,
        source,
        payload: { bytes: Buffer.from(frame), contentType: 'application/json', mapper: 'bluesky/1' },
        mention: {
          platform: 'bluesky',
          kind: 'post',
          url: 'https://bsky.app/profile/did:plc:writer/post/k1',
          text: 'Acme is fine',
          lang: { declared: 'en-GB' },
          publishedAt: Date.UTC(2026, 6, 4, 13, 59, 59, 500),
          author: { id: DID, handle: 'writer.example' },
          thread: null,
        },
      },
    })
    expect(map(commit({ operation: 'delete' }))).toMatchObject({
      kind: 'mention',
      event: { id: 'bluesky:at://did:plc:writer/app.bsky.feed.post/k1', op: 'delete', mention: null, payload: null },
    })
    expect(map(commit({ operation: 'update', record: { text: 'better' } }))).toMatchObject({
      event: { op: 'update', mention: { text: 'better', publishedAt: SEEN, publishedAtEstimated: true } },
    })
  })

  it('cuts facets by bytes of UTF-8, behind emoji and letters of several bytes', () => {
    const text = '👩‍👩‍👧 grüße @ann.example: siehe acme.example/seite… #Acme'
    const mention = post({
      text,
      facets: [
        facet(text, '@ann.example', { $type: 'app.bsky.richtext.facet#mention', did: 'did:plc:ann' }),
        facet(text, 'acme.example/seite…', {
          $type: 'app.bsky.richtext.facet#link',
          uri: 'https://acme.example/seite/lang',
        }),
        facet(text, '#Acme', { $type: 'app.bsky.richtext.facet#tag', tag: 'Acme' }),
      ],
      tags: ['acme', '#outing'],
    })
    expect(mention.mentions).toEqual([{ id: 'did:plc:ann', handle: 'ann.example' }])
    expect(mention.links).toEqual([{ url: 'https://acme.example/seite/lang', canonical: null, title: null }])
    expect(mention.hashtags).toEqual(['Acme', 'outing'])
    expect(mention.text).toBe(text)
  })

  it('keeps what a facet says when its offsets are past the end, negative, reversed or within a character', () => {
    const text = '👋 @ann'
    const ranges = [
      { byteStart: 5, byteEnd: 4000 },
      { byteStart: -3, byteEnd: 4 },
      { byteStart: 6, byteEnd: 2 },
      { byteStart: 1, byteEnd: 9 },
      { byteStart: 0.5, byteEnd: 'x' },
      null,
    ]
    for (const index of ranges) {
      const mention = post({
        text,
        facets: [{ index, features: [{ $type: 'app.bsky.richtext.facet#mention', did: 'did:plc:ann' }] }],
      })
      expect(mention.mentions).toEqual([{ id: 'did:plc:ann', handle: null }])
    }
    const features = [{ $type: 'app.bsky.richtext.facet#mention', did: 'did:plc:ann' }]
    const split = { text: '@ann👋', facets: [{ index: { byteStart: 0, byteEnd: 6 }, features }] }
    expect(post(split).mentions).toEqual([{ id: 'did:plc:ann', handle: null }])
  })

  it('knows replies and quotes, and names the other posts by their mention ids', () => {
    const other = { uri: 'at://did:plc:other/app.bsky.feed.post/o', cid: 'c' }
    const root = { uri: 'at://did:plc:root/app.bsky.feed.post/r', cid: 'c' }
    expect(post({ text: 'no', reply: { parent: other, root } })).toMatchObject({
      kind: 'comment',
      thread: { parentId: `bluesky:${other.uri}`, rootId: `bluesky:${root.uri}`, quoteOfId: null },
    })
    const quote = { $type: 'app.bsky.embed.record', record: other }
    expect(post({ text: '', embed: quote })).toMatchObject({
      kind: 'quote',
      text: null,
      thread: { quoteOfId: `bluesky:${other.uri}` },
    })
    const images = {
      $type: 'app.bsky.embed.images',
      images: [{ alt: 'a red shoe', image: { ref: { $link: 'bafyimage' } } }],
    }
    const both = { $type: 'app.bsky.embed.recordWithMedia', record: quote, media: images }
    expect(post({ text: 'look', embed: both })).toMatchObject({
      kind: 'quote',
      context: ['a red shoe'],
      media: [{ type: 'image', alt: 'a red shoe', url: expect.stringContaining('/did:plc:writer/bafyimage@') }],
    })
  })

  it('makes alt texts and cards searchable and keeps the addresses of cards', () => {
    const external = { uri: 'https://news.example/acme', title: 'Acme opens', description: 'A shop' }
    expect(post({ text: 'x', embed: { $type: 'app.bsky.embed.external', external } })).toMatchObject({
      context: ['Acme opens', 'A shop'],
      links: [{ url: 'https://news.example/acme', title: 'Acme opens' }],
    })
    expect(post({ text: 'x', embed: { $type: 'app.bsky.embed.video', alt: 'a tour' } }).context).toEqual(['a tour'])
    const items = [{ alt: 'one' }, { alt: '' }, { alt: 'two' }]
    expect(post({ text: 'x', embed: { $type: 'app.bsky.embed.gallery', items } }).context).toEqual(['one', 'two'])
  })

  it('takes self-labels as content warnings', () => {
    const labels = (...vals: string[]) => ({ labels: { values: vals.map((val) => ({ val })) } })
    expect(post({ text: 'x', ...labels('porn', '!no-unauthenticated') }).flags).toEqual({
      sensitive: true,
      contentWarnings: ['porn'],
      bot: null,
    })
    expect(post({ text: 'x', ...labels('spoiler') }).flags).toMatchObject({
      sensitive: false,
      contentWarnings: ['spoiler'],
    })
  })

  it('clamps the year 30000 and keeps a year of before', () => {
    expect(post({ text: 'x', createdAt: '9999-01-01T00:00:00Z' })).toMatchObject({
      publishedAt: SEEN + 3_600_000,
      publishedAtEstimated: true,
    })
    expect(post({ text: 'x', createdAt: '+030000-01-01T00:00:00Z' })).toMatchObject({
      publishedAt: SEEN,
      publishedAtEstimated: true,
    })
    expect(post({ text: 'x', createdAt: '2019-01-01T00:00:00Z' }).publishedAt).toBe(Date.UTC(2019, 0))
  })

  it('turns what happens to accounts into operations on their authors', () => {
    const op = (members: object) => {
      const item = map(account(members))
      if (item?.kind === 'author') encode('AuthorEvent', item.event)
      return item?.kind === 'author' ? item.event.op : item
    }
    expect(op({ active: false, status: 'deleted' })).toBe('delete')
    expect(op({ active: false, status: 'takendown' })).toBe('hide')
    expect(op({ active: false, status: 'suspended' })).toBe('hide')
    expect(op({ active: false, status: 'deactivated' })).toBe('hide')
    expect(op({ active: false })).toBe('hide')
    expect(op({ active: true })).toBe('restore')
    for (const status of ['desynchronized', 'throttled', 'constructor']) {
      expect(op({ active: false, status })).toEqual({ kind: 'ignored', reason: 'account status', count: 1 })
    }
  })

  it('leaves likes and others alone, by reason', () => {
    const reason = (collection: string) => map(commit({ collection, record: {} }))
    expect(reason('app.bsky.feed.like')).toEqual({ kind: 'ignored', reason: 'like', count: 1 })
    expect(reason('app.bsky.feed.repost')).toEqual({ kind: 'ignored', reason: 'repost', count: 1 })
    expect(reason('constructor')).toEqual({ kind: 'ignored', reason: 'other collection', count: 1 })
    const identity = { did: DID, time_us: TIME_US, kind: 'identity', identity: { handle: 'new.example' } }
    expect(map(JSON.stringify(identity))).toMatchObject({ kind: 'ignored', reason: 'identity' })
    expect(map(JSON.stringify({ ...identity, kind: 'sync' }))).toMatchObject({ kind: 'ignored', reason: 'other kind' })
  })

  it('buries a post without its record, with the bytes', () => {
    const frame = commit({})
    expect(map(frame)).toMatchObject({ kind: 'dead', code: 'POST_WITHOUT_RECORD', bytes: Buffer.from(frame) })
    expect(map(commit({ operation: 'upsert', record: {} }))).toMatchObject({ kind: 'dead', code: 'OPERATION_UNKNOWN' })
  })

  it('knows no event in what is none', () => {
    const broken = [
      '',
      'null',
      '[]',
      '{',
      '{"did":"x"}',
      '{"did":"did:plc:a","time_us":"1"}',
      commit({ rkey: '../..' }),
    ]
    for (const frame of broken) expect(parseFrame(frame)).toBeNull()
  })

  it('survives ten thousand levels of nesting', () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
    const frame = commit({ record: { text: 'deep', embed: 0 } }).replace('"embed":0', `"embed":${deep}`)
    expect(map(frame)).toMatchObject({ kind: 'mention', event: { mention: { text: 'deep' } } })
  })

  it('gives an item that fits its schema for every record that a client may write', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('at://x', 'https://x.example', '\ud800', '@'))
    const names = fc.constantFrom(
      ...['text', 'createdAt', 'langs', 'facets', 'reply', 'embed', 'labels', 'tags', 'parent', 'root', 'uri', '$type'],
      ...['index', 'features', 'byteStart', 'byteEnd', 'images', 'alt', 'record', 'media', 'values', 'val', 'external'],
    )
    const types = fc
      .constantFrom('images', 'gallery', 'video', 'external', 'record', 'recordWithMedia')
      .map((name) => `app.bsky.embed.${name}`)
    const { record } = fc.letrec((tie) => ({
      record: fc.dictionary(
        names,
        fc.oneof({ maxDepth: 4 }, value, types, tie('record'), fc.array(tie('record'), { maxLength: 3 })),
      ),
    }))
    fc.assert(
      fc.property(record, (content) => {
        const item = map(commit({ record: content }))
        if (item?.kind !== 'mention') throw new Error('a post became something else')
        encode('MentionEvent', item.event)
      }),
    )
  })
})
