import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { type Child, startChild } from '../../contract/children/start-child.ts'
import { open as openLog } from '../../contract/openers/kafka-event-log.ts'
import { withServer } from '../../support/real-server.ts'

// Several processes, one of which dies, or sleeps longer than its session and does not know.

const CONNECTORS = Array.from({ length: 9 }, (_, i) => `connector-${i}`)
const PATIENCE = { timeout: 45_000 }

/** A process that runs connectors, and what it has said of each. */
class Runner implements AsyncDisposable {
  readonly child: Child
  readonly running = new Set<string>()
  readonly starts: { readonly connector: string; readonly at: number }[] = []
  readonly did = new Map<string, number[]>()
  readonly saved = new Map<string, number>()
  readonly #ended: Promise<void>

  constructor(store: string) {
    this.child = startChild('run-connectors.ts', [
      import.meta.resolve('../../contract/openers/kafka-cursors.ts'),
      store,
      ...CONNECTORS,
    ])
    this.#ended = this.#listen()
  }

  async #listen(): Promise<void> {
    for (;;) {
      const [line] = await this.child.lines(1).catch(() => [])
      if (line === undefined) return
      const [what, connector, n] = line.split(' ') as [string, string, string]
      if (what === 'start') {
        this.running.add(connector)
        this.starts.push({ connector, at: Number(n) })
      } else if (what === 'stop') this.running.delete(connector)
      else if (what === 'saved') this.saved.set(connector, Number(n))
      else this.did.set(connector, [...(this.did.get(connector) ?? []), Number(n)])
    }
  }

  /** Which connectors it works on, now. */
  async working(): Promise<readonly string[]> {
    const before = new Map(this.saved)
    await systemClock.sleep(1_500)
    return CONNECTORS.filter((connector) => this.saved.get(connector) !== before.get(connector))
  }

  async kill(): Promise<void> {
    await this.child[Symbol.asyncDispose]()
    await this.#ended
    this.running.clear()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

withServer('kafka', (address) => {
  const owners = (runners: readonly Runner[]) => runners.flatMap(({ running }) => [...running]).toSorted()
  /** Nobody counts past a number that nobody did. */
  const expectNoGap = (runners: readonly Runner[]) => {
    for (const connector of CONNECTORS) {
      const numbers = new Set(runners.flatMap(({ did }) => did.get(connector) ?? []))
      expect(numbers.size).toBe(Math.max(...numbers))
    }
  }

  describe('the owners of connectors', () => {
    it('are one for each, and another one soon when theirs dies, from what it had saved', {
      timeout: 150_000,
    }, async () => {
      const store = `${address}/owners-${randomUUID()}`
      await using a = new Runner(store)
      await using b = new Runner(store)
      await using c = new Runner(store)
      const all = [a, b, c]
      await expect
        .poll(() => owners(all).join() === CONNECTORS.join() && all.every(({ running }) => running.size > 0), PATIENCE)
        .toBe(true)
      const working = await Promise.all(all.map((runner) => runner.working()))
      expect(working.flat().toSorted()).toEqual(CONNECTORS)
      const orphans = [...a.running]
      await a.kill()
      const [startsB, startsC] = [b.starts.length, c.starts.length]
      await expect.poll(() => owners([b, c]), PATIENCE).toEqual(CONNECTORS)
      for (const { connector, at } of [...b.starts.slice(startsB), ...c.starts.slice(startsC)])
        if (orphans.includes(connector)) expect(at).toBeGreaterThanOrEqual(a.saved.get(connector) ?? 0)
      expectNoGap(all)
    })

    it('lose them when they sleep longer than their session, and cost repeats at most when they wake', {
      timeout: 150_000,
    }, async () => {
      const store = `${address}/owners-${randomUUID()}`
      await using a = new Runner(store)
      await using b = new Runner(store)
      await expect
        .poll(() => owners([a, b]).join() === CONNECTORS.join() && a.running.size > 0 && b.running.size > 0, PATIENCE)
        .toBe(true)
      a.child.signal('SIGSTOP')
      const asleep = [...a.running]
      await expect.poll(() => b.running.size, PATIENCE).toBe(CONNECTORS.length)
      const taken = b.starts.filter(({ connector }) => asleep.includes(connector))
      expect(taken.length).toBeGreaterThanOrEqual(asleep.length)
      const starts = a.starts.length
      a.child.signal('SIGCONT')
      // It notices, stops what it ran, and joins anew: then each connector has one owner again.
      await expect
        .poll(() => a.starts.length > starts && owners([a, b]).join() === CONNECTORS.join(), PATIENCE)
        .toBe(true)
      const working = await Promise.all([a, b].map((runner) => runner.working()))
      expect(working.flat().toSorted()).toEqual(CONNECTORS)
      expectNoGap([a, b])
    })
  })

  describe('a member of a group that has slept longer than its session', () => {
    it('commits nothing when it wakes', { timeout: 90_000 }, async () => {
      const store = `${address}/asleep-${randomUUID()}`
      await using log = await openLog(store)
      const topic = `asleep-${randomUUID()}`
      await log.createTopics([{ name: topic, partitions: 1 }])
      const record = (n: number) => ({ key: 'k', value: Buffer.from(String(n)), headers: {} })
      await log.produce(topic, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(record))
      const module = import.meta.resolve('../../contract/openers/kafka-event-log.ts')
      await using child = startChild('answer-late.ts', [module, store, topic, 'g'])
      expect(await child.lines(1)).toEqual(['took 3'])
      child.signal('SIGSTOP')
      const seen: number[] = []
      const options = { group: 'g', topic, maxRecords: 100, maxBytes: 1_000_000, idleMs: 100 }
      const committed = async () => (await log.lag('g', topic))[0]?.committed
      await using _next = await log.subscribe(options, async ({ records }) => {
        seen.push(...records.map(({ offset }) => offset))
        return 'commit'
      })
      await expect.poll(committed, PATIENCE).toBe(10)
      expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      child.signal('SIGUSR2')
      child.signal('SIGCONT')
      // It may have taken the next batch before it hears that its commit was refused.
      const said: string[] = []
      while (said.at(-1) !== 'revoked 0') said.push(...(await child.lines(1)))
      expect(said).toContain('answers')
      expect(await committed()).toBe(10)
    })
  })
})
