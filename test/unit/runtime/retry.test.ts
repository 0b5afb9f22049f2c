import { describe, expect, it } from 'vitest'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { backoffMs, retry } from '#infra/runtime/retry.ts'
import { SkippingClock } from '#test/support/skipping-clock.ts'

const transient = (retryAfterMs?: number) =>
  new PipelineError(ErrorClass.Transient, 'BUSY', 'busy', retryAfterMs === undefined ? {} : { retryAfterMs })

describe('retry', () => {
  it('repeats a transient failure until it passes, and says so each time', async () => {
    const clock = new SkippingClock()
    const attempts: number[] = []
    let calls = 0
    const answer = await retry(
      async () => {
        if (++calls < 4) throw transient()
        return 'done'
      },
      { clock, signal: new AbortController().signal, onRetry: (_error, attempt) => attempts.push(attempt) },
    )
    expect(answer).toBe('done')
    expect(attempts).toEqual([1, 2, 3])
    expect(clock.slept).toHaveLength(3)
  })

  it('waits as long as the other side asks', async () => {
    const clock = new SkippingClock()
    let calls = 0
    await retry(
      async () => {
        if (++calls < 4) throw transient(7_000)
      },
      { clock, signal: new AbortController().signal, onRetry: () => {} },
    )
    expect(new Set(clock.slept)).toEqual(new Set([7_000]))
  })

  it('passes on what is not transient at once', async () => {
    const clock = new SkippingClock()
    const bug = new TypeError('a bug')
    const failing = retry(async () => Promise.reject(bug), {
      clock,
      signal: new AbortController().signal,
      onRetry: () => {},
    })
    await expect(failing).rejects.toBe(bug)
    expect(clock.slept).toEqual([])
  })

  it('ends with the failure when the signal aborts in a pause', async () => {
    const ended = new AbortController()
    const failing = retry(async () => Promise.reject(transient()), {
      ...{ clock: new SkippingClock(), signal: ended.signal, onRetry: () => ended.abort() },
    })
    await expect(failing).rejects.toMatchObject({ code: 'BUSY' })
  })

  it('grows its pauses up to half a minute, with full jitter', () => {
    expect([1, 2, 3, 20].map((attempt) => backoffMs(attempt, null, () => 1))).toEqual([200, 400, 800, 30_000])
    expect(backoffMs(5, null, () => 0)).toBe(0)
  })
})
