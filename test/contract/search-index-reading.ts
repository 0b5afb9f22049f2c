import { describe, expect } from 'vitest'
import { BUCKET_MS, type Hit, type Selection, type Sums, TermField } from '#infra/contracts/search-index.ts'
import { CORPUS_MS, CORPUS_START, lifelikeEvent } from '../../scripts/bench/lifelike-events.ts'
import { authorOperation, created, NOON, operation, sentiment } from '../support/enriched-event.ts'
import { bucketsOf, selected, shownAfter, sumsOf, termCountsOf } from '../support/index-model.ts'
import { asking, EVERYTHING, type Fixture, type InIndex } from './search-index-fixture.ts'

const MENTIONS = 700

/** A corpus in which some mentions are gone, hidden or edited, and what must be shown of it. */
async function fill({ write }: Fixture): Promise<Hit[]> {
  const events = Array.from({ length: MENTIONS }, (_, i) => lifelikeEvent(3, i, MENTIONS))
  const said = [
    ...events,
    ...events.slice(0, 20).map(({ id, rev }) => operation(id, 'delete', rev + 1)),
    ...events.slice(20, 40).map(({ id, rev }) => operation(id, 'hide', rev + 1)),
    ...events
      .slice(40, 60)
      .map((event) => ({ ...event, op: 'update' as const, rev: event.rev + 1, tokens: 'acme edited' })),
    authorOperation(events[80]!.mention!.author!.id!, 'delete', events[80]!.observedAt, {
      platform: events[80]!.mention!.platform,
    }),
  ]
  await write(...said)
  return shownAfter(said)
}

const DAY = CORPUS_START + Math.floor(CORPUS_MS / 2)
const SELECTIONS: readonly Selection[] = [
  EVERYTHING,
  asking('acme'),
  asking('=Acme OR zephyr'),
  asking('NOT acme'),
  { ...asking('acme'), range: { since: DAY, until: DAY + 86_400_000 } },
  { ...EVERYTHING, range: { since: DAY + 123_456, until: null } },
  { ...EVERYTHING, range: { since: null, until: DAY + 1 } },
  { ...EVERYTHING, brands: ['zephyr', 'quasar'] },
  { ...EVERYTHING, brands: ['nobody'] },
  { ...asking('acme NOT edited'), brands: ['acme'], timely: true },
]

export function describeReading(inIndex: InIndex): void {
  describe('search', () => {
    inIndex('finds exactly what the matcher says, newest and oldest first, with exact totals', async (fixture) => {
      const shown = await fill(fixture)
      for (const selection of SELECTIONS) {
        const wanted = selected(shown, selection)
        for (const sort of ['newest', 'oldest'] as const) {
          const page = await fixture.index.search({ ...selection, sort, limit: 1_000, after: null })
          expect(page.total).toBe(wanted.length)
          expect(page.hits.toSorted(byId)).toEqual(wanted.toSorted(byId))
          const times = page.hits.map(({ content }) => content.mention.publishedAt)
          expect(times).toEqual(times.toSorted((a, b) => (sort === 'newest' ? b - a : a - b)))
        }
      }
    })

    inIndex('pages through everything once, whatever the size of the page', async (fixture) => {
      const shown = await fill(fixture)
      for (const sort of ['newest', 'oldest'] as const) {
        const whole = await fixture.ids({ ...asking('acme'), sort })
        expect(whole).toHaveLength(selected(shown, asking('acme')).length)
        for (const limit of [1, 7, 50]) expect(await fixture.ids({ ...asking('acme'), sort, limit })).toEqual(whole)
      }
    })

    inIndex(
      'orders mentions of one millisecond by the bytes of their ids, whenever they came',
      async ({ write, ids }) => {
        const names = ['b', '10', 'é', '9', 'a/b', 'ａ', '😀', 'B', '-', 'a']
        await write(...names.map((name, i) => created(`news:${name}`, { publishedAt: NOON + (i % 2), text: 'acme' })))
        const inBytes = (parity: number) =>
          names
            .filter((_, i) => i % 2 === parity)
            .map((name) => `news:${name}`)
            .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        const oldest = [...inBytes(0), ...inBytes(1)]
        for (const limit of [1, 3, 100]) {
          expect(await ids({ ...asking('acme'), sort: 'oldest', limit })).toEqual(oldest)
          expect(await ids({ ...asking('acme'), sort: 'newest', limit })).toEqual(oldest.toReversed())
        }
      },
    )

    inIndex('shows nothing twice and skips nothing while writes arrive between pages', async ({ write, index }) => {
      const at = (n: number) => NOON + Math.floor(n / 4) * 1_000
      const first = Array.from({ length: 60 }, (_, n) => created(`bluesky:old-${n}`, { publishedAt: at(n) }))
      await write(...first)
      for (const sort of ['newest', 'oldest'] as const) {
        const seen: string[] = []
        let after: string | null = null
        for (let round = 0; ; round++) {
          const page = await index.search({ ...EVERYTHING, sort, limit: 7, after })
          seen.push(...page.hits.map(({ id }) => id))
          if (page.next === null) break
          after = page.next
          const arrived = Array.from({ length: 5 }, (_, n) =>
            created(`bluesky:${sort}-${round}-${n}`, { publishedAt: at(n * 15) }),
          )
          await write(...arrived)
        }
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen.filter((id) => id.startsWith('bluesky:old-'))).toHaveLength(60)
      }
    })

    inIndex('takes a range as half-open, to the millisecond', async ({ write, ids }) => {
      const times = [NOON - 1, NOON, NOON + 1, NOON + BUCKET_MS, NOON + 3_599_999, NOON + 3_600_000]
      await write(...times.map((publishedAt, i) => created(`bluesky:${i}`, { publishedAt })))
      const between = (since: number | null, until: number | null) => ids({ range: { since, until }, sort: 'oldest' })
      expect(await between(NOON, NOON + 3_600_000)).toEqual(['bluesky:1', 'bluesky:2', 'bluesky:3', 'bluesky:4'])
      expect(await between(NOON + 1, NOON + BUCKET_MS)).toEqual(['bluesky:2'])
      expect(await between(NOON + 1, NOON + 1)).toEqual([])
      expect(await between(null, NOON)).toEqual(['bluesky:0'])
      expect(await between(NOON + 3_599_999, null)).toEqual(['bluesky:4', 'bluesky:5'])
    })

    inIndex('holds times that nobody can mean apart and in order', async ({ write, ids, index }) => {
      const times = [-62_135_596_800_000, -1, 0, NOON, Date.UTC(9999, 0)]
      await write(...times.map((publishedAt, i) => created(`bluesky:${i}`, { publishedAt, observedAt: NOON })))
      expect(await ids({ sort: 'oldest' })).toEqual(times.map((_, i) => `bluesky:${i}`))
      expect(await ids({ sort: 'oldest', limit: 1 })).toHaveLength(5)
      expect(await ids({ range: { since: -1, until: NOON } })).toEqual(['bluesky:2', 'bluesky:1'])
      const { buckets } = await index.aggregate({ ...EVERYTHING, buckets: true, terms: [], termLimit: 0 })
      expect(buckets.map(({ start }) => start)).toEqual(times.map((time) => Math.floor(time / BUCKET_MS) * BUCKET_MS))
    })

    inIndex('gives back the content as it was written', async ({ write, index }) => {
      const text = 'Ｆｕｌｌ "quotes" \u0000 \u202e עברית ✨ <b>&amp;</b> \u001b[31m ~ = ! |'
      const event = created('bluesky:1', { text, sentiment: sentiment(0.2, 0.3, 0.5), brands: ['a b"c', 'Acme'] })
      await write(event, created('bluesky:2', { text: '' }), created(' odd id\n"\'', { text: 'x'.repeat(1_000_000) }))
      const { id, op, reason, ...content } = event
      expect(await index.get(['bluesky:1'])).toEqual([{ id, content, firstObservedAt: event.observedAt }])
      expect((await index.get(['bluesky:2']))[0]?.content.mention.text).toBe('')
      expect((await index.get([' odd id\n"\'']))[0]?.content.mention.text).toHaveLength(1_000_000)
      const ofBrand = await index.search({ ...EVERYTHING, brands: ['a b"c'], sort: 'newest', limit: 5, after: null })
      expect(ofBrand.hits.map((hit) => hit.id)).toEqual(['bluesky:1'])
      expect(
        (await index.search({ ...EVERYTHING, brands: ['acme'], sort: 'newest', limit: 5, after: null })).total,
      ).toBe(0)
    })

    inIndex(
      'answers for every id in the order asked, also for many, repeated, unknown, hidden and deleted ones',
      async ({ write, index }) => {
        const id = (n: number) => `bluesky:${n}`
        const held = Array.from({ length: 1_100 }, (_, n) => n)
        await write(...held.map((n) => created(id(n), { text: `text ${n}`, author: n === 5 ? 'ann' : 'bob' })))
        await write(operation(id(3), 'hide', NOON + 1), operation(id(4), 'delete', NOON + 1))
        await write(operation(id(9_000), 'delete', 5), operation(id(9_001), 'hide', 5))
        await write(authorOperation('ann', 'hide', NOON + 1))
        const texts = async (...ids: readonly number[]) => {
          const hits = await index.get(ids.map(id))
          for (const [i, hit] of hits.entries()) if (hit !== null) expect(hit.id).toBe(id(ids[i]!))
          return hits.map((hit) => hit?.content.mention.text ?? null)
        }
        expect(await texts()).toEqual([])
        expect(await texts(3, 2, 4, 1, 5, 2, 9_000, 0, 9_001, 8_000)).toEqual([
          null,
          'text 2',
          null,
          'text 1',
          null,
          'text 2',
          null,
          'text 0',
          null,
          null,
        ])
        const many = [...held.toReversed(), 8_000, ...held]
        const gone = new Set([3, 4, 5, 8_000])
        expect(await texts(...many)).toEqual(many.map((n) => (gone.has(n) ? null : `text ${n}`)))
        await write(operation(id(3), 'restore', NOON + 2))
        expect(await texts(4, 3)).toEqual([null, 'text 3'])
      },
    )

    inIndex('answers null for ids that it does not know, an empty page for a limit of 0', async ({ write, index }) => {
      await write(created('bluesky:1'))
      expect(await index.get(['bluesky:2'])).toEqual([null])
      const page = await index.search({ ...EVERYTHING, sort: 'newest', limit: 0, after: null })
      expect(page).toEqual({ hits: [], total: 1, next: null })
    })

    inIndex('refuses what is no place in a list', async ({ index }) => {
      const search = index.search({ ...EVERYTHING, sort: 'newest', limit: 5, after: "1' OR 1" })
      await expect(search).rejects.toMatchObject({ class: 'config', code: 'CURSOR_INVALID' })
    })
  })

  describe('aggregates', () => {
    inIndex('adds up exactly, in total and by bucket', async (fixture) => {
      const shown = await fill(fixture)
      for (const selection of SELECTIONS) {
        const wanted = selected(shown, selection)
        const found = await fixture.index.aggregate({ ...selection, buckets: true, terms: [], termLimit: 0 })
        expectSums(found.total, sumsOf(wanted))
        const buckets = bucketsOf(wanted)
        expect(found.buckets.map(({ start }) => start)).toEqual(buckets.map(({ start }) => start))
        for (const [i, { sums }] of found.buckets.entries()) expectSums(sums, buckets[i]!.sums)
      }
      const without = await fixture.index.aggregate({ ...EVERYTHING, buckets: false, terms: [], termLimit: 0 })
      expect(without.buckets).toEqual([])
    })

    inIndex('counts every term in every field exactly', async (fixture) => {
      const shown = await fill(fixture)
      const terms = Object.values(TermField)
      for (const selection of SELECTIONS) {
        const wanted = selected(shown, selection)
        const found = await fixture.index.aggregate({ ...selection, buckets: false, terms, termLimit: 10_000 })
        expect(found.termError).toBe(0)
        for (const field of terms) {
          const counts = found.terms[field]!
          expect(new Map(counts.map(({ term, mentions }) => [term, mentions]))).toEqual(termCountsOf(field, wanted))
          expect(counts).toEqual(counts.toSorted((a, b) => b.mentions - a.mentions))
        }
      }
    })

    inIndex(
      'answers the most frequent terms only, as exactly as it says, and only the fields asked for',
      async (fixture) => {
        const shown = await fill(fixture)
        const limit = 3
        const { terms, termError } = await fixture.index.aggregate({
          ...EVERYTHING,
          buckets: false,
          terms: ['author'],
          termLimit: limit,
        })
        expect(Object.keys(terms)).toEqual(['author'])
        const counts = termCountsOf('author', shown)
        const found = terms.author!
        expect(found).toHaveLength(limit)
        for (const { term, mentions } of found)
          expect(Math.abs(mentions - counts.get(term)!)).toBeLessThanOrEqual(termError)
        const most = [...counts.values()].toSorted((a, b) => b - a).slice(0, limit)
        for (const [i, { mentions }] of found.entries()) expect(most[i]! - mentions).toBeLessThanOrEqual(termError)
        // So wide a bound would allow anything.
        expect(termError).toBeLessThan(most[0]!)
      },
    )

    inIndex('counts as timely by the first observation', async ({ write, index }) => {
      const late = created('bluesky:1', { publishedAt: NOON, observedAt: NOON + 60_001, brands: ['acme'] })
      const inTime = created('bluesky:2', { publishedAt: NOON, observedAt: NOON + 60_000, brands: ['acme'] })
      await write(late, inTime, { ...inTime, op: 'update', observedAt: NOON + 900_000, rev: NOON + 900_000 })
      const count = async () => {
        const selection = { ...EVERYTHING, brands: ['acme'], timely: true }
        const page = await index.search({ ...selection, sort: 'newest', limit: 5, after: null })
        return page.hits.map(({ id }) => id)
      }
      expect(await count()).toEqual(['bluesky:2'])
      // A second connector had seen the late one earlier.
      await write({ ...late, rev: 0, observedAt: NOON + 5 })
      expect((await count()).toSorted()).toEqual(['bluesky:1', 'bluesky:2'])
      expect((await index.get(['bluesky:1']))[0]?.firstObservedAt).toBe(NOON + 5)
    })
  })
}

function expectSums(found: Sums, wanted: Sums): void {
  expect(found.mentions).toBe(wanted.mentions)
  expect(found.scored).toBe(wanted.scored)
  for (const key of ['negative', 'neutral', 'positive', 'negativeVariance'] as const) {
    expect(found[key]).toBeCloseTo(wanted[key], 4)
  }
}

const byId = (a: Hit, b: Hit): number => (a.id < b.id ? -1 : 1)
