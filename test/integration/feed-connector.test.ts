import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReadItem } from '#infra/contracts/connector.ts'
import { createFeedConnector, type FeedConnectorOptions } from '#ingest/feed/feed-connector.ts'
import { lastCursor, mentionEvents, readUntil } from '../contract/connector.ts'
import { type TestContext, testContext } from '../support/connector-context.ts'
import { LoopbackServer, respond } from '../support/loopback-server.ts'

const FIVE_MINUTES = 300_000

let context: TestContext
let server: LoopbackServer
beforeEach(async () => {
  context = testContext()
  server = await LoopbackServer.start((_, response) => respond(response, 404))
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await context[Symbol.asyncDispose]()
})

const item = (guid: string, text: string, more = ''): string =>
  `<item><guid>${guid}</guid><title>Title of ${guid}</title><description>${text}</description>${more}</item>`
const rss = (...items: string[]): string =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>Site</title>${items.join('')}</channel></rss>`

/** Serves each path from its own list of answers, one a request; the last one stays. */
function serve(answers: Readonly<Record<string, readonly RequestListener[]>>): void {
  const asked = new Map<string, number>()
  server.answer = (request, response) => {
    const path = request.url ?? '/'
    const list = answers[path] ?? []
    const turn = asked.get(path) ?? 0
    asked.set(path, turn + 1)
    const answer = list[Math.min(turn, list.length - 1)]
    if (answer === undefined) respond(response, 404)
    else answer(request, response)
  }
}

const ok =
  (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_, response) =>
    respond(response, 200, headers, body)
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}, body = ''): RequestListener =>
  (_, response) =>
    respond(response, code, headers, body)

const connector = (paths: readonly string[], options: Partial<FeedConnectorOptions> = {}) =>
  createFeedConnector(
    {
      id: 'news',
      urls: paths.map((path) => server.url + path),
      everyMs: FIVE_MINUTES,
      prefilter: true,
      latenessMs: 1,
      ...options,
    },
    context,
  )

/** Reads `rounds` full rounds and answers the items of each. */
async function rounds(count: number, paths: readonly string[], cursor: string | null = null): Promise<ReadItem[][]> {
  const ends = (items: readonly ReadItem[]): ReadItem[] =>
    items.filter((each) => each.kind === 'checkpoint' && each.progress?.done === each.progress?.total)
  const { items } = await readUntil(connector(paths), cursor, (seen) => ends(seen).length === count)
  const split: ReadItem[][] = [[]]
  for (const each of items) {
    split.at(-1)?.push(each)
    if (ends([each]).length > 0) split.push([])
  }
  return split.slice(0, count)
}

const ops = (items: readonly ReadItem[]): string[] =>
  mentionEvents(items).map(({ op, id, mention }) =>
    `${op} ${id.slice(id.indexOf('/') + 1)} ${mention?.text ?? ''}`.trim(),
  )
const codes = (): unknown[] => context.logged.map(({ code }) => code)
const asked = (path: string): number => server.requests.filter(({ url }) => url === path).length

describe('conditional requests', () => {
  it.each(['"strong"', 'W/"weak"'])(
    'sends ETag %s and Last-Modified back as they came; 304 is no news',
    async (etag) => {
      const modified = 'Mon, 05 Jan 2026 10:00:00 GMT'
      serve({ '/f': [ok(rss(item('1', 'a')), { etag, 'last-modified': modified }), status(304, { etag })] })
      const [first, second] = await rounds(2, ['/f'])
      expect(ops(first!)).toEqual(['create 1 a'])
      expect(second).toHaveLength(1)
      expect(server.requests[1]?.headers).toMatchObject({ 'if-none-match': etag, 'if-modified-since': modified })
    },
  )

  it('asks conditionally after a restart too', async () => {
    serve({ '/f': [ok(rss(item('1', 'a')), { etag: '"1"' }), status(304)] })
    const [first] = await rounds(1, ['/f'])
    await rounds(1, ['/f'], lastCursor(first!))
    expect(server.requests.at(-1)?.headers['if-none-match']).toBe('"1"')
  })

  it('takes an answer with the stored ETag, and one with the same body, for no news', async () => {
    serve({
      '/tag': [
        ok(rss(item('1', 'a')), { etag: '"1"' }),
        ok(rss(item('1', 'changed, but the tag says no')), { etag: '"1"' }),
      ],
      '/body': [ok(rss(item('2', 'b')), { etag: '"1"' }), ok(rss(item('2', 'b')), { etag: '"2"' })],
    })
    const [, second] = await rounds(2, ['/tag', '/body'])
    expect(second).toHaveLength(1)
  })

  it('keeps no validators from an answer that expires at once, and none of a failure', async () => {
    serve({
      '/zero': [ok(rss(item('1', 'a')), { etag: '"1"', expires: '0' })],
      '/fail': [ok(rss(item('2', 'b')), { etag: '"good"' }), ok('<html>down</html>', { etag: '"bad"' })],
    })
    await rounds(3, ['/zero', '/fail'])
    const conditions = (path: string) =>
      server.requests.filter(({ url }) => url === path).map(({ headers }) => headers['if-none-match'])
    expect(conditions('/zero')).toEqual([undefined, undefined, undefined])
    expect(conditions('/fail').slice(0, 3)).toEqual([undefined, '"good"', '"good"'])
  })

  it('does not believe a 304 of another address than the one that gave the ETag', async () => {
    await using other = await LoopbackServer.start((request, response) =>
      request.headers['if-none-match']
        ? respond(response, 304)
        : respond(response, 200, {}, rss(item('2', 'from there'))),
    )
    serve({ '/f': [ok(rss(item('1', 'a')), { etag: '"1"' }), status(302, { location: other.url })] })
    const [, second] = await rounds(2, ['/f'])
    expect(ops(second!)).toEqual(['create 2 from there'])
  })
})

describe('what is new', () => {
  it('is told once: creates, then updates of what was edited, never a delete of what is no longer listed', async () => {
    serve({
      '/f': [
        ok(rss(item('1', 'a'), item('2', 'b'))),
        ok(rss(item('3', 'c'), item('2', 'b, edited'))),
        ok(rss(item('3', 'c', '<pubDate>Mon, 05 Jan 2026 11:00:00 GMT</pubDate>'), item('1', 'a'))),
      ],
    })
    const read = await rounds(3, ['/f'])
    expect(read.map(ops)).toEqual([['create 1 a', 'create 2 b'], ['create 3 c', 'update 2 b, edited'], []])
    expect(read[2]).toContainEqual({ kind: 'ignored', reason: 'unchanged', count: 2 })
  })

  it('keeps the estimated date of an item through its edits', async () => {
    serve({ '/f': [ok(rss(item('1', 'a'))), ok(rss(item('1', 'b')))] })
    const [first, second] = await rounds(2, ['/f'])
    const [created, updated] = [...mentionEvents(first!), ...mentionEvents(second!)]
    expect(created?.mention).toMatchObject({ publishedAt: created?.observedAt, publishedAtEstimated: true })
    expect(updated?.mention).toMatchObject({ publishedAt: created?.observedAt, publishedAtEstimated: true })
    expect(updated!.observedAt).toBe(created!.observedAt + FIVE_MINUTES)
  })

  it('tells apart items that share a guid, and counts those that are the same', async () => {
    const twins = rss(
      item('1', 'a', '<link>https://example.org/a</link>'),
      item('1', 'b', '<link>https://example.org/b</link>'),
      item('1', 'b', '<link>https://example.org/b</link>'),
    )
    serve({ '/f': [ok(twins), ok(`${twins} `)] })
    const [first, second] = await rounds(2, ['/f'])
    const events = mentionEvents(first!)
    expect(events.map(({ mention }) => mention?.text)).toEqual(['a', 'b'])
    expect(new Set(events.map(({ id }) => id)).size).toBe(2)
    expect(first).toContainEqual({ kind: 'ignored', reason: 'duplicate', count: 1 })
    expect(ops(second!)).toEqual([])
  })

  it('has ids that are scoped by feed, bounded, and hold no secret of the URL', async () => {
    const long = 'x'.repeat(2_000)
    serve({ '/f?key=sesame': [ok(rss(item('1', 'a'), item(long, 'b')))], '/g': [ok(rss(item('1', 'c')))] })
    const [items] = await rounds(1, ['/f?key=sesame', '/g'])
    const ids = mentionEvents(items!).map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect(Math.max(...ids.map((id) => Buffer.byteLength(id)))).toBeLessThanOrEqual(400)
    const written = JSON.stringify([items, context.logged, lastCursor(items!)])
    expect(written).not.toContain('sesame')
  })

  it('remembers no more than its share of a cursor, however long the feeds', async () => {
    const many = Array.from({ length: 6_000 }, (_, n) => item(String(n), 'a'))
    serve({ '/f': [ok(rss(...many)), ok(rss(...many.slice(0, 4_000), item('x', 'new')))] })
    const [first, second] = await rounds(2, ['/f'])
    expect(mentionEvents(first!)).toHaveLength(6_000)
    expect(ops(second!)).toEqual(['create x new'])
    expect(lastCursor(second!)?.length).toBeLessThan(150_000)
  })

  it('buries what cannot be mapped, once, with its own bytes', async () => {
    serve({
      '/f': [
        ok(rss(item('1', 'a'), '<item><guid>7</guid></item>')),
        ok(rss(item('2', 'b'), '<item><guid>7</guid></item>')),
      ],
    })
    const [first, second] = await rounds(2, ['/f'])
    const dead = first!.filter((each) => each.kind === 'dead')
    expect(dead.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['<item><guid>7</guid></item>'])
    expect(second!.filter((each) => each.kind === 'dead')).toEqual([])
  })
})

describe('what servers do wrong', () => {
  it('reads gzip that nobody announced, a wrong charset and UTF-16', async () => {
    const latin1 = Buffer.from(rss(item('2', 'caf\xe9')), 'latin1')
    serve({
      '/gzip': [ok(gzipSync(rss(item('1', 'packed'))))],
      '/charset': [ok(latin1, { 'content-type': 'text/xml; charset=windows-1252' })],
      '/utf16': [ok(Buffer.from(`\ufeff${rss(item('3', 'wide é'))}`, 'utf16le'))],
    })
    const [items] = await rounds(1, ['/gzip', '/charset', '/utf16'])
    expect(ops(items!)).toEqual(['create 1 packed', 'create 2 café', 'create 3 wide é'])
  })

  it.each([
    [
      'a web page',
      ok('<!doctype html><html><link rel="alternate" type="application/rss+xml" href="/real.xml">'),
      'FEED_IS_HTML',
    ],
    ['an error in JSON', ok('{"error":"busy"}', { 'content-type': 'application/json' }), 'FEED_IS_JSON'],
    ['an empty answer', ok(''), 'FEED_EMPTY'],
    ['noise', ok('\x00\x01\x02'), 'FEED_EMPTY'],
    ['a bomb', ok(gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' }), 'BODY_TOO_LARGE'],
    ['50 MB', ok(Buffer.alloc(50_000_000, 'x')), 'BODY_TOO_LARGE'],
    ['a loop of redirects', status(301, { location: '/bad' }), 'REDIRECT_REFUSED'],
    ['a missing page', status(404), 'FEED_NOT_FOUND'],
    ['a closed door', status(403, { 'cf-mitigated': 'challenge' }), 'FEED_FORBIDDEN'],
    ['a broken server', status(500), 'FEED_UNAVAILABLE'],
    ['a broken connection', (_, response) => void response.socket?.destroy(), 'FETCH_FAILED'],
  ] satisfies [string, RequestListener, string][])(
    '%s is logged with its reason, asked less often, and stops no other feed',
    async (_, bad, code) => {
      let round = 0
      serve({
        '/bad': [bad],
        '/good': [(_request, response) => respond(response, 200, {}, rss(item(String(++round), 'a')))],
      })
      const read = await rounds(3, ['/bad', '/good'])
      expect(read.map((items) => mentionEvents(items).length)).toEqual([1, 1, 1])
      expect(new Set(codes())).toEqual(new Set([code]))
      expect(context.logged[0]).toMatchObject({ connector: 'news', url: `${server.url}/bad`, code })
      // Rounds 1 and 2; the third is left out, and pauses double from there.
      expect(context.logged.map(({ failures }) => failures)).toEqual([1, 2])
      expect(context.logged[1]).toMatchObject({ waitMs: 2 * FIVE_MINUTES })
    },
  )

  it('asks again within the round when a failure passes', async () => {
    serve({ '/f': [status(503), status(500), ok(rss(item('1', 'a')))] })
    const [items] = await rounds(1, ['/f'])
    expect(ops(items!)).toEqual(['create 1 a'])
    expect(asked('/f')).toBe(3)
  })

  it('waits as long as Retry-After says, in seconds or as a date, over restarts too', async () => {
    const later = new Date(context.clock.now() + 3_600_000).toUTCString()
    serve({
      '/short': [status(429, { 'retry-after': '30' }), ok(rss(item('1', 'a')))],
      '/long': [status(503, { 'retry-after': later }), ok(rss(item('2', 'b')))],
    })
    const startedAt = context.clock.now()
    const [first] = await rounds(1, ['/short', '/long'])
    expect(ops(first!)).toEqual(['create 1 a'])
    expect(context.clock.slept).toContain(30_000)
    const reader = connector(['/short', '/long'])
    context.logged.length = 0
    await readUntil(reader, lastCursor(first!), (items) => mentionEvents(items).length > 0)
    expect(context.clock.now() - startedAt).toBeGreaterThanOrEqual(3_600_000)
    expect(asked('/long')).toBe(2)
    expect(context.logged).toEqual([
      expect.objectContaining({
        url: `${server.url}/long`,
        msg: 'feed is not asked yet',
        waitMs: expect.any(Number) as unknown,
      }),
    ])
  })

  it('asks a feed that is gone no more, loudly, until the next start', async () => {
    serve({ '/gone': [status(410)], '/good': [ok(rss(item('1', 'a')))] })
    const read = await rounds(3, ['/gone', '/good'])
    expect(asked('/gone')).toBe(1)
    expect(context.logged).toEqual([
      expect.objectContaining({ level: 50, code: 'FEED_GONE', url: `${server.url}/gone` }),
    ])
    await rounds(1, ['/gone', '/good'], lastCursor(read.flat()))
    expect(asked('/gone')).toBe(2)
  })

  it('reads on when every feed is gone: that is for a person to repair', async () => {
    serve({ '/gone': [status(410)] })
    expect(await rounds(2, ['/gone'])).toHaveLength(2)
  })

  it('follows a feed that moved for good, and says where to', async () => {
    serve({ '/old': [status(301, { location: '/new?key=sesame' })], '/new?key=sesame': [ok(rss(item('1', 'a')))] })
    const [items] = await rounds(1, ['/old'])
    expect(ops(items!)).toEqual(['create 1 a'])
    expect(context.logged).toEqual([expect.objectContaining({ movedTo: `${server.url}/new` })])
  })
})

describe('progress', () => {
  it('says up to when the slowest healthy feed was read', async () => {
    serve({ '/a': [ok(rss(item('1', 'a')))], '/b': [ok(rss(item('2', 'b'))), status(404)] })
    const read = await rounds(6, ['/a', '/b'])
    const seen = read.map((items) => items.at(-1)).map((last) => (last?.kind === 'checkpoint' ? last.observedAt : null))
    const start = seen[0]!
    // /b holds the progress back while its trouble is new; after its third failure, in round 5, it no longer counts.
    expect(seen).toEqual([0, 0, 0, 0, 4, 5].map((round) => start + round * FIVE_MINUTES))
  })

  it('checks what can be checked: one good feed is enough, none is an error with every reason', async () => {
    serve({ '/good': [ok(rss(item('1', 'a')))], '/page': [ok('<html></html>')], '/no': [status(404)] })
    await connector(['/good', '/no']).check(new AbortController().signal)
    expect(codes()).toEqual(['FEED_NOT_FOUND'])
    const failed = connector(['/page', '/no']).check(new AbortController().signal)
    await expect(failed).rejects.toMatchObject({
      class: 'permanent',
      message: expect.stringMatching(/\/page: .*web page[^\n]*\n.*\/no: HTTP 404/) as unknown,
    })
  })

  it('checks without patience: one request, and what came of it', async () => {
    serve({ '/busy': [status(429, { 'retry-after': '3600' })] })
    await expect(connector(['/busy']).check(new AbortController().signal)).rejects.toMatchObject({
      class: 'transient',
      code: 'FEED_THROTTLED',
    })
    expect(server.requests).toHaveLength(1)
    expect(context.clock.slept).toEqual([])
  })

  it('refuses a cursor that it did not write', () => {
    for (const cursor of ['', '{', '{"version":9}']) {
      expect(() => connector(['/f']).read(cursor, new AbortController().signal)).toThrow(
        /give the connector another id/,
      )
    }
  })
})
