import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode, toCurrent } from '#schemas/codec.ts'
import type { MentionEvent } from '#schemas/generated.ts'
import { newMention } from '#schemas/mention.ts'

const source = { connector: 'c', platform: 'test', instance: null, latenessMs: 0 }
const context = ['first', 'second']
const mention = newMention({ platform: 'test', kind: 'post', publishedAt: 1, text: 'acme', context, hashtags: ['a'] })
const event = { id: 'test:1', op: 'create', rev: 1, observedAt: 1, ingestedAt: null, source, reason: null } as const
const bytes = encode('MentionEvent', { ...event, mention, payload: null } satisfies MentionEvent)

const damage = fc.record({ at: fc.integer({ min: 5, max: bytes.length - 1 }), byte: fc.integer({ min: 0, max: 255 }) })

describe('bytes on the wire', () => {
  it('are readable exactly when they can be decoded, however they were damaged', () => {
    expect(toCurrent('MentionEvent', bytes)).toBe(bytes)
    expect(toCurrent('AuthorEvent', bytes)).toBe(null)
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 5 }), fc.nat({ max: bytes.length }), (damages, cut) => {
        const copy = new Uint8Array(bytes)
        for (const { at, byte } of damages) copy[at] = byte
        for (const given of [copy, copy.subarray(0, cut)]) {
          expect(decode(given).name).toBe(
            toCurrent('MentionEvent', given)?.length === given.length ? 'MentionEvent' : 'foreign',
          )
        }
      }),
      { numRuns: 5_000 },
    )
  })

  it('that claim more items than there are bytes are refused at once', () => {
    // The list of two texts begins with its count, 2, and the length of the first, 5: both doubled by zigzag.
    const at = Buffer.from(bytes).indexOf(Buffer.from('\u0004\u000afirst'))
    const billions = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40])
    const claiming = Buffer.concat([bytes.subarray(0, at), billions, bytes.subarray(at + 1)])
    expect(decode(claiming)).toEqual({ name: 'foreign', code: 'RECORD_UNREADABLE', reason: 'damaged MentionEvent' })
    expect(decode(bytes)).toMatchObject({ name: 'MentionEvent', value: { mention: { context } } })
  })
})
