import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { EventLog, RecordBatch, SubscribeOptions } from '#infra/contracts/event-log.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { kafkaAt } from '../../support/kafka-at.ts'
import { withServer } from '../../support/real-server.ts'

// What a group of several members promises; the contract's suite knows one member.

interface Member {
  /** Partitions whose first batch takes long. */
  readonly first: Set<number>
  readonly busy: Set<number>
  overlaps: number
}

withServer('kafka', (address) => {
  const fresh = async (partitions: number) => {
    const namespace = `groups-${randomUUID()}`
    const open = () => openKafkaEventLog({ ...kafkaAt(address), namespace })
    const log = await open()
    const topic = `${namespace}.numbers`
    await log.createTopics([{ name: topic, partitions }])
    const options: SubscribeOptions = { group: 'g', topic, maxRecords: 10, maxBytes: 1_000_000, idleMs: 100 }
    return { log, open, topic, options }
  }
  const produce = (log: EventLog, topic: string, partitions: number, count: number) =>
    log.produce(
      topic,
      Array.from({ length: count }, (_, i) => {
        return { key: null, value: Buffer.from(String(i)), headers: {}, partition: i % partitions }
      }),
    )
  const numbers = ({ records }: RecordBatch) => records.map(({ value }) => Number(Buffer.from(value).toString()))
  const settled = async (log: EventLog, { group, topic }: SubscribeOptions) => {
    while ((await log.lag(group, topic)).some(({ committed, end }) => committed < end)) await systemClock.sleep(20)
  }

  describe('a group on Kafka', () => {
    it('loses nothing while members join and leave, and never handles one partition twice at a time in a process', async () => {
      const [partitions, count] = [6, 6_000]
      const { log, open, topic, options } = await fresh(partitions)
      await produce(log, topic, partitions, count)
      const handled = new Map<number, number>()
      const work = (member: Member) => async (batch: RecordBatch) => {
        if (member.busy.has(batch.partition)) member.overlaps++
        member.busy.add(batch.partition)
        // The first batches outlast the rounds that the other members cause.
        await systemClock.sleep(member.first.delete(batch.partition) ? 1_500 : 2)
        for (const n of numbers(batch)) handled.set(n, (handled.get(n) ?? 0) + 1)
        member.busy.delete(batch.partition)
        return 'commit' as const
      }
      const member = (first: readonly number[]): Member => ({ busy: new Set(), overlaps: 0, first: new Set(first) })
      const [a, b, c] = [member([0, 1, 2, 3, 4, 5]), member([]), member([])]
      const [logB, logC] = [await open(), await open()]
      await using first = await log.subscribe(options, work(a))
      await using second = await logB.subscribe(options, work(b))
      const third = await logC.subscribe(options, work(c))
      while (handled.size < count / 3) await systemClock.sleep(5)
      await third[Symbol.asyncDispose]()
      await Promise.race([settled(log, options), first.done, second.done])
      expect(handled.size).toBe(count)
      expect([a.overlaps, b.overlaps, c.overlaps]).toEqual([0, 0, 0])
      // A round repeats at most what was in flight: two batches a partition.
      const repeats = [...handled.values()].reduce((sum, times) => sum + times - 1, 0)
      expect(repeats).toBeLessThanOrEqual(3 * 2 * partitions * options.maxRecords)
      await Promise.all([log, logB, logC].map((each) => each[Symbol.asyncDispose]()))
    })

    it('refuses the commit of a handler that answers after its partition was taken back, and tells it to forget', async () => {
      const { log, open, topic, options } = await fresh(2)
      await produce(log, topic, 2, 2)
      const other = await open()
      const [started, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const steps: string[] = []
      let late = true
      await using _slow = await log.subscribe(
        { ...options, onRevoke: (partition) => steps.push(`revoked ${partition}`) },
        async (batch) => {
          const { partition, signal } = batch
          if (!late) return 'hold'
          if (partition === 1) return 'hold'
          started.resolve()
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          steps.push(`aborted ${partition}`)
          late = false
          await goOn.promise
          steps.push(`answered ${partition}`)
          return 'commit'
        },
      )
      await started.promise
      await using _next = await other.subscribe(options, async () => 'hold')
      goOn.resolve()
      while (steps.length < 4) await systemClock.sleep(10)
      expect(steps.filter((step) => step.endsWith('0'))).toEqual(['aborted 0', 'answered 0', 'revoked 0'])
      expect(steps).toContain('revoked 1')
      expect((await log.lag(options.group, topic)).map(({ committed }) => committed)).toEqual([0, 0])
      await Promise.all([log, other].map((each) => each[Symbol.asyncDispose]()))
    })

    it('keeps a partition whose handler takes longer than a session', async () => {
      const { log, topic, options } = await fresh(1)
      await produce(log, topic, 1, 1)
      let calls = 0
      await using _slow = await log.subscribe(options, async () => {
        calls++
        await systemClock.sleep(13_000) // sessions end after 10 s
        return 'commit'
      })
      await settled(log, options)
      expect(calls).toBe(1)
      await log[Symbol.asyncDispose]()
    })
  })
})
