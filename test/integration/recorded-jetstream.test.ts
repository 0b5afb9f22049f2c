import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ReadItem } from '#infra/contracts/connector.ts'
import { createBlueskyConnector } from '#ingest/bluesky/bluesky-connector.ts'
import { mapPost } from '#ingest/bluesky/map-post.ts'
import { encode } from '#schemas/codec.ts'
import { mentionEvents, readUntil } from '../contract/connector.ts'
import { testContext } from '../support/connector-context.ts'
import { FastClock } from '../support/fast-clock.ts'
import { JetstreamServer } from '../support/jetstream-server.ts'

const folder = new URL('../../../shared/connectors/samples/bluesky/', import.meta.url)

const frames = (file: string): string[] => readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n')

/** What a file of recorded frames becomes on its way over the wire. */
async function played(
  file: string,
): Promise<{ readonly items: readonly ReadItem[]; readonly counts: Record<string, number> }> {
  const clock = new FastClock(5, Date.UTC(2026, 10, 1))
  await using server = await JetstreamServer.start(clock)
  await using context = testContext()
  for (const frame of frames(file)) server.publishRaw(frame)
  const options = { id: 'sky', urls: [server.url], prefilter: false, latenessMs: 1 }
  const caughtUp = (items: readonly ReadItem[]): boolean => {
    const last = items.at(-1)
    return last?.kind === 'checkpoint' && last.progress !== undefined
  }
  const { items } = await readUntil(createBlueskyConnector(options, { ...context, clock }), null, caughtUp)
  const counts: Record<string, number> = {}
  for (const item of items) {
    if (item.kind === 'mention') encode('MentionEvent', item.event)
    if (item.kind === 'author') encode('AuthorEvent', item.event)
    const name = item.kind === 'ignored' ? item.reason : item.kind
    counts[name] = (counts[name] ?? 0) + 1
  }
  delete counts.checkpoint
  return { items, counts }
}

interface Capture {
  readonly postRecords: readonly {
    readonly uri: string
    readonly value: {
      readonly text: string
      readonly createdAt: string
      readonly reply?: object
      readonly facets?: readonly { readonly features: readonly object[] }[]
    }
  }[]
}

describe.skipIf(!existsSync(folder))('the recorded Jetstream events', () => {
  it('all 112 of a minute become what they are', async () => {
    const { items, counts } = await played('jetstream_v1_112.jsonl')
    expect(counts).toEqual({ mention: 11, like: 77, repost: 13, 'other collection': 11 })
    const mentions = mentionEvents(items).flatMap(({ mention }) => mention ?? [])
    expect(mentions.every(({ publishedAtEstimated }) => !publishedAtEstimated)).toBe(true)
    expect(
      mentions.filter(
        ({ text, media, links, thread }) => text === null && media.length + links.length === 0 && thread === null,
      ),
    ).toEqual([])
    // Shortened in the text, whole in the facet.
    expect(mentions.find(({ text }) => text?.startsWith('www.youtube.com'))?.links).toHaveLength(1)
  })

  it('the ten kinds of event become what they are', async () => {
    const { counts } = await played('jetstream_v1_golden_10.jsonl')
    expect(counts).toEqual({ mention: 1, author: 1, like: 1, repost: 1, identity: 1, 'other collection': 5 })
  })

  it('all 20 posts of an account map with what they hold', () => {
    const { postRecords } = JSON.parse(
      readFileSync(new URL('account_capture_atprotocom.json', folder), 'utf8'),
    ) as Capture
    expect(postRecords).toHaveLength(20)
    for (const { uri, value } of postRecords) {
      const [did = '', , rkey = ''] = uri.slice('at://'.length).split('/')
      const mention = mapPost(value, { did, rkey, handle: null, observedAt: Date.UTC(2024, 0) })
      expect(mention.text).toBe(value.text)
      expect(mention.publishedAt).toBe(Date.parse(value.createdAt))
      const facets = mention.links.length + mention.mentions.length + mention.hashtags.length
      expect(facets).toBeGreaterThanOrEqual(new Set(value.facets?.map((facet) => JSON.stringify(facet.features))).size)
      expect(mention.kind === 'comment').toBe(value.reply !== undefined)
    }
  })
})
