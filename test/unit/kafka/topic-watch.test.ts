import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { TopicWatch } from '#infra/kafka/topic-watch.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'

/** Brokers whose answer comes when the test says so. */
function open(inSync = true) {
  const answers: PromiseWithResolvers<number>[] = []
  const broken: unknown[] = []
  const admin = {
    fetchTopicMetadata: async () => ({
      topics: [{ name: 't', partitions: [{ partitionId: 0, replicas: [1, 2], isr: inSync ? [1, 2] : [1] }] }],
    }),
    fetchTopicOffsets: async () => {
      const answer = Promise.withResolvers<number>()
      answers.push(answer)
      const high = String(await answer.promise)
      return [{ partition: 0, offset: high, high, low: '0' }]
    },
  } as unknown as ConstructorParameters<typeof TopicWatch>[0]
  const watch = new TopicWatch(admin, systemClock, pino({ enabled: false }), (_, error) => broken.push(error))
  const answer = async (high: number) => {
    await expect.poll(() => answers.length).toBeGreaterThan(0)
    answers.shift()?.resolve(high)
  }
  return { watch, broken, answer }
}

const recreated = { class: 'config', code: 'TOPIC_RECREATED' }

describe('a topic watch', () => {
  it('does not take an answer that was overtaken by writes for a topic made anew', async () => {
    const { watch, broken, answer } = open()
    watch.add('t', 1)
    const first = watch.look('t')
    watch.written('t', 0, 10, 12)
    await answer(10)
    await first
    const second = watch.look('t')
    await answer(40) // others write, too
    await second
    watch.written('t', 0, 12, 14)
    expect(broken).toEqual([])
    await watch[Symbol.asyncDispose]()
  })

  it('tells a topic that ends before what was seen or written, and refuses it from then on', async () => {
    const seen = open()
    seen.watch.add('t', 1)
    const [first, second] = [seen.watch.look('t'), seen.watch.look('t')]
    await seen.answer(5)
    await first
    await seen.answer(5)
    await second
    const third = seen.watch.look('t')
    for (const end of [4, 4, 4]) await seen.answer(end)
    await expect(third).rejects.toMatchObject(recreated)
    expect(() => seen.watch.check('t')).toThrow(expect.objectContaining(recreated))

    const written = open()
    written.watch.add('t', 1)
    written.watch.written('t', 0, 0, 3)
    expect(() => written.watch.written('t', 0, 2, 3)).toThrow(expect.objectContaining(recreated))
    for (const { broken, watch } of [seen, written]) {
      expect(broken).toMatchObject([recreated])
      await watch[Symbol.asyncDispose]()
    }
  })

  it('waits for the copies to catch up with a new leader, which names an earlier end until they have', async () => {
    const { watch, broken, answer } = open(false)
    watch.add('t', 1)
    const first = watch.look('t')
    await answer(5)
    await first
    const second = watch.look('t')
    for (const end of [4, 4, 4, 4, 5]) await answer(end)
    await second
    expect(broken).toEqual([])
    await watch[Symbol.asyncDispose]()
  })
})
