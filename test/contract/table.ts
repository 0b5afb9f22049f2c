import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Row, Table } from '#infra/contracts/table.ts'
import { type Opener, startChild } from './children/start-child.ts'

export interface TableUnderTest {
  /** The same rows each time, also while another one is open. */
  open(): Promise<Table>
  /** Its module exports `openTable`. */
  readonly opener: Opener
}

let names = 0
const freshPrefix = (): string => `test-${process.pid}-${names++}/`
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** What every `Table` promises, adapter by adapter. */
export function describeTableContract(name: string, prepare: () => Promise<TableUnderTest>): void {
  describe(`Table on ${name}`, () => {
    let under: TableUnderTest
    let table: Table
    beforeAll(async () => {
      under = await prepare()
      table = await under.open()
    })
    afterAll(async () => {
      await table[Symbol.asyncDispose]()
    })
    const create = async (key: string, value: unknown): Promise<Row> => {
      const row = await table.put(key, value, null)
      if (row === null) throw new Error(`${key} was there already`)
      return row
    }

    it('creates a row once, and gives it back as it was put', async () => {
      const key = `${freshPrefix()}Ü "quoted" 🙂`
      const value = {
        text: 'ß\n"',
        list: [1, -2.5, 1e21, null, true, []],
        nested: { deep: { empty: {} } },
        long: 'x'.repeat(50_000),
      }
      expect(await table.get(key)).toBeNull()
      const row = await create(key, value)
      expect(row).toMatchObject({ key, value })
      expect(await table.put(key, 'other', null)).toBeNull()
      expect(await table.get(key)).toEqual(row)
      for (const [i, plain] of ['text', 0, false, null].entries()) {
        expect((await create(`${key}${i}`, plain)).value).toBe(plain)
        expect((await table.get(`${key}${i}`))?.value).toBe(plain)
      }
    })

    it('replaces and deletes a row only in the version that the caller has read', async () => {
      const key = `${freshPrefix()}row`
      const first = await create(key, 1)
      const second = (await table.put(key, 2, first.version))!
      expect(second.value).toBe(2)
      expect(await table.put(key, 3, first.version)).toBeNull()
      expect(await table.delete(key, first.version)).toBe(false)
      expect(await table.get(key)).toEqual(second)
      expect(await table.delete(key, second.version)).toBe(true)
      expect(await table.get(key)).toBeNull()
      expect(await table.delete(key, second.version)).toBe(false)
      expect(await table.put(key, 4, second.version)).toBeNull()
    })

    it('never gives a version twice, not for the same value and not after a delete', async () => {
      const key = `${freshPrefix()}row`
      const versions: string[] = []
      for (let i = 0; i < 3; i++) {
        const row = await create(key, 'same')
        const again = (await table.put(key, 'same', row.version))!
        versions.push(row.version, again.version)
        await table.delete(key, again.version)
      }
      expect(new Set(versions).size).toBe(6)
    })

    it('loses no update of many that compare and set at the same time', async () => {
      const key = `${freshPrefix()}sum`
      await create(key, 0)
      await using other = await under.open()
      const addOne = async (through: Table): Promise<void> => {
        for (;;) {
          const row = (await through.get(key))!
          if ((await through.put(key, Number(row.value) + 1, row.version)) !== null) return
        }
      }
      await Promise.all(Array.from({ length: 20 }, (_, i) => addOne(i % 2 === 0 ? table : other)))
      expect((await table.get(key))?.value).toBe(20)
      expect((await other.get(key))?.value).toBe(20)
    })

    it('lists what begins with a prefix, by the bytes of the keys', async () => {
      const prefix = freshPrefix()
      const names = ['b', 'a', 'a/b', 'a-b', 'a0', 'é', 'z', '%', '_', '*', '\u{ff5e}', '\u{1f600}', 'A']
      for (const part of names) await create(prefix + part, part)
      const keys = async (below: string): Promise<string[]> =>
        (await table.list(prefix + below)).map(({ key }) => key.slice(prefix.length))
      expect(await keys('')).toEqual(names.toSorted(byBytes))
      expect(await keys('a')).toEqual(['a', 'a-b', 'a/b', 'a0'])
      for (const special of ['%', '_', '*']) expect(await keys(special)).toEqual([special])
      expect(await keys('none')).toEqual([])
      expect((await table.list(`${prefix}é`))[0]).toEqual(await table.get(`${prefix}é`))
    })

    it('lists page by page', async () => {
      const prefix = freshPrefix()
      const names = Array.from({ length: 25 }, (_, i) => `${prefix}${String(i).padStart(3, '0')}`)
      for (const key of names) await create(key, null)
      await create(`${prefix.slice(0, -1)}0`, 'behind')
      const seen: string[] = []
      for (let after: string | undefined; ; after = seen.at(-1)!) {
        const page = await table.list(prefix, { limit: 10, ...(after === undefined ? {} : { after }) })
        expect(page.length).toBeLessThanOrEqual(10)
        seen.push(...page.map(({ key }) => key))
        if (page.length < 10) break
      }
      expect(seen).toEqual(names)
      expect((await table.list(prefix, { after: `${prefix}0225` })).map(({ key }) => key)).toEqual(names.slice(23))
    })

    it('tells those who watch what was put and deleted since they began, here and by others', {
      timeout: 15_000,
    }, async () => {
      const prefix = freshPrefix()
      const old = await create(`${prefix}old`, 1)
      await create(`${prefix}before`, 1)
      await using other = await under.open()
      const stop = new AbortController()
      const changes = table.watch(stop.signal)
      await create(`${prefix}here`, 1)
      const seen = new Set<string>()
      const collect = async (...keys: string[]): Promise<void> => {
        const wanted = new Set(keys.map((key) => prefix + key))
        while (wanted.size > 0) {
          const { value, done } = await iterator.next()
          if (done) throw new Error('the watch ended')
          seen.add(value)
          wanted.delete(value)
        }
      }
      const iterator = changes[Symbol.asyncIterator]()
      await collect('here')
      const waiting = collect('old', 'there')
      await table.delete(`${prefix}old`, old.version)
      await other.put(`${prefix}there`, 1, null)
      await waiting
      await other.put(`${prefix}there`, 2, (await other.get(`${prefix}there`))!.version)
      await collect('there')
      stop.abort()
      while (!(await iterator.next()).done);
      expect(seen).not.toContain(`${prefix}before`)
    })

    it('ends a watch that waits when its signal aborts', async () => {
      const stop = new AbortController()
      const watching = Array.fromAsync(table.watch(stop.signal))
      await table.get('anything')
      stop.abort()
      expect(await watching).toEqual([])
      expect(await Array.fromAsync(table.watch(AbortSignal.abort()))).toEqual([])
    })

    it.each(['', 'a\0b', '\ud800', 'k'.repeat(513)])('refuses the key %j', async (key) => {
      const refusal = { class: 'permanent', code: 'KEY_INVALID' }
      await expect(table.put(key, 1, null)).rejects.toMatchObject(refusal)
      await expect(table.get(key)).rejects.toMatchObject(refusal)
    })

    it('agrees with a map, whatever is put, deleted and reopened', async () => {
      const step = fc.record({
        kind: fc.constantFrom('put', 'put', 'stale', 'delete', 'reopen'),
        key: fc.constantFrom('a', 'b', 'c'),
        value: fc.jsonValue({ maxDepth: 2 }),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
          const prefix = freshPrefix()
          const model = new Map<string, Row>()
          for (const { kind, key: name, value } of steps) {
            const key = prefix + name
            const held = model.get(key)
            if (kind === 'reopen') {
              await table[Symbol.asyncDispose]()
              table = await under.open()
            } else if (kind === 'delete') {
              expect(await table.delete(key, held?.version ?? '1')).toBe(model.delete(key))
            } else if (kind === 'stale') {
              expect(await table.put(key, value, held === undefined ? '1' : null)).toBeNull()
            } else {
              const row = (await table.put(key, value, held?.version ?? null))!
              expect(JSON.stringify(row.value)).toBe(JSON.stringify(value))
              model.set(key, row)
            }
          }
          expect(await table.list(prefix)).toEqual([...model.values()].sort((a, b) => byBytes(a.key, b.key)))
        }),
        { numRuns: 20 },
      )
    })

    it('keeps every put that was acknowledged when the process is killed', async () => {
      const key = `${freshPrefix()}sum`
      await using child = startChild('count-in-table.ts', [under.opener.module, under.opener.store, key])
      const lines = [...(await child.lines(60)), ...(await child.kill())]
      const row = (await table.get(key))!
      expect(Number(row.value)).toBeGreaterThanOrEqual(Number(lines.at(-1)))
      expect(await table.put(key, 'on', row.version)).toMatchObject({ value: 'on' })
    })
  })
}
