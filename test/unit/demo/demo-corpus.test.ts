import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { mentionTokens } from '#query/mention-tokens.ts'
import { QuerySet } from '#query/query-set.ts'
import { encode } from '#schemas/codec.ts'
import type { Mention, MentionEvent } from '#schemas/generated.ts'
import { mentionText, newMention } from '#schemas/mention.ts'
import { demoBrands } from '#scripts/demo/demo-brands.ts'
import { DEMO_DAYS, DEMO_LATENESS_MS, type DemoEvent, demoCorpus, demoMention } from '#scripts/demo/demo-corpus.ts'

const DAY_MS = 86_400_000
const UNTIL = Date.UTC(2026, 10, 24, 12, 34, 56)
const corpus = demoCorpus(1, UNTIL)
const mentions = corpus.flatMap((item) => (item.kind === 'mention' ? [item.event] : []))
const authors = corpus.flatMap((item) => (item.kind === 'author' ? [item.event] : []))
const creates = mentions.filter(({ op }) => op === 'create')
const queries = new QuerySet(demoBrands)
const brandsOf = (mention: Mention): string[] => queries.match(mentionTokens(mention))

const contentOf = ({ mention }: MentionEvent): Mention => mention as Mention
const textOf = (event: MentionEvent): string => mentionText(contentOf(event))
/** Creates that say this, and when the first and the last were published, as days before the end. */
function story(words: RegExp) {
  const found = creates.filter((event) => words.test(textOf(event)))
  const days = found.map((event) => (UNTIL - contentOf(event).publishedAt) / DAY_MS)
  return { found, first: Math.max(...days), last: Math.min(...days) }
}

const fingerprint = (events: readonly DemoEvent[]): string => {
  const hash = createHash('sha256')
  for (const item of events) {
    hash.update(item.kind === 'mention' ? encode('MentionEvent', item.event) : encode('AuthorEvent', item.event))
  }
  return hash.digest('hex')
}

describe('the demo', () => {
  it('is the same for the same seed and end, and another for another seed', () => {
    expect(fingerprint(demoCorpus(1, UNTIL))).toBe(fingerprint(corpus))
    expect(fingerprint(demoCorpus(2, UNTIL))).not.toBe(fingerprint(corpus))
  })

  it('is the same story whenever it ends: only the times move', () => {
    const later = demoCorpus(1, UNTIL + DAY_MS / 2)
    expect(later.length).toBeGreaterThan(corpus.length * 0.95)
    expect(later.length).toBeLessThan(corpus.length * 1.05)
  })

  it('comes in the order in which it was observed, within its thirty days, nothing from the future', () => {
    const times = corpus.map(({ event }) => event.observedAt)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.at(-1)).toBeLessThanOrEqual(UNTIL)
    expect(corpus.filter(({ event }) => event.rev !== event.observedAt)).toEqual([])
    const badly = creates.filter((event) => {
      const { publishedAt } = contentOf(event)
      const lateness = event.observedAt - publishedAt
      return lateness < 0 || lateness >= DEMO_LATENESS_MS || publishedAt < UNTIL - DEMO_DAYS * DAY_MS
    })
    expect(badly).toEqual([])
  })

  it('creates every id once, before whatever else happens to it', () => {
    expect(new Set(creates.map(({ id }) => id)).size).toBe(creates.length)
    const known = new Set<string>()
    const early = mentions.filter(({ id, op }) => (op === 'create' ? !known.add(id) : !known.has(id)))
    expect(early).toEqual([])
  })

  it('keeps the bytes that a platform would have sent under their hash', () => {
    const damaged = mentions.filter(({ op, payload }) => {
      if (op === 'delete') return payload !== null
      return (
        createHash('sha256')
          .update(payload?.bytes as Uint8Array)
          .digest('hex') !== payload?.sha256
      )
    })
    expect(damaged).toEqual([])
  })

  it('fills every place in its phrases', () => {
    expect(creates.map(textOf).filter((text) => /\{\w*\}|undefined|null/.test(text))).toEqual([])
  })

  it('has edits, deletions, and accounts that leave, and that come back', () => {
    const count = (op: string) => mentions.filter((event) => event.op === op).length
    expect(count('update')).toBeGreaterThan(100)
    expect(count('delete')).toBeGreaterThan(100)
    expect(authors.map(({ op }) => op)).toEqual(['delete', 'delete', 'delete', 'hide', 'restore'])
    for (const event of mentions) {
      if (event.op === 'update') expect(contentOf(event)).toMatchObject({ editedAt: event.observedAt })
      if (event.op === 'delete') expect(event.mention).toBeNull()
    }
    for (const { authorId } of authors)
      expect(creates.some((event) => contentOf(event).author?.id === authorId)).toBe(true)
  })

  it('speaks several languages on several platforms, at the hours of people', () => {
    const kinds = (of: (mention: Mention) => string | null) => new Set(creates.map((event) => of(contentOf(event))))
    expect([...kinds(({ platform }) => platform)].sort()).toEqual(['bluesky', 'forum', 'mastodon', 'news', 'reviews'])
    expect(kinds(({ lang }) => lang.declared).size).toBeGreaterThanOrEqual(8)
    expect(kinds(({ kind }) => kind)).toEqual(new Set(['post', 'comment', 'review', 'article', 'repost']))
    const hours = Array.from({ length: 24 }, () => 0)
    for (const event of creates) {
      const hour = new Date(contentOf(event).publishedAt).getUTCHours()
      hours[hour] = (hours[hour] as number) + 1
    }
    expect(hours[18]).toBeGreaterThan(3 * (hours[3] as number))
  })

  it('repeats itself as people do: reposts and near-copies', () => {
    const reposts = creates.filter((event) => contentOf(event).kind === 'repost')
    expect(reposts.length).toBeGreaterThan(500)
    const texts = new Set(creates.map(textOf))
    expect(texts.size).toBeLessThan(creates.length * 0.9)
  })

  it('has a launch, a rumour that is denied, a crisis in the news, and a campaign of young accounts', () => {
    const launch = story(/launch|Nordlys Buds (announced|headphones)/)
    expect(launch.found.length).toBeGreaterThan(400)
    expect(launch.first).toBeLessThanOrEqual(20)

    const rumour = story(/sawdust/i)
    expect(rumour.found.length).toBeGreaterThan(400)
    const denials = rumour.found.filter((event) => /false|hoax/.test(textOf(event)))
    expect(denials.length).toBeGreaterThan(20)
    expect(denials.length).toBeLessThan(rumour.found.length / 2)

    const crisis = story(/leak/i)
    expect(crisis.found.length).toBeGreaterThan(2_000)
    expect(crisis.first).toBeLessThanOrEqual(8)
    expect(crisis.last).toBeGreaterThan(6)
    expect(crisis.found.some((event) => contentOf(event).platform === 'news')).toBe(true)

    const { found: campaign, first, last } = story(/SWIFT\d+/)
    expect(campaign.length).toBe(260)
    expect(first - last).toBeLessThanOrEqual(40 / 1_440)
    for (const event of campaign) {
      const { createdAt, followers } = contentOf(event).author as NonNullable<Mention['author']>
      expect(contentOf(event).publishedAt - (createdAt as number)).toBeLessThan(15 * DAY_MS)
      expect(followers).toBeLessThan(12)
    }
  })

  it('has talk that no brand wants, and of each brand enough for every day', () => {
    const unwanted = creates.filter((event) => brandsOf(contentOf(event)).length === 0)
    expect(unwanted.length).toBeGreaterThan(1_000)
    expect(unwanted.length).toBeLessThan(creates.length / 4)
    for (const { id } of demoBrands) {
      const days = new Set(
        creates
          .filter((event) => brandsOf(contentOf(event)).includes(id))
          .map((event) => Math.floor((UNTIL - contentOf(event).publishedAt) / DAY_MS)),
      )
      expect(days.size).toBe(DEMO_DAYS)
    }
  })
})

describe('the brands of the demo', () => {
  const asks = (text: string) => brandsOf(newMention({ platform: 'test', kind: 'post', publishedAt: 0, text }))

  it.for(demoBrands)('$id wants its examples and none of the others', ({ id, mustMatch, mustNotMatch }) => {
    expect(mustMatch.length * mustNotMatch.length).toBeGreaterThan(0)
    for (const text of mustMatch) expect(asks(text)).toContain(id)
    for (const text of mustNotMatch) expect(asks(text)).not.toContain(id)
  })
})

describe('the demo that goes on', () => {
  it('says something of a brand, now, under an id of its own', () => {
    const ids = new Set(creates.map(({ id }) => id))
    for (let number = 0; number < 60; number++) {
      const now = UNTIL + number * 400
      const { event } = demoMention(1, number, now) as Extract<DemoEvent, { kind: 'mention' }>
      expect(event).toMatchObject({ op: 'create', mention: { publishedAt: now } })
      expect(brandsOf(contentOf(event))).not.toEqual([])
      expect(ids.has(event.id)).toBe(false)
      ids.add(event.id)
    }
  })
})
