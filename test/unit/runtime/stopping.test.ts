import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { isStopped, withGrace } from '#infra/runtime/stopping.ts'
import { SkippingClock } from '../../support/skipping-clock.ts'

const never = new Promise<never>(() => {})

describe('what is in flight when its part is told to stop', () => {
  it('settles as it would, and leaves no listener behind', async () => {
    const { signal } = new AbortController()
    const clock = new SkippingClock()
    expect(await withGrace(Promise.resolve('done'), signal, clock)).toBe('done')
    await expect(withGrace(Promise.reject(new Error('no')), signal, clock)).rejects.toThrow('no')
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(clock.slept).toEqual([])
  })

  it.for([true, false])('is given a little time, and then up (told before: %s)', async (before) => {
    const told = new AbortController()
    const clock = new SkippingClock()
    if (before) told.abort()
    const waiting = withGrace(never, told.signal, clock)
    told.abort()
    await expect(waiting).rejects.toSatisfy((error) => isStopped(error, told.signal))
    expect(clock.slept).toEqual([2_000])
  })

  it('is not given up when it makes it in time', async () => {
    const told = new AbortController()
    const { promise, resolve } = Promise.withResolvers<string>()
    const clock = new SkippingClock()
    clock.sleep = async () => resolve('in time')
    const waiting = withGrace(promise, told.signal, clock)
    told.abort()
    expect(await waiting).toBe('in time')
  })

  it('has stopped only by its own signal', () => {
    const told = new AbortController()
    expect(isStopped(told.signal.reason, told.signal)).toBe(false)
    told.abort()
    expect(isStopped(told.signal.reason, told.signal)).toBe(true)
    expect(isStopped(AbortSignal.abort().reason, told.signal)).toBe(false)
  })
})
