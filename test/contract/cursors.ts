import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cursor, Cursors, RunConnector } from '#infra/contracts/cursors.ts'
import { type Opener, startChild } from './children/start-child.ts'

export interface CursorsUnderTest {
  /** The same store each time. */
  open(): Promise<Cursors>
  /** Its module exports `openCursors`. */
  readonly opener: Opener
}

let names = 0
const freshConnector = (): string => `connector-${process.pid}-${names++}`

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })

/** What every `Cursors` promises, adapter by adapter. */
export function describeCursorsContract(name: string, prepare: () => Promise<CursorsUnderTest>): void {
  describe(`Cursors on ${name}`, () => {
    let under: CursorsUnderTest
    let cursors: Cursors
    beforeAll(async () => {
      under = await prepare()
      cursors = await under.open()
    })
    afterAll(async () => {
      await cursors[Symbol.asyncDispose]()
    })
    const reopen = async (): Promise<void> => {
      await cursors[Symbol.asyncDispose]()
      cursors = await under.open()
    }
    const never = new AbortController().signal

    it('starts a connector where it last saved, a new one at null', async () => {
      const [known, fresh] = [freshConnector(), freshConnector()]
      await cursors.save(known, { value: 'first', observedAt: 1 })
      await cursors.save(known, { value: 'page 7 "ü🙂"', observedAt: 1_700_000_000_123 })
      const starts = new Map<string, Cursor | null>()
      const start: RunConnector = async (connector, cursor) => {
        starts.set(connector, cursor)
      }
      await cursors.run([known, fresh], start, never)
      const expected = new Map([
        [known, { value: 'page 7 "ü🙂"', observedAt: 1_700_000_000_123 }],
        [fresh, null],
      ])
      expect(starts).toEqual(expected)
      starts.clear()
      await reopen()
      await cursors.run([known, fresh], start, never)
      expect(starts).toEqual(expected)
    })

    it('uses what was saved while it ran for the next run', async () => {
      const connector = freshConnector()
      const seen: (string | undefined)[] = []
      const start: RunConnector = async (id, cursor) => {
        seen.push(cursor?.value)
        await cursors.save(id, { value: String(seen.length), observedAt: 0 })
      }
      for (let i = 0; i < 3; i++) await cursors.run([connector], start, never)
      expect(seen).toEqual([undefined, '1', '2'])
    })

    it('runs all connectors at the same time and resolves when all are exhausted', async () => {
      const connectors = [freshConnector(), freshConnector(), freshConnector()]
      const all = Promise.withResolvers<void>()
      let running = 0
      let ended = 0
      await cursors.run(
        connectors,
        async () => {
          if (++running === 3) all.resolve()
          await all.promise // would never come if one waited for another to end
          ended++
        },
        never,
      )
      expect(ended).toBe(3)
      await cursors.run([], async () => expect.unreachable(), never)
    })

    it('stops all connectors when the signal aborts, and resolves when they have stopped', async () => {
      const stop = new AbortController()
      const connectors = [freshConnector(), freshConnector()]
      const started = Promise.withResolvers<void>()
      let running = 0
      const run = cursors.run(
        connectors,
        async (_connector, _cursor, signal) => {
          if (++running === 2) started.resolve()
          await untilAborted(signal)
          running--
        },
        stop.signal,
      )
      await started.promise
      stop.abort()
      await run
      expect(running).toBe(0)
    })

    it('takes an abort error for an answer to the abort', async () => {
      const stop = new AbortController()
      const run = cursors.run(
        [freshConnector()],
        async (_connector, _cursor, signal) => {
          setImmediate(() => stop.abort())
          await untilAborted(signal)
          signal.throwIfAborted()
        },
        stop.signal,
      )
      await expect(run).resolves.toBeUndefined()
    })

    it('stops the others at the first failure, then rejects with it', async () => {
      const [bad, good] = [freshConnector(), freshConnector()]
      const failure = new Error('the source is gone')
      const goodRuns = Promise.withResolvers<void>()
      let stopped = false
      const run = cursors.run(
        [bad, good],
        async (connector, _cursor, signal) => {
          if (connector === bad) {
            await goodRuns.promise
            throw failure
          }
          goodRuns.resolve()
          await untilAborted(signal)
          await cursors.save(good, { value: 'saved while stopping', observedAt: 5 })
          stopped = true
          throw new Error('a later failure')
        },
        never,
      )
      await expect(run).rejects.toBe(failure)
      expect(stopped).toBe(true)
      expect((await cursors.list()).get(good)?.value).toBe('saved while stopping')
    })

    it('never runs one connector twice at a time', async () => {
      const connector = freshConnector()
      await expect(cursors.run([connector, connector], async () => {}, never)).rejects.toMatchObject({
        class: 'config',
      })
      const stop = new AbortController()
      const started = Promise.withResolvers<void>()
      let running = 0
      let most = 0
      const start: RunConnector = async (_connector, _cursor, signal) => {
        most = Math.max(most, ++running)
        started.resolve()
        await untilAborted(signal)
        running--
      }
      const first = cursors.run([connector], start, stop.signal)
      await started.promise
      const second = cursors.run([connector], start, stop.signal)
      const settled = Promise.allSettled([first, second])
      await cursors.save(connector, { value: '1', observedAt: 0 })
      stop.abort()
      expect((await settled)[0]).toMatchObject({ status: 'fulfilled' })
      expect(most).toBe(1)
      await cursors.run([connector], async () => {}, never)
    })

    it('lists the last cursor of every connector', async () => {
      const [a, b] = [freshConnector(), freshConnector()]
      const long = 'x'.repeat(100_000)
      await Promise.all([
        cursors.save(a, { value: '', observedAt: 0 }),
        cursors.save(b, { value: long, observedAt: 2 }),
      ])
      const list = await cursors.list()
      expect([list.get(a), list.get(b), list.get(freshConnector())]).toEqual([
        { value: '', observedAt: 0 },
        { value: long, observedAt: 2 },
        undefined,
      ])
    })

    it('stops what runs when it is disposed', async () => {
      const closing = cursors
      const connector = freshConnector()
      const started = Promise.withResolvers<void>()
      let stopped = false
      const run = closing.run(
        [connector],
        async (_connector, _cursor, signal) => {
          started.resolve()
          await untilAborted(signal)
          await closing.list() // whatever a connector does to stop takes a while
          await closing.save(connector, { value: 'saved while stopping', observedAt: 5 })
          stopped = true
        },
        never,
      )
      await started.promise
      await reopen()
      expect(stopped).toBe(true)
      await run
      expect((await cursors.list()).get(connector)?.observedAt).toBe(5)
    })

    it('agrees with a map, whatever is saved and reopened', async () => {
      const step = fc.record({
        connector: fc.constantFrom('a', 'b', 'c'),
        value: fc.string(),
        observedAt: fc.nat(),
        reopen: fc.boolean(),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
          const prefix = freshConnector()
          const model = new Map<string, Cursor>()
          for (const { connector, value, observedAt, reopen: again } of steps) {
            await cursors.save(`${prefix}${connector}`, { value, observedAt })
            model.set(`${prefix}${connector}`, { value, observedAt })
            if (again) await reopen()
          }
          const stored = new Map([...(await cursors.list())].filter(([connector]) => connector.startsWith(prefix)))
          expect(stored).toEqual(model)
        }),
        { numRuns: 15 },
      )
    })

    it('keeps every cursor that was acknowledged when the process is killed', async () => {
      const connectors = [freshConnector(), freshConnector()]
      await cursors[Symbol.asyncDispose]()
      await using child = startChild('save-cursors.ts', [under.opener.module, under.opener.store, ...connectors])
      const lines = [...(await child.lines(100)), ...(await child.kill())]
      cursors = await under.open()
      const stored = await cursors.list()
      for (const connector of connectors) {
        const saved = lines.filter((line) => line.startsWith(`${connector} `)).map((line) => Number(line.split(' ')[1]))
        expect(Number(stored.get(connector)?.value)).toBeGreaterThanOrEqual(saved.at(-1) ?? 0)
      }
    })
  })
}
