import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFeedConnector } from '#ingest/feed/feed-connector.ts'
import { parseDate } from '#ingest/feed/parse-date.ts'
import { mapHit, mapItem } from '#ingest/hackernews/map-hackernews.ts'
import { encode } from '#schemas/codec.ts'
import { mentionEvents, readUntil } from '../contract/connector.ts'
import { testContext } from '../support/connector-context.ts'
import { LoopbackServer, respond } from '../support/loopback-server.ts'

/** Recordings that are not ours to publish; they lie beside the checkout of those who have them. */
const samples = join(import.meta.dirname, '../../../shared/connectors/samples')

describe.skipIf(!existsSync(samples))('recorded feeds', () => {
  const folder = join(samples, 'rss')

  it('give the items that the best of four parsers finds, or a failure that says why', {
    timeout: 60_000,
  }, async () => {
    const paths = (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && entry.parentPath !== folder)
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    expect(paths.length).toBeGreaterThan(130)
    const { files } = JSON.parse(await readFile(join(folder, 'measured_item_counts.json'), 'utf8')) as {
      files: Record<string, Record<string, number | 'error'>>
    }
    const bodies = new Map(
      await Promise.all(paths.map(async (path) => [`/${path}`, await readFile(join(folder, path))] as const)),
    )
    await using context = testContext()
    await using server = await LoopbackServer.start((request, response) =>
      respond(response, 200, {}, bodies.get(request.url as `/${string}`)),
    )

    let read = 0
    const wrong: unknown[] = []
    for (const path of paths) {
      const url = `${server.url}/${path}`
      const connector = createFeedConnector(
        { id: 'news', urls: [url], everyMs: 300_000, prefilter: true, latenessMs: 1 },
        context,
      )
      const logged = context.logged.length
      const { items } = await readUntil(connector, null, (seen) => seen.at(-1)?.kind === 'checkpoint')
      for (const event of mentionEvents(items)) encode('MentionEvent', event)
      const duplicates = items.flatMap((item) =>
        item.kind === 'ignored' && item.reason === 'duplicate' ? [item.count] : [],
      )
      const found =
        mentionEvents(items).length + items.filter(({ kind }) => kind === 'dead').length + (duplicates[0] ?? 0)
      const measured = Object.values(files[path] ?? {}).filter((count) => count !== 'error')
      const failure = context.logged[logged]
      read += found
      if (found === 0 && measured.length === 0) continue // nothing there, and whether it is a feed is a matter of taste
      if (failure !== undefined) wrong.push({ path, failure })
      else if (found < Math.max(...measured)) wrong.push({ path, found, measured })
    }
    expect(wrong).toEqual([])
    expect(read).toBeGreaterThan(600)
  })

  it('write dates in ways that we read', async () => {
    const dates = JSON.parse(await readFile(join(folder, 'date_strings.json'), 'utf8')) as {
      raw: string
      utc: string | null
    }[]
    for (const { raw, utc } of dates)
      expect([raw, parseDate(raw)]).toEqual([raw, utc === null ? null : Date.parse(utc)])
  })

  it('of Google Alerts are unwrapped', async () => {
    const body = await readFile(join(folder, 'feedjira/google_alerts_atom.xml'))
    await using context = testContext()
    await using server = await LoopbackServer.start((_, response) => respond(response, 200, {}, body))
    const connector = createFeedConnector(
      { id: 'alerts', urls: [server.url], everyMs: 300_000, prefilter: true, latenessMs: 1 },
      context,
    )
    const { items } = await readUntil(connector, null, (seen) => seen.at(-1)?.kind === 'checkpoint')
    const events = mentionEvents(items)
    expect(events.length).toBeGreaterThan(5)
    for (const { mention } of events) {
      expect(new URL(mention?.url ?? '').hostname).not.toMatch(/(^|\.)google\./)
      expect(mention?.title).not.toMatch(/<|&\w+;/)
    }
  })
})

describe.skipIf(!existsSync(samples))('recorded Hacker News', () => {
  const folder = join(samples, 'hackernews')
  const now = Date.UTC(2026, 10, 1)
  const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(folder, name), 'utf8'))

  it('hits of the search are posts', async () => {
    const { hits } = (await json('algolia_search_2026.json')) as { hits: Record<string, unknown>[] }
    expect(hits).toHaveLength(6)
    for (const hit of hits) {
      const mapped = mapHit(hit, now)
      if (mapped.kind !== 'mention') throw new Error(mapped.kind)
      expect(String(mapped.item)).toBe(hit.objectID)
      expect(mapped.mention).toMatchObject({
        publishedAt: Date.parse(String(hit.created_at)),
        author: { handle: hit.author },
      })
      expect(`${mapped.mention.title}${mapped.mention.text}`).not.toMatch(/<p>|<a |&#x/)
    }
  })

  it.each([
    ['8863', 'post', /^My YC app: Dropbox/],
    ['121003', 'question', /Ask HN/],
    ['126809', 'post', /^Poll/],
    ['2921983', 'comment', null],
  ])('item %s is a %s', async (id, kind, title) => {
    const mapped = mapItem(await json(`firebase_item_${id}.json`), now)
    if (mapped.kind !== 'mention') throw new Error(mapped.kind)
    expect(mapped.mention.kind).toBe(kind)
    if (title === null) expect(mapped.mention.thread?.parentId).toMatch(/^hackernews:item\/\d+$/)
    else expect(mapped.mention.title).toMatch(title)
  })

  it('a poll option is no post', async () => {
    expect(mapItem(await json('firebase_item_160705.json'), now)).toEqual({ kind: 'other', what: 'pollopt' })
  })
})
