import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { AlertHorizon } from '#index/alerts/alert-horizon.ts'
import { IndexProgress } from '#index/search/index-progress.ts'

const MINUTE = 60_000

function open(...connectors: string[]) {
  const progress = new IndexProgress(1)
  const clock = { time: 1_000 * MINUTE, now: () => clock.time }
  const lines: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
  const horizon = new AlertHorizon({ progress, connectors, clock, logger })
  const tell = (connector: string, observedAt: number, exhausted = false) => {
    const source = { connector, platform: 'test', instance: null, latenessMs: 0 }
    progress.record(0, { source, observedAt, exhausted })
  }
  /** Ticks for so long, while `moving` sources report; answers what it says in the end. */
  const pass = (minutes: number, ...moving: string[]) => {
    for (const end = clock.time + minutes * MINUTE; clock.time < end; ) {
      clock.time += 1_000
      for (const connector of moving) tell(connector, clock.time)
      horizon.through()
    }
    return horizon.through()
  }
  return { horizon, clock, lines, tell, pass }
}

describe('the horizon of alerts', () => {
  it('waits for a source that reports late or not at all, but not longer than an hour, and says so once', () => {
    const { horizon, clock, lines, tell, pass } = open('lively', 'dead', 'stuck')
    tell('stuck', 7)
    expect(pass(59, 'lively')).toBeNull()
    tell('dead', 5)
    expect(pass(1, 'lively')).toBe(5)
    expect(lines).toEqual([])
    expect(pass(120, 'lively')).toBe(clock.time)
    expect(lines.map((line) => JSON.parse(line).connector).toSorted()).toEqual(['dead', 'stuck'])
    tell('dead', 9)
    expect(horizon.through()).toBe(9)
  })

  it('waits for a source that is slow', () => {
    const { clock, lines, tell, pass } = open('lively', 'slow')
    for (let round = 0; round < 5; round++) {
      const reported = clock.time
      tell('slow', reported)
      expect(pass(50, 'lively')).toBe(reported)
    }
    expect(lines).toEqual([])
  })

  it('knows nothing when every source is silent, and waits for none that has ended', () => {
    const { horizon, tell, pass } = open('ended', 'other')
    tell('ended', 1, true)
    expect(pass(90)).toBe(Number.POSITIVE_INFINITY)
    tell('other', 3)
    expect(horizon.through()).toBe(3)
    const silent = open('only')
    silent.tell('only', 3)
    expect(silent.pass(90)).toBeNull()
    expect(open().horizon.through()).toBe(Number.POSITIVE_INFINITY)
  })

  it('takes the sleep of the machine for no silence of a source', () => {
    const { horizon, clock, tell } = open('early', 'late')
    for (const connector of ['early', 'late']) tell(connector, clock.time)
    const before = horizon.through()
    clock.time += 600 * MINUTE
    tell('early', clock.time)
    expect(horizon.through()).toBe(before)
  })
})
