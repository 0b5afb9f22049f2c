import { pino } from 'pino'
import { Agent } from 'undici'
import { createBlueskyConnector } from '#ingest/bluesky/bluesky-connector.ts'
import { FastClock } from '../support/fast-clock.ts'
import { JetstreamServer, postCommit } from '../support/jetstream-server.ts'
import { describeConnectorContract } from './connector.ts'

const DID = 'did:plc:writer'
const rkeyOf = (id: string): string => id.split('/').at(-1) ?? ''

describeConnectorContract({
  name: 'bluesky',
  lives: 4,
  can: { edit: true, remove: true, publishBad: true, throttle: true, stall: true },
  async start() {
    const clock = new FastClock(200)
    const server = await JetstreamServer.start(clock)
    const dispatcher = new Agent()
    let posts = 0
    return {
      open: () =>
        createBlueskyConnector(
          { id: 'sky', urls: [server.url], prefilter: true, latenessMs: 120_000 },
          { clock, dispatcher, logger: pino({ level: 'silent' }), userAgent: 'test' },
        ),
      async publish(count) {
        return Array.from({ length: count }, () => {
          const rkey = `post${++posts}`
          server.publish(
            postCommit(DID, rkey, 'create', { text: `about acme ${rkey}`, createdAt: '2026-01-04T10:00:00Z' }),
          )
          return `bluesky:at://${DID}/app.bsky.feed.post/${rkey}`
        })
      },
      async edit(id, text) {
        server.publish(postCommit(DID, rkeyOf(id), 'update', { text, createdAt: '2026-01-04T10:00:00Z' }))
      },
      async remove(id) {
        server.publish(postCommit(DID, rkeyOf(id), 'delete', null))
      },
      async publishBad() {
        server.publish(postCommit(DID, 'bad', 'create', null))
      },
      throttle(times, pauseMs) {
        const headers = { 'Retry-After': String(pauseMs / 1000) }
        for (let time = 0; time < times; time++) server.refusals.push({ status: 429, headers })
      },
      slept: () => clock.slept.reduce((sum, ms) => sum + ms, 0),
      stall() {
        server.stalled = true
      },
      breakDown() {
        for (let time = 0; time < 10; time++) server.refusals.push({ status: 404 })
      },
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]()
        await dispatcher.destroy()
      },
    }
  },
})
