import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventLog, LogRecord, NewRecord, RecordBatch, SubscribeOptions } from '#infra/contracts/event-log.ts'
import type { Opener } from './children/start-child.ts'
import { describeCrashes } from './event-log-crash.ts'
import { describeModel } from './event-log-model.ts'

export interface EventLogUnderTest {
  /** The same store each time: tests close it and come back. */
  open(): Promise<EventLog>
  readonly opener: Opener
}

let names = 0
/** No test sees the topics and groups of another one. */
export const freshName = (kind: string): string => `${kind}-${process.pid}-${names++}`

export const record = (key: string | null, text: string, partition?: number): NewRecord => {
  const value = new TextEncoder().encode(text)
  return { key, value, headers: { ce_type: 'mention.create' }, ...(partition === undefined ? {} : { partition }) }
}
export const text = ({ value }: { readonly value: Uint8Array }): string => new TextDecoder().decode(value)
export const texts = (records: readonly LogRecord[]): string[] => records.map(text)

export const group = (topic: string, name = freshName('group')): SubscribeOptions => {
  return { group: name, topic, maxRecords: 100, maxBytes: 1_000_000, idleMs: 20 }
}

/** What every `EventLog` promises, adapter by adapter. */
export function describeEventLogContract(name: string, prepare: () => Promise<EventLogUnderTest>): void {
  describe(`EventLog on ${name}`, () => {
    let under: EventLogUnderTest
    let log: EventLog
    beforeAll(async () => {
      under = await prepare()
      log = await under.open()
    })
    afterAll(async () => {
      await log[Symbol.asyncDispose]()
    })
    const reopen = async (): Promise<EventLog> => {
      await log[Symbol.asyncDispose]()
      log = await under.open()
      return log
    }
    const newTopic = async (partitions = 1): Promise<string> => {
      const topic = freshName('topic')
      await log.createTopics([{ name: topic, partitions }])
      return topic
    }

    it('makes the topics that are missing and leaves the others as they are', async () => {
      const [old, fresh] = [await newTopic(2), freshName('topic')]
      const topics = [old, fresh].map((topic) => ({ name: topic, partitions: 3 }))
      expect(await log.createTopics(topics)).toEqual([fresh])
      expect([await log.partitions(old), await log.partitions(fresh)]).toEqual([2, 3])
    })

    it('says which topic does not exist', async () => {
      await expect(log.partitions('nowhere')).rejects.toMatchObject({ class: 'config', message: /nowhere/ })
    })

    it('gives back what was produced, byte by byte', async () => {
      const topic = await newTopic()
      const records: NewRecord[] = [
        {
          key: 'Ünïcode 🙂',
          value: new Uint8Array([0, 255, 10, 13]),
          headers: { ce_type: 'x', überschrift: 'ß "quoted"' },
        },
        { key: null, value: new Uint8Array(), headers: {} },
        { key: '', value: new Uint8Array(300_000).map((_, i) => i % 251), headers: { ce_type: 'x' } },
        { key: 'k'.repeat(2_000), value: new Uint8Array([1]), headers: { ce_type: 'x' } },
      ]
      await log.produce(topic, records)
      const stored = await log.read(topic, 0, 0, 10)
      expect(stored.map(({ key, headers }) => ({ key, headers }))).toEqual(
        records.map(({ key, headers }) => ({ key, headers })),
      )
      expect(stored.map(({ value }) => Buffer.from(value).toString('base64'))).toEqual(
        records.map(({ value }) => Buffer.from(value).toString('base64')),
      )
      expect(stored.every(({ timestamp }) => timestamp > 1_600_000_000_000)).toBe(true)
    })

    it('answers positions in the order of the records', async () => {
      const topic = await newTopic(3)
      const records = Array.from({ length: 200 }, (_, i) => record(`key-${i % 17}`, String(i)))
      const positions = [
        ...(await log.produce(topic, records.slice(0, 90))),
        ...(await log.produce(topic, records.slice(90))),
      ]
      const stored = await Promise.all([0, 1, 2].map((partition) => log.read(topic, partition, 0, 1_000)))
      expect(
        positions.map(({ partition, offset }) => text(stored[partition]!.find((r) => r.offset === offset)!)),
      ).toEqual(records.map(text))
      expect(await log.produce(topic, [])).toEqual([])
    })

    it('keeps a key in one partition, and a record where its producer wants it', async () => {
      const topic = await newTopic(4)
      const keys = Array.from({ length: 40 }, (_, i) => `mastodon:example.social/${i}`)
      const first = await log.produce(
        topic,
        keys.map((key) => record(key, 'create')),
      )
      const again = await log.produce(
        topic,
        keys.map((key) => record(key, 'edit')),
      )
      expect(again.map(({ partition }) => partition)).toEqual(first.map(({ partition }) => partition))
      expect(new Set(first.map(({ partition }) => partition)).size).toBe(4)
      const chosen = await log.produce(
        topic,
        [3, 0, 2].map((partition) => record(keys[0]!, 'x', partition)),
      )
      expect(chosen.map(({ partition }) => partition)).toEqual([3, 0, 2])
    })

    it('keeps the order of calls that do not wait for each other', async () => {
      const topic = await newTopic()
      await Promise.all(Array.from({ length: 50 }, (_, i) => log.produce(topic, [record('k', String(i))])))
      expect(texts(await log.read(topic, 0, 0, 100))).toEqual(Array.from({ length: 50 }, (_, i) => String(i)))
    })

    it('reads from an offset up to a limit', async () => {
      const topic = await newTopic()
      await log.produce(
        topic,
        ['0', '1', '2'].map((t) => record('k', t)),
      )
      await log.produce(
        topic,
        ['3', '4'].map((t) => record('k', t)),
      )
      expect(texts(await log.read(topic, 0, 1, 3))).toEqual(['1', '2', '3'])
      expect(texts(await log.read(topic, 0, 4, 10))).toEqual(['4'])
      expect(await log.read(topic, 0, 5, 10)).toEqual([])
    })

    it('delivers every record once, in order, in batches within the limits', async () => {
      const topic = await newTopic(2)
      const bytes = [1, 900, 400, 400, 5_000, 10, 10, 10, 10, 10, 990, 20]
      await log.produce(
        topic,
        bytes.map((n, i) => record(null, String.fromCharCode(97 + i).repeat(n), i % 2)),
      )
      const batches: RecordBatch[] = []
      const all = Promise.withResolvers<void>()
      const options = { ...group(topic), maxRecords: 3, maxBytes: 1_000 }
      const subscription = await log.subscribe(options, async (batch) => {
        batches.push(batch)
        if (batches.flatMap(({ records }) => records).length === bytes.length) all.resolve()
        return 'commit'
      })
      await all.promise
      await subscription[Symbol.asyncDispose]()
      for (const partition of [0, 1]) {
        const own = batches.filter((batch) => batch.partition === partition)
        expect(own.flatMap(({ records }) => records.map(({ offset }) => offset))).toEqual([0, 1, 2, 3, 4, 5])
      }
      for (const { records, end, topic: of } of batches) {
        expect([of, end]).toEqual([topic, 6])
        expect(records.length).toBeLessThanOrEqual(3)
        if (records.length > 1)
          expect(records.reduce((sum, { value }) => sum + value.length, 0)).toBeLessThanOrEqual(1_000)
      }
    })

    it('wakes a subscriber for what arrives later', async () => {
      const topic = await newTopic()
      const seen: string[] = []
      let arrived = Promise.withResolvers<void>()
      await using _subscription = await log.subscribe(group(topic), async ({ records }) => {
        seen.push(...texts(records))
        arrived.resolve()
        return 'commit'
      })
      for (const word of ['one', 'two', 'three']) {
        arrived = Promise.withResolvers<void>()
        await log.produce(topic, [record('k', word)])
        await arrived.promise
      }
      expect(seen).toEqual(['one', 'two', 'three'])
    })

    it('has one batch in flight per partition, and several partitions at a time', async () => {
      const topic = await newTopic(2)
      await log.produce(
        topic,
        [0, 0, 0, 1, 1, 1].map((partition, i) => record(null, String(i), partition)),
      )
      const running = [0, 0]
      const both = Promise.withResolvers<void>()
      const all = Promise.withResolvers<void>()
      let handled = 0
      let most = 0
      await using _subscription = await log.subscribe({ ...group(topic), maxRecords: 1 }, async ({ partition }) => {
        running[partition]!++
        most = Math.max(most, running[partition]!)
        if (running[0]! > 0 && running[1]! > 0) both.resolve()
        await both.promise // would never come if partitions waited for each other
        running[partition]!--
        if (++handled === 6) all.resolve()
        return 'commit'
      })
      await all.promise
      expect(most).toBe(1)
    })

    it('remembers what a group has committed, for each group alone', async () => {
      const topic = await newTopic()
      const [first, second] = [group(topic), group(topic)]
      await log.produce(topic, [record('k', 'old')])
      expect(await consume(log, first, 1)).toEqual(['old'])
      expect(await log.lag(first.group, topic)).toEqual([{ partition: 0, start: 0, committed: 1, end: 1 }])
      expect(await log.lag(second.group, topic)).toEqual([{ partition: 0, start: 0, committed: 0, end: 1 }])
      await reopen()
      await log.produce(topic, [record('k', 'new')])
      expect(await consume(log, first, 1)).toEqual(['new'])
      expect(await consume(log, second, 2)).toEqual(['old', 'new'])
    })

    it('goes on behind what is held, and delivers it again to the next owner', async () => {
      const topic = await newTopic()
      const options = { ...group(topic), maxRecords: 2 }
      await log.produce(
        topic,
        ['0', '1', '2', '3', '4'].map((t) => record('k', t)),
      )
      expect(await consume(log, options, 5, 'hold')).toEqual(['0', '1', '2', '3', '4'])
      await reopen()
      expect((await log.lag(options.group, topic))[0]).toMatchObject({ committed: 0 })
      expect(await consume(log, options, 5, 'hold', 'commit', 'hold')).toEqual(['0', '1', '2', '3', '4'])
      await reopen()
      expect(await consume(log, options, 1)).toEqual(['4'])
    })

    it('calls a handler that holds, and no other, when nothing arrives', async () => {
      const topic = await newTopic()
      await log.produce(topic, [record('k', 'only')])
      const holding = Promise.withResolvers<void>()
      const [committing, options] = [group(topic), group(topic)]
      const sizes = { committing: [] as number[], holding: [] as number[] }
      await using _other = await log.subscribe(committing, async ({ records }) => {
        sizes.committing.push(records.length)
        return 'commit'
      })
      const subscription = await log.subscribe(options, async ({ records, end }) => {
        expect(end).toBe(1)
        sizes.holding.push(records.length)
        if (sizes.holding.length < 4) return 'hold'
        if (sizes.holding.length === 4) setImmediate(holding.resolve)
        return 'commit'
      })
      await holding.promise
      await subscription[Symbol.asyncDispose]()
      expect(sizes).toEqual({ committing: [1], holding: [1, 0, 0, 0] })
      expect((await log.lag(options.group, topic))[0]).toMatchObject({ committed: 1 })
    })

    it('delivers a rejected batch again, and nothing before it', async () => {
      const topic = await newTopic()
      const options = { ...group(topic), maxRecords: 2 }
      await log.produce(
        topic,
        ['0', '1', '2', '3', '4', '5'].map((t) => record('k', t)),
      )
      const bug = new Error('a bug in the handler')
      const seen: string[] = []
      const subscription = await log.subscribe(options, async ({ records }) => {
        seen.push(...texts(records))
        if (seen.length === 4) throw bug
        return 'commit'
      })
      await expect(subscription.done).rejects.toBe(bug)
      expect(seen).toEqual(['0', '1', '2', '3'])
      expect(await consume(log, options, 4)).toEqual(['2', '3', '4', '5'])
    })

    it('ends the other partitions when one handler rejects, after they have answered', async () => {
      const topic = await newTopic(2)
      const options = group(topic)
      await log.produce(topic, [record(null, 'bad', 0), record(null, 'good', 1)])
      const started = Promise.withResolvers<void>()
      let aborted = false
      const subscription = await log.subscribe(options, async ({ partition, signal }) => {
        if (partition === 0) {
          await started.promise
          throw new Error('bad')
        }
        started.resolve()
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        aborted = true
        return 'commit'
      })
      await expect(subscription.done).rejects.toThrow('bad')
      expect(aborted).toBe(true)
      expect((await log.lag(options.group, topic)).map(({ committed }) => committed)).toEqual([0, 1])
    })

    it('waits for the handler in flight when it is disposed, and keeps its commit', async () => {
      const topic = await newTopic()
      const options = { ...group(topic), maxRecords: 1 }
      await log.produce(
        topic,
        ['0', '1'].map((t) => record('k', t)),
      )
      const started = Promise.withResolvers<void>()
      const steps: string[] = []
      const subscription = await log.subscribe(options, async ({ signal }) => {
        started.resolve()
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        steps.push('handler')
        return 'commit'
      })
      await started.promise
      await subscription[Symbol.asyncDispose]()
      steps.push('disposed')
      await subscription.done
      expect(steps).toEqual(['handler', 'disposed'])
      expect((await log.lag(options.group, topic))[0]).toMatchObject({ committed: 1 })
    })

    it('ends subscriptions and refuses work when the log is closed', async () => {
      const topic = await newTopic()
      const closing = log
      const subscription = await closing.subscribe(group(topic), async () => 'commit')
      await reopen()
      await subscription.done
      await expect(closing.produce(topic, [record('k', 'late')])).rejects.toMatchObject({ name: 'PipelineError' })
    })

    it('has one member per group, or shares the partitions among them', async (test) => {
      if (log.supports.rebalance) return test.skip('members of a group are tested where there are several')
      const topic = await newTopic(2)
      const options = group(topic)
      await using _first = await log.subscribe(options, async () => 'commit')
      await expect(log.subscribe(options, async () => 'commit')).rejects.toMatchObject({ class: 'config' })
    })

    describeModel(() => log, reopen, newTopic)
    describeCrashes(() => under, reopen, newTopic)
  })
}

/** Subscribes until `count` records have come; the answers are given in turn, the last one again and again. */
export async function consume(
  log: EventLog,
  options: SubscribeOptions,
  count: number,
  ...answers: readonly ('commit' | 'hold')[]
): Promise<string[]> {
  const seen: string[] = []
  const all = Promise.withResolvers<void>()
  let calls = 0
  const subscription = await log.subscribe(options, async ({ records }) => {
    if (records.length === 0) return 'hold'
    seen.push(...texts(records))
    if (seen.length >= count) all.resolve()
    return answers[Math.min(calls++, answers.length - 1)] ?? 'commit'
  })
  await Promise.race([all.promise, subscription.done])
  await subscription[Symbol.asyncDispose]()
  await subscription.done
  return seen
}
