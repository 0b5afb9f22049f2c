import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReadItem } from '#infra/contracts/connector.ts'
import { createHackerNewsConnector } from '#ingest/hackernews/hackernews-connector.ts'
import { lastCursor, mentionEvents, readUntil } from '../contract/connector.ts'
import { type TestContext, testContext } from '../support/connector-context.ts'
import { startHackerNews } from '../support/hackernews-server.ts'
import { respond } from '../support/loopback-server.ts'

const MINUTE = 60_000

let context: TestContext
let site: Awaited<ReturnType<typeof startHackerNews>>
beforeEach(async () => {
  context = testContext()
  site = await startHackerNews(context.clock)
})
afterEach(async () => {
  await site[Symbol.asyncDispose]()
  await context[Symbol.asyncDispose]()
})

const connector = (terms: readonly string[] = ['Acme']) =>
  createHackerNewsConnector(
    { id: 'hn', terms, everyMs: MINUTE, baseUrls: site.baseUrls, prefilter: true, latenessMs: 1 },
    context,
  )

async function rounds(count: number, cursor: string | null = null, terms?: readonly string[]): Promise<ReadItem[]> {
  const ended = (items: readonly ReadItem[]): number =>
    items.filter((item) => item.kind === 'checkpoint' && item.progress?.done === item.progress?.total).length
  return [...(await readUntil(connector(terms), cursor, (items) => ended(items) === count)).items]
}

const ops = (items: readonly ReadItem[]): string[] =>
  mentionEvents(items).map(({ op, id, mention }) => `${op} ${id} ${mention?.text ?? ''}`.trim())
const searches = (): URLSearchParams[] =>
  site.server.requests.flatMap(({ url }) => (url?.includes('search') ? new URL(url, 'http://x').searchParams : []))

describe('search', () => {
  it('asks for the exact phrase in a window, without highlights and typo tolerance', async () => {
    await rounds(1, null, ['Acme "Kettle" Co'])
    expect(Object.fromEntries(searches()[0]!)).toEqual({
      query: '"Acme  Kettle  Co"',
      tags: '(story,comment,poll,job)',
      numericFilters: expect.stringMatching(/^created_at_i>=\d+,created_at_i<\d+$/) as unknown,
      hitsPerPage: '1000',
      typoTolerance: 'false',
      advancedSyntax: 'true',
      attributesToHighlight: '',
    })
  })

  it('halves a window that holds more than a page, and finds every post once', async () => {
    site.limitHits(10)
    const now = Math.floor(context.clock.now() / 1000)
    const ids = Array.from({ length: 60 }, (_, n) => site.publish('Acme', now - n * 97))
    const items = await rounds(1)
    expect(new Set(mentionEvents(items).map(({ id }) => id))).toEqual(new Set(ids.map((id) => `hackernews:item/${id}`)))
    expect(mentionEvents(items)).toHaveLength(60)
    expect(searches().length).toBeLessThan(100)
  })

  it('says so when a second holds more than a page', async () => {
    site.limitHits(5)
    const now = Math.floor(context.clock.now() / 1000)
    for (let n = 0; n < 8; n++) site.publish('Acme', now - 500)
    const items = await rounds(1)
    expect(mentionEvents(items)).toHaveLength(5)
    expect(context.logged).toEqual([expect.objectContaining({ second: now - 500, hits: 5 })])
  })

  it('finds what the index shows late, over the overlap, and yields it once', async () => {
    const first = site.publish('Acme one')
    const items = await rounds(1)
    site.publish('Acme, indexed late', Math.floor(context.clock.now() / 1000) - 3_000)
    const later = await rounds(2, lastCursor(items))
    expect(ops(items)).toEqual([`create hackernews:item/${first} Acme one`])
    expect(ops(later)).toEqual([expect.stringContaining('Acme, indexed late')])
  })

  it('leaves alone what does not hold the phrase, and reads an item of two terms once', async () => {
    site.publish('the academe of kettles')
    site.publish('Acme kettle')
    const items = await rounds(1, null, ['acme', 'Acme Kettle'])
    expect(ops(items)).toEqual([expect.stringContaining('Acme kettle')])
    expect(items).toContainEqual({ kind: 'ignored', reason: 'not_matching', count: 1 })
  })
})

describe('edits and removals', () => {
  it('come from the item service, even while the index lags', async () => {
    const id = site.publish('Acme is quiet')
    const first = await rounds(1)
    await site.change(id, { text: 'Acme is loud' })
    const second = await rounds(3, lastCursor(first))
    expect(ops(second)).toEqual([`update hackernews:item/${id} Acme is loud`])
    site.reindex(id)
    expect(ops(await rounds(1, lastCursor(second)))).toEqual([])
  })

  it('are found by the index too when the list of changes was missed', async () => {
    const id = site.publish('Acme is quiet')
    const first = await rounds(1)
    await site.change(id, { text: 'Acme is loud' })
    site.clearUpdates()
    site.reindex(id)
    expect(ops(await rounds(1, lastCursor(first)))).toEqual([`update hackernews:item/${id} Acme is loud`])
  })

  it('are found after a long pause by reading again what was given out', async () => {
    const id = site.publish('Acme is quiet')
    const first = await rounds(1)
    await site.change(id, { deleted: true })
    site.clearUpdates()
    await context.clock.sleep(30 * MINUTE)
    const second = await rounds(2, lastCursor(first))
    expect(ops(second)).toEqual([`delete hackernews:item/${id}`])
    expect(mentionEvents(second)[0]).toMatchObject({ mention: null, reason: 'deleted by its author' })
  })

  it('hide what is flagged and restore what comes back, with its text', async () => {
    const id = site.publish('Acme is quiet')
    const first = await rounds(1)
    await site.change(id, { dead: true })
    const second = await rounds(2, lastCursor(first))
    await site.change(id, { dead: false })
    const third = await rounds(2, lastCursor(second))
    expect(ops(second)).toEqual([`hide hackernews:item/${id}`])
    expect(ops(third)).toEqual([`restore hackernews:item/${id}`, `update hackernews:item/${id} Acme is quiet`])
  })

  it('of items that were never given out are left alone', async () => {
    const id = site.publish('Something else')
    const first = await rounds(1)
    await site.change(id, { deleted: true })
    expect(ops(await rounds(1, lastCursor(first)))).toEqual([])
    expect(site.server.requests.filter(({ url }) => url?.includes('/item/'))).toEqual([])
  })
})

describe('failures', () => {
  it('are tried five times and then given to whoever runs the connector, as something that may pass', async () => {
    site.server.answer = (_, response) => respond(response, 502)
    const read = readUntil(connector(), null, () => false)
    await expect(read).rejects.toMatchObject({ class: 'transient', code: 'HACKERNEWS_UNAVAILABLE' })
    expect(site.server.requests).toHaveLength(5)
  })

  it('say when an address gives something else', async () => {
    site.server.answer = (_, response) => respond(response, 200, {}, '<html>')
    const checked = connector().check(new AbortController().signal)
    await expect(checked).rejects.toMatchObject({
      code: 'HACKERNEWS_DAMAGED',
      message: expect.stringContaining('baseUrls') as unknown,
    })
  })

  it('of a cursor name the remedy', () => {
    expect(() => connector().read('{}', new AbortController().signal)).toThrow(/give the connector another id/)
  })
})
