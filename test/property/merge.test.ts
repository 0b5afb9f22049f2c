import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EnrichedEvent } from '#schemas/generated.ts'
import { type MentionState, merge, stateOf } from '#schemas/merge.ts'
import { created, operation, updated } from '../support/enriched-event.ts'

// Few values, so that ties in every part of the order are common.
const small = fc.integer({ min: 0, max: 3 })

const content: fc.Arbitrary<EnrichedEvent> = fc
  .record({
    op: fc.constantFrom('create', 'update'),
    rev: small,
    generation: small,
    observedAt: small,
    text: fc.constantFrom('one', 'two'),
    url: fc.constantFrom(null, 'https://a.example', 'https://b.example'),
    sha256: fc.constantFrom(null, 'aa', 'bb'),
    offset: small,
    brands: fc.subarray(['acme', 'zephyr']),
  })
  .map(({ op, url, sha256, offset, ...known }) =>
    (op === 'create' ? created : updated)('bluesky:1', {
      ...known,
      mention: { url },
      raw: sha256 === null ? null : { topic: 'mentions.raw.v1', partition: 0, offset, sha256 },
    }),
  )

const bare = fc
  .record({ op: fc.constantFrom('hide' as const, 'restore' as const, 'unknown' as const), rev: small })
  .map(({ op, rev }) => operation('bluesky:1', op, rev))
const deletion = small.map((rev) => operation('bluesky:1', 'delete', rev))

const event = fc.oneof(
  { weight: 4, arbitrary: content },
  { weight: 3, arbitrary: bare },
  { weight: 1, arbitrary: deletion },
)
const fold = (events: readonly EnrichedEvent[]): MentionState | null =>
  events.reduce<MentionState | null>((state, next) => merge(state, stateOf(next)), null)
/** A state that operations can lead to. */
const state = fc.array(event, { minLength: 1, maxLength: 4 }).map((events) => fold(events)!)
const runs = { numRuns: 2_000 }

describe('merge', () => {
  it('is commutative', () => {
    fc.assert(
      fc.property(state, state, (a, b) => {
        expect(merge(a, b)).toEqual(merge(b, a))
      }),
      runs,
    )
  })

  it('is associative', () => {
    fc.assert(
      fc.property(state, state, state, (a, b, c) => {
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))
      }),
      runs,
    )
  })

  it('keeps what stands when the same payload comes again from further on the log', () => {
    const raw = (offset: number) => ({ topic: 'mentions.raw.v1', partition: 0, offset, sha256: 'aa' })
    const [first, again] = [3, 90].map((offset) => stateOf(created('bluesky:1', { text: 'one', raw: raw(offset) })))
    expect(merge(first!, again!)).toEqual(merge(again!, first!))
    expect(merge(first!, again!).content?.raw?.offset).toBe(3)
  })

  it('is idempotent', () => {
    fc.assert(
      fc.property(state, (a) => {
        expect(merge(a, a)).toEqual(a)
      }),
      runs,
    )
  })

  it('ends in the same state in any order and with any repeats', () => {
    const orders = fc
      .array(event, { minLength: 1, maxLength: 8 })
      .chain((events) =>
        fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length })),
      )
      .filter(([events, order]) => events.every((one) => order.includes(one)))
    fc.assert(
      fc.property(orders, ([events, order]) => {
        expect(fold(order)).toEqual(fold(events))
      }),
      runs,
    )
  })

  it('lets nothing come back after a delete, whatever its time', () => {
    const around = fc.tuple(fc.array(event, { maxLength: 5 }), deletion, fc.array(event, { maxLength: 5 }))
    fc.assert(
      fc.property(around, ([before, last, after]) => {
        const end = fold([...before, last, ...after])
        expect(end).toMatchObject({ content: null, visibility: null, firstObservedAt: null })
        expect(end?.deletedAt).toBeTypeOf('number')
      }),
      runs,
    )
  })

  it('keeps the content of the highest place in the order and the first observation', () => {
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 6 }), (events) => {
        const end = fold(events)!
        const highest = Math.max(...events.map(({ rev, generation }) => rev * 10 + generation))
        expect(end.content!.rev * 10 + end.content!.generation).toBe(highest)
        expect(end.firstObservedAt).toBe(Math.min(...events.map(({ observedAt }) => observedAt)))
      }),
      runs,
    )
  })

  it('lets a restore undo a hide, and the hide stand when both are of the same moment', () => {
    const post = created('bluesky:1')
    const hidden = (...events: EnrichedEvent[]) => fold([post, ...events])?.visibility?.hidden
    expect(hidden(operation('bluesky:1', 'hide', 1), operation('bluesky:1', 'restore', 2))).toBe(false)
    expect(hidden(operation('bluesky:1', 'restore', 2), operation('bluesky:1', 'hide', 1))).toBe(false)
    expect(hidden(operation('bluesky:1', 'restore', 2), operation('bluesky:1', 'hide', 2))).toBe(true)
  })
})
