import { createHash } from 'node:crypto'
import { createFeedConnector } from '#ingest/feed/feed-connector.ts'
import { mentionId } from '#schemas/mention-id.ts'
import { testContext } from '../support/connector-context.ts'
import { LoopbackServer, respond } from '../support/loopback-server.ts'
import { describeConnectorContract, type SourceUnderTest } from './connector.ts'

describeConnectorContract({
  name: 'feed',
  can: { edit: true, remove: true, publishBad: true, throttle: true, stall: true },
  start: startFeed,
})

/** Two Atom feeds on one server; posts go to them in turn. */
async function startFeed(): Promise<SourceUnderTest> {
  const context = testContext()
  const guarded = testContext({ allowPrivate: false })
  const feeds = [new Map<string, string>(), new Map<string, string>()]
  const tombstones = new Set<string>()
  let bad = 0
  let published = 0
  let throttled = { times: 0, seconds: 0 }
  let stalled = false
  let broken = false

  const server = await LoopbackServer.start((request, response) => {
    if (stalled) return
    if (throttled.times-- > 0) return respond(response, 429, { 'retry-after': String(throttled.seconds) })
    const body = render(feeds[request.url === '/0.xml' ? 0 : 1]!, request.url === '/0.xml' ? bad : 0, tombstones)
    const etag = `"${createHash('sha256').update(body).digest('hex')}"`
    if (request.headers['if-none-match'] === etag) return respond(response, 304, { etag })
    respond(response, 200, { etag, 'content-type': 'application/atom+xml' }, body)
  })
  const urls = ['/0.xml', '/1.xml'].map((path) => server.url + path)
  const idOf = (feed: number, guid: string): string => {
    const digest = createHash('sha256').update(urls[feed]!).digest('hex').slice(0, 12)
    return mentionId('feed', `127.0.0.1-${digest}/${guid}`)
  }
  const guidOf = (id: string): string => id.slice(id.indexOf('/') + 1)

  return {
    open: () =>
      createFeedConnector(
        { id: 'news', urls, everyMs: 300_000, prefilter: true, latenessMs: 3_600_000 },
        broken ? guarded : context,
      ),
    publish: async (count) =>
      Array.from({ length: count }, () => {
        const guid = `tag:example.org,2026:${++published}`
        feeds[published % 2]!.set(guid, `post number ${published}`)
        return idOf(published % 2, guid)
      }),
    edit: async (id, text) => {
      const feed = feeds.find((posts) => posts.has(guidOf(id)))
      feed?.set(guidOf(id), text)
      await context.clock.sleep(1_000)
    },
    remove: async (id) => {
      for (const feed of feeds) feed.delete(guidOf(id))
      tombstones.add(guidOf(id))
    },
    publishBad: async () => {
      bad++
    },
    throttle: (times, pauseMs) => {
      throttled = { times, seconds: pauseMs / 1000 }
    },
    slept: () => context.clock.slept.reduce((sum, ms) => sum + ms, 0),
    stall: () => {
      stalled = true
    },
    breakDown: () => {
      broken = true
    },
    [Symbol.asyncDispose]: async () => {
      await context[Symbol.asyncDispose]()
      await guarded[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

function render(posts: ReadonlyMap<string, string>, bad: number, tombstones: ReadonlySet<string>): string {
  const entries = [...posts].map(
    ([guid, text]) => `<entry>
      <id>${guid}</id><title>A title</title><updated>2026-01-05T10:00:00Z</updated>
      <link href="/posts/${encodeURIComponent(guid)}"/><content type="html">&lt;p&gt;${text}&lt;/p&gt;</content>
    </entry>`,
  )
  const broken = Array.from({ length: bad }, () => '<entry><updated></updated></entry>')
  const gone = [...tombstones].map((guid) => `<at:deleted-entry ref="${guid}" when="2026-01-05T11:00:00Z"/>`)
  return `<?xml version="1.0" encoding="utf-8"?>
    <feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">
    <title>News</title>${[...gone, ...entries.slice(0, 1), ...broken, ...entries.slice(1)].join('\n')}</feed>`
}
