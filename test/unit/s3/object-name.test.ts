import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOfName, nameOfKey } from '#infra/s3/object-name.ts'

const key = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u0001',
      '\t',
      '\n',
      '\r',
      '\u001f',
      ' ',
      'a',
      '/',
      '0',
      '2',
      'I',
      '\ufffc',
      '\ufffd',
      '\ufffe',
      '\uffff',
      '\u{10000}',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
})
/** What XML 1.0 can hold and a reader does not change. */
const HELD = /^[\t\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u
const bytes = (text: string) => Buffer.from(text)

describe('the name of an object', () => {
  it('leads back to its key, and can stand in a listing', () => {
    fc.assert(
      fc.property(key, (key) => {
        expect(keyOfName(nameOfKey(key))).toBe(key)
        expect(nameOfKey(key)).toMatch(HELD)
      }),
    )
  })

  it('keeps the order of keys, and which begins another', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const order = Math.sign(Buffer.compare(bytes(a), bytes(b)))
        expect(Math.sign(Buffer.compare(bytes(nameOfKey(a)), bytes(nameOfKey(b))))).toBe(order)
        expect(nameOfKey(b).startsWith(nameOfKey(a))).toBe(b.startsWith(a))
      }),
    )
  })

  it('is the key itself but for rare characters', () => {
    const usual = 'earshot/mentions.raw.v1/0a1b/dt=2026-11-01/0000+00000000000000000000.avro'
    expect(nameOfKey(usual)).toBe(usual)
    expect(nameOfKey('é %+&<>"\u0085')).toBe('é %+&<>"\u0085')
  })

  it.each(['a\tb', '\n', '\ufffd', '\uffff', 'x\ufffd9'])('that no key has is not ours: %j', (name) => {
    expect(keyOfName(name)).toBeNull()
  })
})
