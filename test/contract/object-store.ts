import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ObjectStore, StoredObject } from '#infra/contracts/object-store.ts'
import { type Opener, startChild } from './children/start-child.ts'

export interface ObjectStoreUnderTest {
  /** The same store each time. */
  open(): Promise<ObjectStore>
  readonly opener: Opener
}

let prefixes = 0
const freshPrefix = (): string => `test-${process.pid}-${prefixes++}`

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** What every `ObjectStore` promises, adapter by adapter. */
export function describeObjectStoreContract(name: string, prepare: () => Promise<ObjectStoreUnderTest>): void {
  describe(`ObjectStore on ${name}`, () => {
    let under: ObjectStoreUnderTest
    let store: ObjectStore
    beforeAll(async () => {
      under = await prepare()
      store = await under.open()
    })
    afterAll(async () => {
      await store[Symbol.asyncDispose]()
    })
    const text = async (key: string): Promise<string | null> => {
      const found = await store.get(key)
      return found === null ? null : new TextDecoder().decode(found)
    }
    const list = (prefix: string): Promise<StoredObject[]> => Array.fromAsync(store.list(prefix))
    const keys = async (prefix: string): Promise<string[]> => (await list(prefix)).map(({ key }) => key)

    it('gives back what was put, also after it was opened again', async () => {
      const key = `${freshPrefix()}/mentions.raw.v1/dt=2024-05-01/0000+00000000000000000000.avro`
      const content = new Uint8Array(3_000_000).map((_, i) => (i * i) % 253)
      expect(await store.put(key, content)).toBe('stored')
      await store[Symbol.asyncDispose]()
      store = await under.open()
      expect(Buffer.compare((await store.get(key)) ?? bytes('nothing'), content)).toBe(0)
    })

    it('keeps an empty object', async () => {
      const key = `${freshPrefix()}/empty`
      await store.put(key, new Uint8Array())
      expect(await text(key)).toBe('')
      expect(await list(key)).toEqual([{ key, size: 0 }])
    })

    it('knows nothing of what was never put', async () => {
      const prefix = freshPrefix()
      await store.put(`${prefix}/a/file`, bytes('x'))
      for (const key of [`${prefix}/b`, `${prefix}/a`, `${prefix}/a/file/below`])
        expect(await store.get(key)).toBeNull()
      expect(await list(`${prefix}/b`)).toEqual([])
    })

    it('replaces an object, and does not when the put says ifAbsent', async () => {
      const key = `${freshPrefix()}/object`
      expect(await store.put(key, bytes('first'), { ifAbsent: true })).toBe('stored')
      expect(await store.put(key, bytes('second'), { ifAbsent: true })).toBe('exists')
      expect(await text(key)).toBe('first')
      expect(await store.put(key, bytes('third'))).toBe('stored')
      expect(await text(key)).toBe('third')
      expect(await list(key)).toEqual([{ key, size: 5 }])
    })

    it('lets one of many win that put the same key ifAbsent at the same time', async () => {
      const key = `${freshPrefix()}/contested`
      const writers = Array.from({ length: 20 }, (_, i) => String(i).repeat(50_000))
      const answers = await Promise.all(writers.map((value) => store.put(key, bytes(value), { ifAbsent: true })))
      expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1)
      expect(await text(key)).toBe(writers[answers.indexOf('stored')])
    })

    it('shows a whole object to readers while it is replaced', async () => {
      const key = `${freshPrefix()}/busy`
      await store.put(key, new Uint8Array(100_000).fill(0))
      const writing = Promise.all(
        Array.from({ length: 15 }, (_, i) => store.put(key, new Uint8Array(100_000).fill(i + 1))),
      )
      for (let i = 0; i < 40; i++) {
        const seen = (await store.get(key))!
        expect([seen.length, new Set(seen).size]).toEqual([100_000, 1])
      }
      await writing
    })

    it('deletes, and does not mind when there is nothing to delete', async () => {
      const prefix = freshPrefix()
      await store.put(`${prefix}/a`, bytes('x'))
      await store.delete(`${prefix}/a`)
      await store.delete(`${prefix}/a`)
      await store.delete(`${prefix}/no/such/folder`)
      expect(await store.get(`${prefix}/a`)).toBeNull()
      expect(await list(prefix)).toEqual([])
      expect(await store.put(`${prefix}/a`, bytes('new'), { ifAbsent: true })).toBe('stored')
    })

    it('lists by the bytes of the keys, across folders', async () => {
      const prefix = freshPrefix()
      const names = [
        'a/z',
        'a-b',
        'a0',
        'a/b/c',
        'a.b',
        'A',
        'é',
        'z',
        'ab/c',
        '\u{ffff}',
        '\u{1f600}',
        'a b',
        'a/b-c',
        'a/b.c',
      ]
      for (const part of names) await store.put(`${prefix}/${part}`, bytes(part))
      const expected = names.map((part) => `${prefix}/${part}`).sort(byBytes)
      expect(await list(`${prefix}/`)).toEqual(
        expected.map((key) => ({ key, size: Buffer.byteLength(key) - prefix.length - 1 })),
      )
    })

    it('lists what begins with a prefix, in the middle of a name too', async () => {
      const prefix = freshPrefix()
      for (const part of ['dt=2024-05-01/a', 'dt=2024-05-02/a', 'dt=2024-06-01/a', 'dx/a', 'd'])
        await store.put(`${prefix}/${part}`, bytes('x'))
      expect(await keys(`${prefix}/dt=2024-05`)).toEqual([`${prefix}/dt=2024-05-01/a`, `${prefix}/dt=2024-05-02/a`])
      expect(await keys(`${prefix}/dt=2024-05-02/`)).toEqual([`${prefix}/dt=2024-05-02/a`])
      expect(await keys(`${prefix}/dt=2024-05-02/a`)).toEqual([`${prefix}/dt=2024-05-02/a`])
      expect((await keys(prefix)).length).toBe(5)
      expect(await keys(`${prefix}/e`)).toEqual([])
    })

    it('may be left in the middle of a list', async () => {
      const prefix = freshPrefix()
      for (const part of ['1/a', '2/a', '3/a']) await store.put(`${prefix}/${part}`, bytes('x'))
      for await (const { key } of store.list(prefix)) {
        expect(key).toBe(`${prefix}/1/a`)
        break
      }
    })

    it.each([
      '',
      '/',
      'a//b',
      '/a',
      'a/',
      '../a',
      'a/../b',
      'a/..',
      './a',
      'a\\b',
      'a\0b',
      '\ud800',
      'k'.repeat(1_025),
    ])('refuses the key %j', async (key) => {
      const refusal = { class: 'permanent', code: 'KEY_INVALID' }
      await expect(store.put(key, bytes('x'))).rejects.toMatchObject(refusal)
      await expect(store.get(key)).rejects.toMatchObject(refusal)
      await expect(store.delete(key)).rejects.toMatchObject(refusal)
    })

    it('takes names that are special to some systems, each for its own', async () => {
      const prefix = freshPrefix()
      const names = [
        'con',
        'CON',
        'nul.txt',
        'com1',
        'a.',
        'a ',
        '.a',
        '.tmp',
        '%41',
        'a',
        'a:b',
        'a*?"<>|',
        '~',
        'ÄÖ',
        'äö',
        '...',
        ' x',
      ]
      for (const part of names) await store.put(`${prefix}/${part}`, bytes(`<${part}>`))
      expect(await keys(`${prefix}/`)).toEqual(names.map((part) => `${prefix}/${part}`).sort(byBytes))
      for (const part of names) expect(await text(`${prefix}/${part}`)).toBe(`<${part}>`)
    })

    it('agrees with a map, whatever is put, deleted and listed', async () => {
      const part = fc.constantFrom('a', 'b', 'A', 'é', 'a-b', 'dt=1')
      // One folder level for each length, so that no key is the folder of another: not every store can hold both.
      const key = fc.oneof(
        part.map((p) => `1/${p}`),
        fc.tuple(part, part).map(([p, q]) => `2/${p}/${q}`),
      )
      const step = fc.record({
        key,
        kind: fc.constantFrom('put', 'ifAbsent', 'delete'),
        value: fc.string({ maxLength: 3 }),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
          const prefix = freshPrefix()
          const model = new Map<string, string>()
          for (const { key, kind, value } of steps) {
            const full = `${prefix}/${key}`
            if (kind === 'delete') {
              await store.delete(full)
              model.delete(full)
            } else {
              const stays = kind === 'ifAbsent' && model.has(full)
              expect(await store.put(full, bytes(value), { ifAbsent: kind === 'ifAbsent' })).toBe(
                stays ? 'exists' : 'stored',
              )
              if (!stays) model.set(full, value)
            }
          }
          expect(await keys(prefix)).toEqual([...model.keys()].sort(byBytes))
          for (const [full, value] of model) expect(await text(full)).toBe(value)
        }),
        { numRuns: 30 },
      )
    })

    it('holds whole objects, and all that were acknowledged, when the writer is killed', async () => {
      const prefix = freshPrefix()
      await store[Symbol.asyncDispose]()
      await using child = startChild('put-objects.ts', [under.opener.module, under.opener.store, prefix])
      const lines = [...(await child.lines(40)), ...(await child.kill())].filter((line) => /^\d \d+$/.test(line))
      store = await under.open()
      const stored = new Map((await list(prefix)).map(({ key, size }) => [key, size]))
      for (const [key, size] of stored) {
        const content = (await store.get(key))!
        expect([key, size, content.length, new Set(content).size]).toEqual([key, 200_000, 200_000, 1])
      }
      for (const line of lines) {
        const [writer, n] = line.split(' ')
        const content = await store.get(`${prefix}/once/${writer}/${n}.bin`)
        expect(content?.[0]).toBe(Number(n) % 251)
      }
    })
  })
}
