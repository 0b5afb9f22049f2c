import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { DiskGate } from '#infra/runtime/disk-gate.ts'
import { SkippingClock } from '../../support/skipping-clock.ts'

/** A gate over a disk that has this much room at each look; the last figure stays. */
function open(...room: (number | Error)[]) {
  const clock = new SkippingClock()
  const logged: { level: number; msg: string; freeBytes: number }[] = []
  const logger = pino({ base: null }, { write: (line: string) => logged.push(JSON.parse(line)) })
  let looks = 0
  const freeBytes = async () => {
    const free = room[Math.min(looks++, room.length - 1)] as number | Error
    if (free instanceof Error) throw free
    return free
  }
  const gate = new DiskGate(freeBytes, 1_000, clock, logger)
  return { gate, clock, logged, looks: () => looks, ended: new AbortController() }
}

describe('the disk gate', () => {
  it('is open while there is room, and looks only now and then', async () => {
    const { gate, clock, ended, looks, logged } = open(1_000)
    for (let i = 0; i < 10; i++) await gate.pass(ended.signal)
    expect(looks()).toBe(1)
    await clock.sleep(5_000)
    await Promise.all([gate.pass(ended.signal), gate.pass(ended.signal)])
    expect(looks()).toBe(2)
    expect(logged).toEqual([])
  })

  it('holds back until there is room again; says so once at each turn, with the remedy', async () => {
    const { gate, clock, ended, logged } = open(999, 10, 0, 1_000)
    expect(gate.open).toBe(true)
    await gate.pass(ended.signal)
    expect(gate.open).toBe(true)
    expect(clock.slept).toEqual([5_000, 5_000, 5_000])
    expect(logged).toMatchObject([
      { level: 50, freeBytes: 999, msg: expect.stringContaining('storage.minFreeBytes') },
      { level: 40, freeBytes: 1_000, msg: expect.stringContaining('room again') },
    ])
  })

  it('lets through whoever is told to stop', async () => {
    const { gate, clock, ended } = open(0)
    const { sleep } = clock
    clock.sleep = (ms, signal) => {
      if (clock.slept.length === 3) ended.abort()
      return sleep.call(clock, ms, signal)
    }
    await gate.pass(ended.signal)
    expect(gate.open).toBe(false)
  })

  it('says when the disk cannot be asked, and asks again the next time', async () => {
    const { gate, ended } = open(new Error('EIO'), 5_000)
    await expect(gate.pass(ended.signal)).rejects.toThrow('EIO')
    await gate.pass(ended.signal)
    expect(gate.open).toBe(true)
  })
})
