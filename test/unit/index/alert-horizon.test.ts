import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { AlertHorizon } from '#index/alerts/alert-horizon.ts'

const MINUTE = 60_000

function open(...connectors: string[]) {
  const reached = new Map<string, number>()
  const through = (ids: readonly string[]) => {
    const points = ids.map((id) => reached.get(id) ?? null)
    return points.some((point) => point === null) ? null : Math.min(...(points as number[]), Number.POSITIVE_INFINITY)
  }
  const clock = { time: 1_000 * MINUTE, now: () => clock.time }
  const lines: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
  const horizon = new AlertHorizon({ progress: async () => ({ through }), connectors, clock, logger })
  const tell = (connector: string, observedAt: number, exhausted = false) => {
    reached.set(connector, exhausted ? Number.POSITIVE_INFINITY : observedAt)
  }
  /** Ticks for so long, while `moving` sources report; answers what it says in the end. */
  const pass = async (minutes: number, ...moving: string[]) => {
    for (const end = clock.time + minutes * MINUTE; clock.time < end; ) {
      clock.time += 1_000
      for (const connector of moving) tell(connector, clock.time)
      await horizon.through()
    }
    return horizon.through()
  }
  return { horizon, clock, lines, tell, pass }
}

describe('the horizon of alerts', async () => {
  it('waits for a source that reports late or not at all, but not longer than an hour, and says so once', async () => {
    const { horizon, clock, lines, tell, pass } = open('lively', 'dead', 'stuck')
    tell('stuck', 7)
    expect(await pass(59, 'lively')).toBeNull()
    tell('dead', 5)
    expect(await pass(1, 'lively')).toBe(5)
    expect(lines).toEqual([])
    expect(await pass(120, 'lively')).toBe(clock.time)
    expect(lines.map((line) => JSON.parse(line).connector).toSorted()).toEqual(['dead', 'stuck'])
    tell('dead', 9)
    expect(await horizon.through()).toBe(9)
  })

  it('waits for a source that is slow', async () => {
    const { clock, lines, tell, pass } = open('lively', 'slow')
    for (let round = 0; round < 5; round++) {
      const reported = clock.time
      tell('slow', reported)
      expect(await pass(50, 'lively')).toBe(reported)
    }
    expect(lines).toEqual([])
  })

  it('knows nothing when every source is silent, and waits for none that has ended', async () => {
    const { horizon, tell, pass } = open('ended', 'other')
    tell('ended', 1, true)
    expect(await pass(90)).toBe(Number.POSITIVE_INFINITY)
    tell('other', 3)
    expect(await horizon.through()).toBe(3)
    const silent = open('only')
    silent.tell('only', 3)
    expect(await silent.pass(90)).toBeNull()
    expect(await open().horizon.through()).toBe(Number.POSITIVE_INFINITY)
  })

  it('takes the sleep of the machine for no silence of a source', async () => {
    const { horizon, clock, tell } = open('early', 'late')
    for (const connector of ['early', 'late']) tell(connector, clock.time)
    const before = await horizon.through()
    clock.time += 600 * MINUTE
    tell('early', clock.time)
    expect(await horizon.through()).toBe(before)
  })
})
