import { describe, expect, it } from 'vitest'
import { runTogether } from '#infra/runtime/run-together.ts'

const untilTold = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))

describe('parts that run together', () => {
  it('are awaited, all of them', async () => {
    const ended: string[] = []
    const part = (name: string) => async () => {
      await Promise.resolve()
      ended.push(name)
    }
    await runTogether([part('a'), part('b')], new AbortController().signal)
    expect(ended).toEqual(['a', 'b'])
  })

  it('are told when they shall stop', async () => {
    const told = new AbortController()
    const running = runTogether([untilTold, untilTold], told.signal)
    told.abort()
    await running
  })

  it('stop when one fails; its error comes out only after they have', async () => {
    const error = new Error('first')
    const ended: string[] = []
    const slow = async (signal: AbortSignal) => {
      await untilTold(signal)
      await Promise.resolve()
      ended.push('slow')
      throw new Error('second')
    }
    const running = runTogether([slow, async () => Promise.reject(error)], new AbortController().signal)
    await expect(running).rejects.toBe(error)
    expect(ended).toEqual(['slow'])
  })

  it('hide no failure that comes while they stop', async () => {
    const told = new AbortController()
    const late = async (signal: AbortSignal) => {
      await untilTold(signal)
      throw new Error('late')
    }
    const running = runTogether([late, untilTold], told.signal)
    told.abort()
    await expect(running).rejects.toThrow('late')
  })
})
