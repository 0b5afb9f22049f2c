import type { ServerResponse } from 'node:http'
import type { Clock } from '#infra/contracts/clock.ts'
import { LoopbackServer, respond } from './loopback-server.ts'

export interface HackerNewsItem {
  readonly id: number
  readonly time: number
  readonly by: string
  readonly text: string
  readonly deleted?: boolean
  readonly dead?: boolean
}

/** A small Hacker News of comments: Algolia's search over windows, whose index may lag, and Firebase's items and updates. */
export async function startHackerNews(clock: Clock) {
  const items = new Map<number, HackerNewsItem>()
  const index = new Map<number, HackerNewsItem>()
  /** Given as they stand, whatever is asked for. */
  const recordedHits: unknown[] = []
  const recordedItems = new Map<number, unknown>()
  let updates: number[] = []
  let throttled = { times: 0, seconds: 0 }
  let stalled = false
  let mostHits = 1000
  let nextId = 40_000_000

  const server = await LoopbackServer.start((request, response) => {
    if (stalled) return
    if (throttled.times-- > 0) return respond(response, 429, { 'retry-after': String(throttled.seconds) })
    const url = new URL(request.url ?? '', 'http://localhost')
    if (url.pathname === '/v0/updates.json') return json(response, { items: updates, profiles: [] })
    const id = /^\/v0\/item\/(\d+)\.json$/.exec(url.pathname)?.[1]
    if (id !== undefined) return json(response, recordedItems.get(Number(id)) ?? firebaseItem(items.get(Number(id))))
    json(response, search(url.searchParams))
  })

  function search(query: URLSearchParams): unknown {
    const [, since, until] = /created_at_i>=(\d+),created_at_i<(\d+)/.exec(query.get('numericFilters') ?? '') ?? []
    const found = [...index.values()].filter(({ time }) => time >= Number(since) && time < Number(until))
    const newest = found.toSorted((a, b) => b.time - a.time || b.id - a.id).slice(0, mostHits)
    const hits = newest.map(({ id, time, by, text }) => ({
      objectID: String(id),
      created_at_i: time,
      author: by,
      comment_text: text,
      story_id: 1,
      story_title: 'On kettles',
      parent_id: 1,
      _tags: ['comment', `author_${by}`, 'story_1'],
      _highlightResult: { comment_text: { value: text } },
    }))
    return { hits: [...hits, ...recordedHits], nbHits: found.length, hitsPerPage: mostHits }
  }

  return {
    baseUrls: { search: `${server.url}/api/v1`, items: `${server.url}/v0` },
    server,
    /** A comment that names Acme, a second older than now; answers its number. */
    publish(text = 'The Acme kettle is <i>quiet</i>.<p>Really', time = Math.floor(clock.now() / 1000) - 1): number {
      const id = nextId++
      const item = { id, time, by: `user${id % 7}`, text }
      items.set(id, item)
      index.set(id, item)
      return id
    },
    publishBad: () => void recordedHits.push({ objectID: 'none', comment_text: 'Acme' }),
    /** Answers with these hits and items as they were recorded; all items count as changed lately. */
    replay(hits: readonly unknown[], changed: readonly { readonly id: number }[]): void {
      recordedHits.push(...hits)
      for (const item of changed) recordedItems.set(item.id, item)
      updates = [...recordedItems.keys()]
    },
    /** Changes an item for the item service and lists it; the index follows with `reindex`. */
    async change(id: number, change: Partial<HackerNewsItem>): Promise<void> {
      items.set(id, { ...items.get(id)!, ...change })
      updates = [id]
      await clock.sleep(1_000)
    },
    reindex(id: number): void {
      const item = items.get(id)!
      if (item.deleted || item.dead) index.delete(id)
      else index.set(id, item)
    },
    clearUpdates: () => {
      updates = []
    },
    limitHits: (most: number) => {
      mostHits = most
    },
    throttle: (times: number, seconds: number) => {
      throttled = { times, seconds }
    },
    stall: () => {
      stalled = true
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

function firebaseItem(item: HackerNewsItem | undefined): unknown {
  if (item === undefined) return null
  if (item.deleted) return { id: item.id, time: item.time, type: 'comment', deleted: true, parent: 1 }
  return { ...item, type: 'comment', parent: 1 }
}

const json = (response: ServerResponse, body: unknown): void =>
  respond(response, 200, { 'content-type': 'application/json' }, JSON.stringify(body))
