import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { createMetrics } from '#infra/runtime/metrics.ts'
import { Supervisor } from '#infra/runtime/supervisor.ts'
import { SkippingClock } from '../../support/skipping-clock.ts'

const passing = (retryAfterMs?: number) =>
  new PipelineError(ErrorClass.Transient, 'AWAY', 'it is away', retryAfterMs === undefined ? {} : { retryAfterMs })

function open() {
  const clock = new SkippingClock()
  const logged: Record<string, unknown>[] = []
  const logger = pino({ base: null }, { write: (line: string) => logged.push(JSON.parse(line)) })
  const metrics = createMetrics()
  const ended = new AbortController()
  return { clock, logged, metrics, ended, supervisor: new Supervisor(clock, logger, metrics) }
}

/** A part that fails with these errors, one a start, and then resolves. */
function failing(...errors: readonly unknown[]) {
  const left = [...errors]
  const run = async () => {
    run.starts++
    if (left.length > 0) throw left.shift()
  }
  run.starts = 0
  return run
}

describe('the supervisor', () => {
  it('runs a part until it is done', async () => {
    const { supervisor, ended, clock } = open()
    const part = failing()
    const startedAt = clock.now()
    const running = supervisor.keep('a', part, ended.signal)
    expect(supervisor.health.get('a')).toEqual({ state: 'running', since: startedAt, restarts: 0, problem: null })
    await running
    expect(supervisor.health.get('a')?.state).toBe('done')
    expect(part.starts).toBe(1)
  })

  it('gives up after as many restarts as it was allowed, with the last failure', async () => {
    const { supervisor, ended } = open()
    const last = passing()
    const part = failing(passing(), passing(), last, passing())
    await expect(supervisor.keep('a', part, ended.signal, 2)).rejects.toBe(last)
    expect(part.starts).toBe(3)
    expect(supervisor.health.get('a')).toMatchObject({ state: 'failed', restarts: 2 })
  })

  it('starts again what failed for a passing reason: told, counted, waited for, its problem remembered', async () => {
    const { supervisor, ended, clock, logged, metrics } = open()
    const part = failing(passing(), passing())
    await supervisor.keep('a', part, ended.signal)
    expect(part.starts).toBe(3)
    expect(clock.slept).toHaveLength(2)
    expect(Math.min(...clock.slept)).toBeGreaterThanOrEqual(1_000)
    expect(logged).toMatchObject([
      { part: 'a', code: 'AWAY', restarts: 1, pauseMs: clock.slept[0] },
      { restarts: 2, pauseMs: clock.slept[1] },
    ])
    expect(supervisor.health.get('a')).toMatchObject({ state: 'done', restarts: 2, problem: 'it is away' })
    expect((await metrics.partRestarts.get()).values).toMatchObject([{ labels: { part: 'a' }, value: 2 }])
  })

  it('waits as long as it was asked to', async () => {
    const { supervisor, ended, clock } = open()
    await supervisor.keep('a', failing(passing(77_000)), ended.signal)
    expect(clock.slept).toEqual([77_000])
  })

  it('says while it waits that it does', async () => {
    const { supervisor, ended, clock } = open()
    const states: (string | undefined)[] = []
    const { sleep } = clock
    clock.sleep = (ms, signal) => {
      states.push(supervisor.health.get('a')?.state)
      return sleep.call(clock, ms, signal)
    }
    await supervisor.keep('a', failing(passing()), ended.signal)
    expect(states).toEqual(['waiting'])
  })

  it('forgets old failures after a minute of health: pauses begin anew', async () => {
    const { supervisor, ended, clock } = open()
    let starts = 0
    const part = async () => {
      if (starts++ === 40) return
      await clock.sleep(61_000)
      clock.slept.pop()
      throw passing()
    }
    await supervisor.keep('a', part, ended.signal)
    // Back-off of a first failure: at most 100 ms doubled four times. Forty failures in a row would reach 30 s.
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(1_600)
    expect(clock.slept).toHaveLength(40)
  })

  it.for([new TypeError('a bug'), new PipelineError(ErrorClass.Config, 'WRONG', 'wrong'), 'a string'])(
    'passes anything else on at once: %s',
    async (error) => {
      const { supervisor, ended, clock } = open()
      const part = failing(error)
      await expect(supervisor.keep('a', part, ended.signal)).rejects.toBe(error)
      expect(supervisor.health.get('a')).toMatchObject({ state: 'failed', problem: expect.any(String) })
      expect(part.starts).toBe(1)
      expect(clock.slept).toEqual([])
    },
  )

  it('starts nothing once it was told to stop, and ends the pause before the next start', async () => {
    const { supervisor, ended, clock } = open()
    const part = failing(passing(), passing())
    clock.sleep = async () => ended.abort()
    await supervisor.keep('a', part, ended.signal)
    expect(part.starts).toBe(1)
    expect(supervisor.health.get('a')?.state).toBe('done')
    await supervisor.keep('b', part, ended.signal)
    expect(part.starts).toBe(1)
  })

  it('takes a passing failure of a part that was stopping for its end, a bug never', async () => {
    const { supervisor, ended } = open()
    const stopping = (error: unknown) => async () => {
      ended.abort()
      throw error
    }
    await supervisor.keep('a', stopping(passing()), ended.signal)
    const again = open()
    const bug = new TypeError('a bug')
    const part = async () => {
      again.ended.abort()
      throw bug
    }
    await expect(again.supervisor.keep('a', part, again.ended.signal)).rejects.toBe(bug)
  })
})
