import { describe, expect } from 'vitest'
import { encode } from '#schemas/codec.ts'
import { authorOperation, created, NOON, operation, updated, wire } from '../support/enriched-event.ts'
import { startChild } from './children/start-child.ts'
import { asking, fixedClock, helpers, type InIndex, kinds } from './search-index-fixture.ts'

/** What becomes of each operation. */
export function describeWriting(inIndex: InIndex): void {
  describe('writing', () => {
    inIndex('tells new, replaced and stale, and repeats are stale', async ({ write, index }) => {
      const first = created('bluesky:1', { text: 'first', observedAt: NOON })
      const edit = updated('bluesky:1', { text: 'second', observedAt: NOON + 1, brands: ['acme'] })
      expect(kinds(await write(first, edit, first, edit))).toEqual(['new', 'replaced', 'stale', 'stale'])
      expect(kinds(await write(first, edit))).toEqual(['stale', 'stale'])
      expect((await index.get(['bluesky:1']))[0]?.content.mention.text).toBe('second')
      expect((await index.get(['bluesky:1']))[0]?.firstObservedAt).toBe(NOON)
    })

    inIndex('lets the higher generation win at the same moment', async ({ write, ids }) => {
      const known = { observedAt: NOON }
      await write(created('bluesky:1', { ...known, text: 'newer model', generation: 7 }))
      expect(kinds(await write(created('bluesky:1', { ...known, text: 'older model', generation: 6 })))).toEqual([
        'stale',
      ])
      expect(await ids(asking('newer'))).toEqual(['bluesky:1'])
      expect(await ids(asking('older'))).toEqual([])
    })

    inIndex('forgets the words, brands and numbers of what an edit replaced', async ({ write, ids, index }) => {
      await write(created('bluesky:1', { text: 'Tea "quoted"', brands: ['acme'], author: 'ann' }))
      await write(updated('bluesky:1', { text: 'coffee', brands: ['zephyr'], rev: NOON + 1 }))
      for (const source of ['tea', '=Tea', 'quoted']) expect(await ids(asking(source))).toEqual([])
      expect(await ids({ brands: ['acme'] })).toEqual([])
      expect(await ids({ ...asking('coffee'), brands: ['zephyr'] })).toEqual(['bluesky:1'])
      const { total } = await index.aggregate({ ...asking('coffee'), buckets: true, terms: [], termLimit: 0 })
      expect(total.mentions).toBe(1)
    })

    inIndex('moves a mention whose time was edited', async ({ write, ids }) => {
      await write(created('bluesky:1', { publishedAt: NOON }), created('bluesky:2', { publishedAt: NOON + 1_000 }))
      await write(updated('bluesky:1', { publishedAt: NOON + 86_400_000, brands: ['acme'] }))
      expect(await ids()).toEqual(['bluesky:1', 'bluesky:2'])
      expect(await ids({ range: { since: NOON, until: NOON + 2_000 } })).toEqual(['bluesky:2'])
    })

    inIndex('drops an edit without brands of an id that it does not hold', async ({ write, ids }) => {
      const edit = updated('bluesky:1', { brands: [], rev: NOON + 1 })
      expect(await write(edit)).toEqual([{ kind: 'dropped', reason: 'unmatched' }])
      expect(kinds(await write(updated('bluesky:2', { brands: ['acme'] })))).toEqual(['new'])
      expect(kinds(await write(created('bluesky:1'), edit))).toEqual(['new', 'replaced'])
      expect((await ids()).toSorted()).toEqual(['bluesky:1', 'bluesky:2'])
    })

    inIndex(
      'keeps an edit of an id that it does not hold when only the name of a brand means something else there',
      async ({ write, ids }) => {
        const sense = { brand: 'acme', probability: 0.1, margin: -2, bias: 0, parts: [], model: 'test/1' }
        const edit = updated('bluesky:1', { annotations: { brandSense: [{ ...sense, state: 'other' }] } })
        expect(kinds(await write(edit))).toEqual(['new'])
        expect(await ids()).toEqual(['bluesky:1'])
      },
    )

    inIndex('deletes for good, also an id that it never held', async ({ write, ids, index }) => {
      await write(created('bluesky:1'))
      expect(kinds(await write(operation('bluesky:1', 'delete', 5), operation('bluesky:2', 'delete', 5)))).toEqual([
        'removed',
        'removed',
      ])
      const late = [created('bluesky:1', { rev: NOON * 2 }), created('bluesky:2', { rev: NOON * 2 })]
      expect(kinds(await write(operation('bluesky:2', 'delete', 9), ...late))).toEqual(['stale', 'stale', 'stale'])
      expect(await ids()).toEqual([])
      expect(await index.get(['bluesky:1'])).toEqual([null])
    })

    inIndex('hides and restores, and neither shows nor counts what is hidden', async ({ write, ids, index }) => {
      await write(created('bluesky:1', { text: 'tea', brands: ['acme'] }))
      expect(kinds(await write(operation('bluesky:1', 'hide', 10), operation('bluesky:1', 'hide', 10)))).toEqual([
        'replaced',
        'stale',
      ])
      const request = { ...asking('tea'), buckets: true, terms: ['brand' as const], termLimit: 5 }
      expect(await index.get(['bluesky:1'])).toEqual([null])
      expect(await ids(asking('tea'))).toEqual([])
      expect(await ids(asking('NOT coffee'))).toEqual([])
      expect(await index.aggregate(request)).toMatchObject({
        total: { mentions: 0 },
        buckets: [],
        terms: { brand: [] },
      })
      await write(operation('bluesky:1', 'restore', 11))
      expect(await ids(asking('tea'))).toEqual(['bluesky:1'])
      expect((await index.aggregate(request)).total.mentions).toBe(1)
    })

    inIndex('shows an edit of what is hidden only after the restore', async ({ write, ids }) => {
      await write(created('bluesky:1'), operation('bluesky:1', 'hide', NOON + 1))
      await write(updated('bluesky:1', { text: 'edited meanwhile', rev: NOON + 2, brands: ['acme'] }))
      expect(await ids()).toEqual([])
      await write(operation('bluesky:1', 'restore', NOON + 3))
      expect(await ids(asking('edited'))).toEqual(['bluesky:1'])
    })

    inIndex('takes all of an author away, and refuses what was observed until then', async ({ write, ids }) => {
      const mine = (n: number, observedAt: number) => created(`bluesky:${n}`, { author: 'ann', observedAt })
      await write(mine(1, 10), mine(2, 20), created('bluesky:3', { author: 'bob', observedAt: 10 }))
      const erasure = authorOperation('ann', 'delete', 20)
      expect(kinds(await write(erasure, erasure))).toEqual(['removed', 'stale'])
      expect(await ids()).toEqual(['bluesky:3'])
      expect(await write(mine(4, 20))).toEqual([{ kind: 'dropped', reason: 'author deleted' }])
      // A later edit of a mention that is gone does not bring it back; a later mention is new.
      const edit = { author: 'ann', observedAt: 30, brands: ['acme'] }
      await write(updated('bluesky:1', edit), updated('bluesky:4', edit))
      expect(kinds(await write(mine(5, 21)))).toEqual(['new'])
      expect((await ids()).toSorted()).toEqual(['bluesky:3', 'bluesky:5'])
    })

    inIndex(
      'refuses everything of a blocked author, and tells authors of two platforms apart',
      async ({ write, ids }) => {
        await write(authorOperation('ann', 'delete', 20, { block: true }))
        const elsewhere = created('file:1', { author: 'ann', mention: { platform: 'file' } })
        expect(kinds(await write(created('bluesky:1', { author: 'ann', observedAt: 99 }), elsewhere))).toEqual([
          'dropped',
          'new',
        ])
        expect(await ids()).toEqual(['file:1'])
      },
    )

    inIndex('hides an author and lifts it, but never a hide of the mention itself', async ({ write, ids }) => {
      const mine = (n: number) => created(`bluesky:${n}`, { author: 'Ann ~ 安', observedAt: 10 })
      await write(
        mine(1),
        mine(2),
        operation('bluesky:2', 'hide', 11),
        authorOperation('Ann ~ 安', 'hide', 12),
        mine(3),
      )
      expect(await ids()).toEqual([])
      expect(kinds(await write(authorOperation('Ann ~ 安', 'restore', 11)))).toEqual(['stale'])
      expect(await ids()).toEqual([])
      await write(authorOperation('Ann ~ 安', 'restore', 13))
      expect((await ids()).toSorted()).toEqual(['bluesky:1', 'bluesky:3'])
    })

    inIndex('reaches every mention of an author with thousands', async ({ write, ids }) => {
      const count = 1_700
      const mine = Array.from({ length: count }, (_, n) => {
        return created(`bluesky:${n}`, { author: 'ann', observedAt: n % 2, publishedAt: NOON + n * 60_000 })
      })
      await write(...mine)
      await write(authorOperation('ann', 'hide', 5))
      expect(await ids()).toEqual([])
      await write(authorOperation('ann', 'restore', 6))
      expect(await ids()).toHaveLength(count)
      await write(authorOperation('ann', 'delete', 0))
      expect(await ids()).toHaveLength(count / 2)
    })

    inIndex('takes effect in the order given, within one call too', async ({ write, ids }) => {
      const mine = (n: number, observedAt: number) => created(`bluesky:${n}`, { author: 'ann', observedAt })
      const outcomes = await write(mine(1, 10), authorOperation('ann', 'delete', 10), mine(2, 10), mine(3, 11))
      expect(kinds(outcomes)).toEqual(['new', 'removed', 'dropped', 'new'])
      expect(await ids()).toEqual(['bluesky:3'])
    })

    inIndex('rejects bytes that it cannot read, each by itself', async ({ index, ids }) => {
      const alert = encode('Heartbeat', { source: created('x').source, observedAt: 1, exhausted: false })
      const bytes = [
        new Uint8Array([1, 2, 3]),
        new Uint8Array(0),
        alert,
        encode('EnrichedEvent', created('x')).slice(0, 40),
      ]
      const outcomes = await index.write([
        ...bytes.map((broken) => ({ kind: 'mention' as const, bytes: broken })),
        { kind: 'author', bytes: encode('EnrichedEvent', created('x')) },
        wire({ ...created('bluesky:1'), tokens: null }),
        wire(operation('bluesky:1', 'unknown', 1)),
        wire(authorOperation('ann', 'unknown', 1)),
        wire(authorOperation('', 'delete', 1)),
        wire(created('bluesky:2', { author: '' })),
      ])
      const codes = outcomes.map((outcome) => (outcome.kind === 'rejected' ? outcome.code : outcome.kind))
      expect(codes).toEqual([
        ...Array(5).fill('RECORD_UNREADABLE'),
        'CONTENT_MISSING',
        'OPERATION_UNKNOWN',
        'OPERATION_UNKNOWN',
        'AUTHOR_MISSING',
        'new',
      ])
      for (const outcome of outcomes) if (outcome.kind === 'rejected') expect(outcome.message).not.toBe('')
      expect(await ids()).toEqual(['bluesky:2'])
    })

    inIndex('answers for every operation of a large call', async ({ write, ids }) => {
      const outcomes = await write(...Array.from({ length: 2_500 }, (_, i) => created(`bluesky:${i % 2_400}`)))
      expect(kinds(outcomes).filter((kind) => kind === 'new')).toHaveLength(2_400)
      expect(kinds(outcomes).filter((kind) => kind === 'stale')).toHaveLength(100)
      expect(await ids()).toHaveLength(2_400)
    })
  })

  describe('keeping', () => {
    inIndex('prunes tombstones of ids never held by age, and keeps all others', async ({ under, index }) => {
      await index[Symbol.asyncDispose]()
      await using before = await under.open(fixedClock(1_000))
      const held = created('bluesky:held')
      await helpers(before).write(
        held,
        operation('bluesky:held', 'delete', 5),
        operation('bluesky:old', 'delete', 9_999),
      )
      await before[Symbol.asyncDispose]()
      await using after = await under.open(fixedClock(2_000))
      const { write, ids } = helpers(after)
      await write(operation('bluesky:young', 'delete', 5))
      expect(await after.prune(2_000, null)).toBe(1)
      expect(await after.prune(2_000, null)).toBe(0)
      await write(held, created('bluesky:old'), created('bluesky:young'))
      expect(await ids()).toEqual(['bluesky:old'])
    })

    inIndex('removes what was published before the retention, hidden or not', async ({ write, ids, index }) => {
      const times = Array.from({ length: 1_300 }, (_, i) => NOON + i * 7_000)
      await write(...times.map((publishedAt, i) => created(`bluesky:${i}`, { publishedAt, text: 'tea' })))
      await write(operation('bluesky:3', 'hide', NOON))
      const since = times[900]! + 1
      expect(await index.prune(0, since)).toBe(901)
      expect(await ids({ ...asking('tea'), sort: 'oldest' })).toEqual(
        times.slice(901).map((_, i) => `bluesky:${901 + i}`),
      )
      expect(await index.get(['bluesky:900'])).toEqual([null])
      expect(kinds(await write(created('bluesky:900', { publishedAt: since })))).toEqual(['new'])
    })

    inIndex('stands as it was after it was closed and opened', async ({ under, write, index }) => {
      await write(created('bluesky:1', { author: 'ann', observedAt: 10 }), created('bluesky:2'))
      await write(operation('bluesky:2', 'hide', NOON), operation('bluesky:3', 'delete', 1))
      await write(authorOperation('bob', 'delete', 10), authorOperation('cyd', 'hide', 10))
      await index[Symbol.asyncDispose]()
      await using again = await under.open(fixedClock(0))
      const { write: writeAgain, ids } = helpers(again)
      const outcomes = await writeAgain(
        created('bluesky:3'),
        created('bluesky:4', { author: 'bob', observedAt: 9 }),
        created('bluesky:5', { author: 'cyd' }),
      )
      expect(kinds(outcomes)).toEqual(['stale', 'dropped', 'new'])
      expect(await ids()).toEqual(['bluesky:1'])
    })

    inIndex('keeps what was acknowledged when its process is killed', async ({ under, index }) => {
      await index[Symbol.asyncDispose]()
      await using child = startChild('write-mentions.ts', [under.opener.module, under.opener.store, 'bluesky:'])
      const lines = [...(await child.lines(300)), ...(await child.kill())]
      await using after = await under.open(fixedClock(0))
      const { write, ids } = helpers(after)
      const said = (what: string) =>
        new Set(lines.flatMap((line) => (line.startsWith(what) ? [line.slice(what.length)] : [])))
      const [gone, deleting] = [said('gone '), said('deleting ')]
      const held = said('held ').difference(deleting)
      const found = new Set(await ids(asking('crash')))
      expect([...held.difference(found)]).toEqual([])
      expect([...gone.intersection(found)]).toEqual([])
      // At most what the one call held that was not yet acknowledged stands beside it.
      expect(found.difference(held).size).toBeLessThanOrEqual(20)
      expect(kinds(await write(created('bluesky:after')))).toEqual(['new'])
    })
  })
}
