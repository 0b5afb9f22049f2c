import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SegmentWriter } from '#infra/runtime/archive-segment.ts'
import { encode } from '#schemas/codec.ts'
import { Difference } from '#scripts/proof/difference.ts'
import { readArchive } from '#scripts/proof/kept-records.ts'
import { writeProofCorpus } from '#scripts/proof/proof-corpus.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

describe('the difference of two answers', () => {
  const difference = new Difference(1e-6)

  it.each<[unknown, unknown, string]>([
    [{ a: [1, { b: 'x' }] }, { a: [1, { b: 'y' }] }, 'a.1.b: "x" and "y"'],
    [{ a: 1 }, { a: 2 }, 'a: 1 and 2'],
    [{ a: 1 }, { a: 1, b: null }, 'b: undefined and null'],
    [[1, 2], [1, 2, 3], ': 2 and 3 entries'],
    [{ share: 0.5 }, { share: 0.50001 }, 'share: 0.5 and 0.50001'],
    [{ sum: 5e8 + 0.5 }, { sum: 5e8 + 1_000.5 }, 'sum: 500000000.5 and 500001000.5'],
    [new Uint8Array([1]), new Uint8Array([2]), ': other bytes'],
    [{ a: null }, { a: 0 }, 'a: null and 0'],
  ])('%j and %j: %s', (a, b, told) => expect(difference.between(a, b)).toBe(told))

  it('overlooks only in what width a fraction was kept, and tells how much', () => {
    expect(difference.between({ a: [0.1, 'x', null] }, { a: [Math.fround(0.1), 'x', null] })).toBeNull()
    expect(difference.precision).toBeGreaterThan(0)
    expect(difference.precision).toBeLessThan(1e-8)
  })
})

describe('the count of an archive', () => {
  const NONE = { partial: false, mentions: 0, authors: 0, heartbeats: 0, other: 0 }
  const segment = async (partition: number, offsets: readonly number[]): Promise<[string, Uint8Array]> => {
    const writer = new SegmentWriter('MentionEvent')
    const heartbeat = { source: { connector: 'c', platform: 'p', instance: null, latenessMs: 0 }, observedAt: 1 }
    const value = encode('Heartbeat', { ...heartbeat, exhausted: false })
    for (const offset of offsets) writer.add(partition, { offset, key: null, value, headers: {}, timestamp: 1 }, false)
    const { bytes } = await writer.finish()
    return [`ns/topic/e/dt=2026-01-01/000${partition}+${String(offsets[0]).padStart(20, '0')}.avro`, bytes]
  }
  const count = async (archivable: readonly (readonly number[])[], ...segments: readonly [string, Uint8Array][]) => {
    const objects = new Map(segments)
    const list = async function* () {
      for (const [key, bytes] of objects) yield { key, size: bytes.length }
    }
    const store = { list, get: async (key: string) => objects.get(key) ?? null }
    const { segments: files, records, faults } = await readArchive(store, 'ns', 'topic', { ...NONE, archivable })
    return { files, records, faults }
  }

  it('finds every record covered once, with heartbeats in between', async () => {
    const kept = await count([[0, 1, 3], [5]], await segment(0, [0, 1]), await segment(0, [3]), await segment(1, [5]))
    expect(kept).toEqual({ files: 3, records: 4, faults: 0 })
  })

  it('sees what is missing, doubled, or not what the segment covers', async () => {
    expect((await count([[0, 1, 3]], await segment(0, [0, 1]))).faults).toBe(1)
    expect((await count([[0, 1]], await segment(0, [0, 1]), await segment(0, [1]))).faults).toBe(1)
    expect((await count([[0, 1, 2]], await segment(0, [0, 2]))).faults).toBe(1)
  })
})

it('writes the same corpus for the same number, with everything that can happen to a mention', async () => {
  const folder = await temporaryFolder('proof')
  const texts = await Promise.all(
    ['a', 'b'].map(async (name) => {
      await writeProofCorpus(join(folder, name), 3_000, () => {})
      return readFile(join(folder, name), 'utf8')
    }),
  )
  expect(texts[0]).toBe(texts[1])
  const ops = new Map<string, number>()
  for (const [, op] of (texts[0] as string).matchAll(/^\{"op":"([a-z.]+)"/gm)) ops.set(op!, (ops.get(op!) ?? 0) + 1)
  expect(ops.get('create')).toBeGreaterThanOrEqual(3_000)
  const wanted = ['create', 'update', 'hide', 'restore', 'delete', 'author.delete', 'author.hide', 'author.restore']
  expect([...ops.keys()].sort()).toEqual(wanted.sort())
})
