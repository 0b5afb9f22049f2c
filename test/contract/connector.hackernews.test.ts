import { createHackerNewsConnector } from '#ingest/hackernews/hackernews-connector.ts'
import { testContext } from '../support/connector-context.ts'
import { startHackerNews } from '../support/hackernews-server.ts'
import { describeConnectorContract } from './connector.ts'

describeConnectorContract({
  name: 'hackernews',
  can: { edit: true, remove: true, publishBad: true, throttle: true, stall: true },
  start: async () => {
    const context = testContext()
    const guarded = testContext({ allowPrivate: false })
    const site = await startHackerNews(context.clock)
    let broken = false
    const options = { id: 'hn', terms: ['Acme', 'acme kettle'], everyMs: 60_000, prefilter: true, latenessMs: 600_000 }
    return {
      open: () => createHackerNewsConnector({ ...options, baseUrls: site.baseUrls }, broken ? guarded : context),
      publish: async (count) => Array.from({ length: count }, () => `hackernews:item/${site.publish()}`),
      edit: async (id, text) => site.change(numberOf(id), { text }),
      remove: async (id) => site.change(numberOf(id), { deleted: true }),
      publishBad: async () => site.publishBad(),
      throttle: (times, pauseMs) => site.throttle(times, pauseMs / 1000),
      slept: () => context.clock.slept.reduce((sum, ms) => sum + ms, 0),
      stall: () => site.stall(),
      breakDown: () => {
        broken = true
      },
      [Symbol.asyncDispose]: async () => {
        await context[Symbol.asyncDispose]()
        await guarded[Symbol.asyncDispose]()
        await site[Symbol.asyncDispose]()
      },
    }
  },
})

const numberOf = (id: string): number => Number(id.slice('hackernews:item/'.length))
