import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { NewRecord } from '#infra/contracts/event-log.ts'
import type { Outcome, Stage } from '#infra/contracts/stage.ts'
import { createMetrics } from '#infra/runtime/metrics.ts'
import { runStage } from '#infra/runtime/stage-runner.ts'
import { decode } from '#schemas/codec.ts'
import { RecordingLog } from '#test/support/recording-log.ts'
import { SkippingClock } from '#test/support/skipping-clock.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (value: Uint8Array) => new TextDecoder().decode(value)

/** Says everything louder; `drop` is dropped, `bad` is buried. */
const shout: Stage = {
  name: 'shout',
  process: async ({ records }) =>
    records.map(({ key, value }): Outcome<readonly NewRecord[]> => {
      if (text(value) === 'drop') return { kind: 'drop', reason: 'asked for' }
      if (text(value) === 'bad')
        return { kind: 'dead', error: new PipelineError(ErrorClass.Permanent, 'BAD', 'it is bad') }
      return { kind: 'ok', value: [{ key, value: bytes(text(value).toUpperCase()), headers: {} }] }
    }),
}

async function running(log: RecordingLog, stage: Stage, onDone?: () => void) {
  const ended = new AbortController()
  const run = runStage(
    {
      ...{ stage, log, input: 'in', output: 'out', dead: 'dead', clock: new SkippingClock(), metrics: createMetrics() },
      ...{ logger: pino({ level: 'silent' }), maxRecords: 10, maxBytes: 1e6, ...(onDone && { onDone }) },
    },
    ended.signal,
  )
  run.catch(() => {})
  while (!log.isSubscribed) await turn()
  return { run, signal: ended.signal, end: () => ended.abort() }
}

const values = (...words: string[]) => words.map((word) => ({ key: word, value: bytes(word) }))

describe('a stage', () => {
  it('produces and buries, then commits', async () => {
    const log = new RecordingLog()
    const { run, end } = await running(log, shout, () => log.actions.push('counted'))
    await log.give('in', values('hi', 'drop', 'bad'))
    expect(log.actions).toEqual(['out <- hi', 'dead <- bad', 'counted', 'commit'])
    end()
    await run
  })

  it('keeps the bytes, the place and the reason of what it buries', async () => {
    const log = new RecordingLog()
    const { end } = await running(log, shout)
    await log.give('in', values('hi', 'bad'), 1)
    const letter = decode(log.produced.get('dead')?.[0]?.value as Uint8Array)
    expect(letter).toMatchObject({
      name: 'DeadLetter',
      value: { stage: 'shout', code: 'BAD', message: 'it is bad', topic: 'in', partition: 1, offset: 1, key: 'bad' },
    })
    expect(text((letter as { value: { bytes: Uint8Array } }).value.bytes)).toBe('bad')
    end()
  })

  it('commits nothing before a dead letter could be written', async () => {
    const log = new RecordingLog()
    const { end } = await running(log, shout)
    log.failures.push(new PipelineError(ErrorClass.Transient, 'FULL', 'full'))
    await log.give('in', values('bad'))
    expect(log.actions).toEqual(['dead failed', 'dead <- bad', 'commit'])
    end()
  })

  it('commits nothing and ends loudly when the stage throws', async () => {
    const log = new RecordingLog()
    const bug = new TypeError('a bug')
    const { run } = await running(log, { name: 'broken', process: async () => Promise.reject(bug) })
    await log.give('in', values('hi'))
    expect(log.actions).toEqual(['rejected'])
    await expect(run).rejects.toBe(bug)
  })

  it('takes a missing outcome for a bug', async () => {
    const log = new RecordingLog()
    const { run } = await running(log, { name: 'short', process: async () => [] })
    await log.give('in', values('hi'))
    await expect(run).rejects.toThrow('0 outcomes for 1 records')
  })

  it('gives the whole batch again to a stage that fails for a passing reason', async () => {
    const log = new RecordingLog()
    let calls = 0
    const { end } = await running(log, {
      name: 'busy',
      process: async (batch) => {
        if (++calls < 3) throw new PipelineError(ErrorClass.Transient, 'BUSY', 'busy')
        return shout.process(batch)
      },
    })
    await log.give('in', values('hi', 'ho'))
    expect(log.actions).toEqual(['out <- hi', 'out <- ho', 'commit'])
    end()
  })

  it('hides no bug that comes while it stops', async () => {
    const log = new RecordingLog()
    const bug = new TypeError('a bug')
    const held = Promise.withResolvers<never>()
    const { run, end } = await running(log, { name: 'late', process: () => held.promise })
    const given = log.give('in', values('hi'))
    end()
    held.reject(bug)
    await given
    await expect(run).rejects.toBe(bug)
  })

  it('does not wait for a full log when it is told to stop, and commits nothing then', async () => {
    const log = new RecordingLog()
    log.isFull = true
    const { run, end } = await running(log, shout)
    const given = log.give('in', values('hi'))
    end()
    await given
    await run
    expect(log.actions).toEqual(['stopped'])
  })

  it('leaves no listener on the signal when it fails, so that restarts do not pile up', async () => {
    const log = new RecordingLog()
    const { run, signal } = await running(log, { name: 'broken', process: async () => Promise.reject(new Error('no')) })
    await log.give('in', values('hi'))
    await expect(run).rejects.toThrow('no')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
