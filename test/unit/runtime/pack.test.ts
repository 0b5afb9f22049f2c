import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pack, unpack } from '#infra/runtime/pack.ts'

it('gives back what was packed, also empty parts and none at all', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 }), (parts) => {
      expect(unpack(pack(parts)).map((part) => [...part])).toEqual(parts.map((part) => [...part]))
    }),
  )
})
