import { randomBytes, randomUUID } from 'node:crypto'
import kafkajs, { type Admin } from 'kafkajs'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EventLog, RecordBatch } from '#infra/contracts/event-log.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { kafkaAt } from '../../support/kafka-at.ts'
import { withServer } from '../../support/real-server.ts'

// What administrators do to the topics of a running process. Kafka and its client would go on, and lose or reorder in silence.

withServer('kafka', (address) => {
  const namespace = `changed-${randomUUID()}`
  const kafka = new kafkajs.Kafka({ brokers: address.split(','), logLevel: kafkajs.logLevel.NOTHING })
  let admin: Admin
  beforeEach(() => {
    admin = kafka.admin() // one that has looked for a topic is of no use when that is deleted
    return admin.connect()
  })
  afterEach(() => admin.disconnect())
  let names = 0
  const newTopic = async (partitions: number) => {
    const topic = `${namespace}.${names++}`
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }] })
    return topic
  }
  const told: Record<string, unknown>[] = []
  const logger = pino({ level: 'error' }, { write: (line: string) => told.push(JSON.parse(line)) })
  const open = () => openKafkaEventLog({ ...kafkaAt(address), namespace, logger })
  const options = (topic: string) => ({ group: 'g', topic, maxRecords: 10, maxBytes: 8 << 20, idleMs: 100 })
  const record = (partition: number, value: Uint8Array | string) => {
    return { key: null, value: Buffer.from(value), headers: {}, partition }
  }
  /** Fetched one by one, and more than five are not fetched ahead. */
  const large = (n: number) => record(0, Buffer.concat([Buffer.from(`${n} `), randomBytes(900_000)]))
  const numbered = (count: number) => Array.from({ length: count }, (_, i) => record(0, String(i)))
  const texts = ({ records }: RecordBatch) => records.map(({ value }) => Buffer.from(value).toString())

  /** Produces one record after the other until that fails; rejects with the failure. */
  async function produceOn(log: EventLog, topic: string): Promise<never> {
    for (let n = 0; ; n++) {
      await log.produce(topic, [record(0, `later ${n}`)])
      await systemClock.sleep(50)
    }
  }
  /** Subscribes and waits until the group has committed `count` records. */
  async function readAll(log: EventLog, topic: string, count: number) {
    const subscription = await log.subscribe(options(topic), async () => 'commit')
    subscription.done.catch(() => {}) // looked at by the test
    await expect.poll(async () => (await log.lag('g', topic))[0]?.committed, { timeout: 20_000 }).toBe(count)
    return subscription
  }
  async function makeAnew(topic: string) {
    await admin.deleteTopics({ topics: [topic] })
    const create = () => admin.createTopics({ topics: [{ topic, numPartitions: 1 }] }).catch(() => false)
    await expect.poll(create, { timeout: 10_000 }).toBe(true)
  }

  async function removeBefore(topic: string, offset: string) {
    await admin.fetchTopicOffsets(topic) // it must know the topic's leader
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] })
  }

  describe('a running log on Kafka', () => {
    it('stops who reads and who writes when its topic gets more partitions, and says how to go on', {
      timeout: 90_000,
    }, async () => {
      await using reading = await open()
      await using writing = await open()
      const topic = await newTopic(2)
      await writing.produce(topic, [record(0, 'a'), record(1, 'b')])
      await using subscription = await readAll(reading, topic, 1)
      await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] })
      const changed = {
        class: 'config',
        code: 'PARTITIONS_CHANGED',
        message: expect.stringMatching(/had 2 partitions .* has 3 now.*docs\/operations\.md/),
      }
      await Promise.all([
        expect(subscription.done).rejects.toMatchObject(changed),
        expect(produceOn(writing, topic)).rejects.toMatchObject(changed),
      ])
      await expect(reading.subscribe(options(topic), async () => 'commit')).rejects.toMatchObject(changed)
      await using next = await open()
      expect(await next.partitions(topic)).toBe(3)
    })

    it('says that its topic was deleted', { timeout: 90_000 }, async () => {
      await using reading = await open()
      await using writing = await open()
      const topic = await newTopic(1)
      await writing.produce(topic, numbered(3))
      await using subscription = await readAll(reading, topic, 3)
      await admin.deleteTopics({ topics: [topic] })
      const deleted = { class: 'config', code: 'TOPIC_UNKNOWN', message: expect.stringMatching(/earshot setup/) }
      await Promise.all([
        expect(subscription.done).rejects.toMatchObject(deleted),
        expect(produceOn(writing, topic)).rejects.toMatchObject(deleted),
      ])
    })

    it('says that its topic was made anew, whatever is written to it', { timeout: 90_000 }, async () => {
      await using reading = await open()
      await using writing = await open()
      const topic = await newTopic(1)
      await writing.produce(topic, numbered(300))
      await using subscription = await readAll(reading, topic, 300)
      await makeAnew(topic)
      await using later = await open()
      await later.produce(topic, numbered(2))
      const anew = { class: 'config', code: 'TOPIC_RECREATED', message: expect.stringMatching(/docs\/operations\.md/) }
      await Promise.all([
        expect(subscription.done).rejects.toMatchObject(anew),
        expect(produceOn(writing, topic)).rejects.toMatchObject(anew),
      ])
      // The group may go on with the new topic, from its start.
      const seen: string[] = []
      await using next = await open()
      await using _again = await next.subscribe(options(topic), async (batch) => {
        seen.push(...texts(batch))
        return 'commit'
      })
      await expect.poll(() => seen.slice(0, 2), { timeout: 20_000 }).toEqual(['0', '1'])
    })

    it('tells how many records retention took from a reader that was too slow, and goes on behind them', {
      timeout: 60_000,
    }, async () => {
      await using log = await open()
      const topic = await newTopic(1)
      for (let n = 0; n < 12; n++) await log.produce(topic, [large(n)])
      const seen: number[] = []
      const [started, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      await using _slow = await log.subscribe({ ...options(topic), maxRecords: 1 }, async (batch) => {
        started.resolve()
        await goOn.promise
        seen.push(...texts(batch).map((text) => Number(text.split(' ')[0])))
        return 'commit'
      })
      await started.promise
      await removeBefore(topic, '10')
      goOn.resolve()
      await expect.poll(() => seen.at(-1), { timeout: 20_000 }).toBe(11)
      const missed = told.find((line) => line.topic === topic)
      const last = seen.filter((n) => n < 10).at(-1) as number
      expect(missed).toMatchObject({ group: 'g', partition: 0, from: last + 1, to: 10, offsets: 9 - last })
      expect(seen.length + Number(missed?.offsets)).toBe(12)
    })

    it('ends a reading for people when what it waits for is removed meanwhile', { timeout: 60_000 }, async () => {
      await using log = await open()
      const topic = await newTopic(1)
      for (let n = 0; n < 12; n++) await log.produce(topic, [large(n)])
      const reading = log.read(topic, 0, 0, 1_000)
      await removeBefore(topic, '12')
      expect((await reading).length).toBeLessThan(12)
    })
  })
})
