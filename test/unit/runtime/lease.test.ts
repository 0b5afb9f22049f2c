import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { Lease } from '#infra/runtime/lease.ts'
import { FastClock } from '../../support/fast-clock.ts'
import { MemoryTable } from '../../support/memory-table.ts'

const untilTold = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

/** Processes that want to do the same work; `working` names those that do it now. */
function open() {
  const table = new MemoryTable()
  const clock = new FastClock(20)
  const working = new Set<string>()
  const join = (owner: string, seesTable: MemoryTable = table) => {
    const lease = new Lease({ table: seesTable, name: 'work', owner, clock, logger: pino({ level: 'silent' }) })
    const ended = new AbortController()
    const done = lease.run(async (signal) => {
      working.add(owner)
      await untilTold(signal)
      working.delete(owner)
    }, ended.signal)
    return { lease, done, stop: () => ended.abort(), standing: () => lease.standing(ended.signal) }
  }
  return { table, clock, working, join }
}
const who = (working: ReadonlySet<string>) => [...working].join(' ')

describe('a lease', () => {
  it('lets one process work; another takes over at once when it ends', async () => {
    const { working, join } = open()
    const [a, b] = [join('a'), join('b')]
    await expect.poll(() => working.size).toBe(1)
    const [first, second, next] = working.has('a') ? [a, b, 'b'] : [b, a, 'a']
    expect(await first.standing()).toBe('held')
    expect(await second.standing()).toBe('elsewhere')
    expect(working.size).toBe(1)
    first.stop()
    await first.done
    await expect.poll(() => who(working)).toBe(next)
    second.stop()
    await second.done
    expect(working.size).toBe(0)
  })

  it('of a process that died is taken over when its term is over, not before', async () => {
    const { table, clock, working, join } = open()
    const until = clock.now() + 20_000
    await table.put('lease/work', { owner: 'dead', until }, null)
    const a = join('a')
    expect(await a.standing()).toBe('held')
    expect(clock.now()).toBeGreaterThanOrEqual(until)
    await expect.poll(() => who(working)).toBe('a')
    a.stop()
    await a.done
  })

  it('of a process that comes back under its name goes on at once', async () => {
    const { table, clock, working, join } = open()
    const until = clock.now() + 1_000_000_000
    await table.put('lease/work', { owner: 'a', until }, null)
    const a = join('a')
    await expect.poll(() => who(working)).toBe('a')
    a.stop()
    await a.done
    expect(await table.get('lease/work')).toBeNull()
  })

  it('ends the work of who can no longer renew it, before another may begin', async () => {
    const { table, working, join } = open()
    const own = new (class extends MemoryTable {
      override get = table.get.bind(table)
      override put = async (...given: Parameters<MemoryTable['put']>) => {
        if (this.failure !== null) throw this.failure
        return table.put(...given)
      }
      override delete = table.delete.bind(table)
    })()
    const a = join('a', own)
    await expect.poll(() => who(working)).toBe('a')
    const b = join('b')
    own.failure = new PipelineError(ErrorClass.Transient, 'AWAY', 'away')
    const failed = expect(a.done).rejects.toBe(own.failure) // told to its supervisor when it asks again
    await expect.poll(() => working.has('b'), { timeout: 10_000 }).toBe(true)
    expect(who(working)).toBe('b')
    await failed
    b.stop()
    await b.done
  })

  it('ends the work of who finds the row in other hands', async () => {
    const { table, clock, working, join } = open()
    const a = join('a')
    await expect.poll(() => who(working)).toBe('a')
    const row = await table.get('lease/work')
    await table.put('lease/work', { owner: 'z', until: clock.now() + 60_000 }, row?.version ?? null)
    await expect.poll(() => who(working)).toBe('')
    expect(a.lease.isHeld).toBe(false)
    a.stop()
    await a.done
    expect((await table.get('lease/work'))?.value).toMatchObject({ owner: 'z' })
  })

  it('passes on what the work fails with, and gives the lease back', async () => {
    const { table, clock } = open()
    const lease = new Lease({ table, name: 'work', owner: 'a', clock, logger: pino({ level: 'silent' }) })
    const bug = new Error('bug')
    await expect(lease.run(() => Promise.reject(bug), new AbortController().signal)).rejects.toBe(bug)
    expect(await table.get('lease/work')).toBeNull()
  })
})
