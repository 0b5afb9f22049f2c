import { expect, it } from 'vitest'
import type { RecordBatch } from '#infra/contracts/event-log.ts'
import { consume, type EventLogFixture, freshName, group, record, texts } from './event-log-fixture.ts'

/** How groups are served: batches, commits, holds, failures and ends. */
export function describeGroups(on: EventLogFixture): void {
  it('delivers every record once, in order, in batches within the limits', async () => {
    const topic = await on.newTopic(2)
    const bytes = [1, 900, 400, 400, 5_000, 10, 10, 10, 10, 10, 990, 20]
    await on.log.produce(
      topic,
      bytes.map((n, i) => record(null, String.fromCharCode(97 + i).repeat(n), i % 2)),
    )
    const batches: RecordBatch[] = []
    const all = Promise.withResolvers<void>()
    const options = { ...group(topic), maxRecords: 3, maxBytes: 1_000 }
    const subscription = await on.log.subscribe(options, async (batch) => {
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

  it('lets a group read two topics, each for itself', async () => {
    const topics = [await on.newTopic(2), await on.newTopic(2)]
    const name = freshName('group')
    const seen: string[][] = [[], []]
    const all = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await using subscriptions = new AsyncDisposableStack()
    for (const [i, topic] of topics.entries()) {
      const subscription = await on.log.subscribe(group(topic, name), async ({ records }) => {
        seen[i]?.push(...texts(records))
        if (seen[i]?.length === 4) all[i]?.resolve()
        return 'commit'
      })
      subscriptions.use(subscription)
      await on.log.produce(
        topic,
        [0, 1, 0, 1].map((partition, n) => record(null, `${i}-${n}`, partition)),
      )
    }
    await Promise.all(all.map(({ promise }) => promise))
    expect(seen.map((words) => words.sort())).toEqual([0, 1].map((i) => [0, 1, 2, 3].map((n) => `${i}-${n}`)))
  })

  it('wakes a subscriber for what arrives later', async () => {
    const topic = await on.newTopic()
    const seen: string[] = []
    let arrived = Promise.withResolvers<void>()
    await using _subscription = await on.log.subscribe(group(topic), async ({ records }) => {
      seen.push(...texts(records))
      arrived.resolve()
      return 'commit'
    })
    for (const word of ['one', 'two', 'three']) {
      arrived = Promise.withResolvers<void>()
      await on.log.produce(topic, [record('k', word)])
      await arrived.promise
    }
    expect(seen).toEqual(['one', 'two', 'three'])
  })

  it('gives every group everything, however far one is behind another', async () => {
    const topic = await on.newTopic()
    const numbers = Array.from({ length: 13 }, (_, i) => String(i))
    const large = (n: string) => record('k', n.padEnd(600_000, '.'))
    const options = { ...group(topic), maxRecords: 3 }
    const [started, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const slow: string[] = []
    const all = Promise.withResolvers<void>()
    await on.log.produce(topic, [large('0')])
    await using _slow = await on.log.subscribe(options, async ({ records }) => {
      started.resolve()
      await goOn.promise
      slow.push(...texts(records))
      if (slow.length === numbers.length) all.resolve()
      return 'commit'
    })
    await started.promise
    for (const n of numbers.slice(1)) await on.log.produce(topic, [large(n)])
    const late = await consume(on.log, { ...group(topic), maxRecords: 5 }, numbers.length)
    goOn.resolve()
    await all.promise
    for (const seen of [late, slow]) expect(seen.map((value) => value.replaceAll('.', ''))).toEqual(numbers)
  })

  it('has one batch in flight per partition, and several partitions at a time', async () => {
    const topic = await on.newTopic(2)
    await on.log.produce(
      topic,
      [0, 0, 0, 1, 1, 1].map((partition, i) => record(null, String(i), partition)),
    )
    const running = [0, 0]
    const both = Promise.withResolvers<void>()
    const all = Promise.withResolvers<void>()
    let handled = 0
    let most = 0
    await using _subscription = await on.log.subscribe({ ...group(topic), maxRecords: 1 }, async ({ partition }) => {
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
    const topic = await on.newTopic()
    const [first, second] = [group(topic), group(topic)]
    await on.log.produce(topic, [record('k', 'old')])
    expect(await consume(on.log, first, 1)).toEqual(['old'])
    expect(await on.log.lag(first.group, topic)).toEqual([{ partition: 0, start: 0, committed: 1, end: 1 }])
    expect(await on.log.lag(second.group, topic)).toEqual([{ partition: 0, start: 0, committed: 0, end: 1 }])
    await on.reopen()
    await on.log.produce(topic, [record('k', 'new')])
    expect(await consume(on.log, first, 1)).toEqual(['new'])
    expect(await consume(on.log, second, 2)).toEqual(['old', 'new'])
  })

  it('goes on behind what is held, and delivers it again to the next owner', async () => {
    const topic = await on.newTopic()
    const options = { ...group(topic), maxRecords: 2 }
    await on.log.produce(
      topic,
      ['0', '1', '2', '3', '4'].map((t) => record('k', t)),
    )
    expect(await consume(on.log, options, 5, 'hold')).toEqual(['0', '1', '2', '3', '4'])
    await on.reopen()
    expect((await on.log.lag(options.group, topic))[0]).toMatchObject({ committed: 0 })
    expect(await consume(on.log, options, 5, 'hold', 'commit', 'hold')).toEqual(['0', '1', '2', '3', '4'])
    await on.reopen()
    expect(await consume(on.log, options, 1)).toEqual(['4'])
  })

  it('calls a handler that holds, and no other, when nothing arrives', async () => {
    const topic = await on.newTopic()
    await on.log.produce(topic, [record('k', 'only')])
    const holding = Promise.withResolvers<void>()
    const [committing, options] = [group(topic), group(topic)]
    const sizes = { committing: [] as number[], holding: [] as number[] }
    await using _other = await on.log.subscribe(committing, async ({ records }) => {
      sizes.committing.push(records.length)
      return 'commit'
    })
    const subscription = await on.log.subscribe(options, async ({ records, end }) => {
      expect(end).toBe(1)
      sizes.holding.push(records.length)
      if (sizes.holding.length < 4) return 'hold'
      if (sizes.holding.length === 4) setImmediate(holding.resolve)
      return 'commit'
    })
    await holding.promise
    await subscription[Symbol.asyncDispose]()
    expect(sizes).toEqual({ committing: [1], holding: [1, 0, 0, 0] })
    expect((await on.log.lag(options.group, topic))[0]).toMatchObject({ committed: 1 })
  })

  it('delivers a rejected batch again, and nothing before it', async () => {
    const topic = await on.newTopic()
    const options = { ...group(topic), maxRecords: 2 }
    await on.log.produce(
      topic,
      ['0', '1', '2', '3', '4', '5'].map((t) => record('k', t)),
    )
    const bug = new Error('a bug in the handler')
    const seen: string[] = []
    const subscription = await on.log.subscribe(options, async ({ records }) => {
      seen.push(...texts(records))
      if (seen.length === 4) throw bug
      return 'commit'
    })
    await expect(subscription.done).rejects.toBe(bug)
    expect(seen).toEqual(['0', '1', '2', '3'])
    expect(await consume(on.log, options, 4)).toEqual(['2', '3', '4', '5'])
  })

  it('ends the other partitions when one handler rejects, after they have answered', async () => {
    const topic = await on.newTopic(2)
    const options = group(topic)
    await on.log.produce(topic, [record(null, 'bad', 0), record(null, 'good', 1)])
    const started = Promise.withResolvers<void>()
    let aborted = false
    const subscription = await on.log.subscribe(options, async ({ partition, signal }) => {
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
    expect((await on.log.lag(options.group, topic)).map(({ committed }) => committed)).toEqual([0, 1])
  })

  it('waits for the handler in flight when it is disposed, and keeps its commit', async () => {
    const topic = await on.newTopic()
    const options = { ...group(topic), maxRecords: 1 }
    await on.log.produce(
      topic,
      ['0', '1'].map((t) => record('k', t)),
    )
    const started = Promise.withResolvers<void>()
    const steps: string[] = []
    const subscription = await on.log.subscribe(options, async ({ signal }) => {
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
    expect((await on.log.lag(options.group, topic))[0]).toMatchObject({ committed: 1 })
  })

  it('ends subscriptions and refuses work when the log is closed', async () => {
    const topic = await on.newTopic()
    const closing = on.log
    const subscription = await closing.subscribe(group(topic), async () => 'commit')
    await on.reopen()
    await subscription.done
    await expect(closing.produce(topic, [record('k', 'late')])).rejects.toMatchObject({ name: 'PipelineError' })
  })

  it('has one member per group, or shares the partitions among them', async (test) => {
    if (on.log.supports.rebalance) return test.skip('members of a group are tested where there are several')
    const topic = await on.newTopic(2)
    const options = group(topic)
    await using _first = await on.log.subscribe(options, async () => 'commit')
    await expect(on.log.subscribe(options, async () => 'commit')).rejects.toMatchObject({ class: 'config' })
  })
}
