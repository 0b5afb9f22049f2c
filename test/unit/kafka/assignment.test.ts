import type { KafkaMessage } from 'kafkajs'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { RecordBatch } from '#infra/contracts/event-log.ts'
import { Assignment } from '#infra/kafka/assignment.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'

// What a real broker does too seldom to wait for.

const message = (offset: number): KafkaMessage => {
  return { offset: String(offset), key: null, value: Buffer.from('x'), headers: {}, timestamp: '1', attributes: 0 }
}
const fetched = (from: number, next: number, end = next) => {
  return { partition: 0, from, next, end, messages: Array.from({ length: next - from }, (_, i) => message(from + i)) }
}
const standing = Promise.resolve({ partition: 0, start: 0, committed: 0, end: 1 })

function open(parts: {
  readonly commit?: (partition: number, next: number) => Promise<void>
  readonly bounds?: { readonly start: number; readonly end: number }
  readonly onBatch?: (batch: RecordBatch) => void
}) {
  const sought: number[] = []
  const told: Record<string, unknown>[] = []
  const assignment = new Assignment(0, {
    clock: systemClock,
    logger: pino({ base: null }, { write: (line: string) => told.push(JSON.parse(line)) }),
    options: { group: 'g', topic: 't', maxRecords: 10, maxBytes: 1_000, idleMs: 100 },
    translation: undefined,
    mustReach: async () => {
      throw new PipelineError(ErrorClass.Config, 'TOPIC_RECREATED', 'made anew')
    },
    bounds: async () => parts.bounds ?? { start: 0, end: 1 },
    onBatch: async (batch) => {
      parts.onBatch?.(batch)
      return 'commit'
    },
    member: {
      pause() {},
      resume() {},
      seek: (_, offset) => sought.push(offset),
      commit: parts.commit ?? (async () => {}),
    },
  })
  return { assignment, sought, told }
}

describe('an assignment', () => {
  it('ends with the failure of its last commit, also when no batch follows', async () => {
    const bug = new Error('a bug')
    const { assignment } = open({
      commit: async () => {
        throw bug
      },
    })
    const run = assignment.run(standing, undefined)
    assignment.push(fetched(0, 1))
    await expect(run).rejects.toBe(bug)
  })

  it('refuses the commit that the group no longer takes, and ends quietly', async () => {
    const lost = Object.assign(new Error('not a member'), { name: 'KafkaJSProtocolError', type: 'UNKNOWN_MEMBER_ID' })
    const { assignment, told } = open({
      commit: async () => {
        throw lost
      },
    })
    const run = assignment.run(standing, undefined)
    assignment.push(fetched(0, 1))
    await run
    expect(told).toMatchObject([{ group: 'g', topic: 't', partition: 0, offset: 1 }])
  })

  it('goes on where it is, when only an old answer came late', async () => {
    const seen: number[] = []
    const { assignment, sought, told } = open({
      bounds: { start: 0, end: 7 },
      onBatch: ({ records }) => seen.push(...records.map(({ offset }) => offset)),
    })
    const run = assignment.run(standing, undefined)
    assignment.push(fetched(0, 5))
    await standing
    await expect.poll(() => seen.length).toBe(5)
    assignment.push(fetched(2, 5))
    expect(sought).toEqual([5])
    assignment.push(fetched(5, 7))
    await expect.poll(() => seen).toEqual([0, 1, 2, 3, 4, 5, 6])
    assignment.end()
    await run
    expect(told).toEqual([])
  })

  it('tells what was removed before it was read, and nothing of what compaction has left out', async () => {
    const removed = open({ bounds: { start: 9, end: 10 } })
    const compacted = open({ bounds: { start: 0, end: 10 } })
    for (const { assignment, told } of [removed, compacted]) {
      const run = assignment.run(standing, undefined)
      assignment.push(fetched(0, 5))
      await standing
      assignment.push(fetched(9, 10))
      if (assignment === removed.assignment) await expect.poll(() => told.length).toBe(1)
      assignment.end()
      await run
    }
    expect(removed.told).toMatchObject([{ level: 50, from: 5, to: 9, offsets: 4 }])
    expect(compacted.told).toEqual([])
  })

  it('ends with a config error when the topic ends before what it has read', async () => {
    const { assignment } = open({ bounds: { start: 0, end: 2 } })
    const run = assignment.run(standing, undefined)
    assignment.push(fetched(0, 5))
    await standing
    assignment.push(fetched(0, 2))
    await expect(run).rejects.toMatchObject({ class: 'config', code: 'TOPIC_RECREATED' })
  })
})
