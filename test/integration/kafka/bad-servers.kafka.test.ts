import { randomBytes, randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKafkaCursors } from '#infra/kafka/cursors.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { kafkaAt } from '../../support/kafka-at.ts'
import { withServer } from '../../support/real-server.ts'

// What other programs, administrators and wrong settings do to a log.

withServer('kafka', (address) => {
  const namespace = `bad-${randomUUID()}`
  const admin = new kafkajs.Kafka({ brokers: address.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin()
  beforeAll(() => admin.connect())
  afterAll(() => admin.disconnect())
  let names = 0
  const newTopic = async (partitions: number, settings: Record<string, string> = {}) => {
    const topic = `${namespace}.${names++}`
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] })
    return topic
  }
  const open = () => openKafkaEventLog({ ...kafkaAt(address), namespace })
  const options = (topic: string) => ({ group: 'g', topic, maxRecords: 10, maxBytes: 1_000_000, idleMs: 100 })
  const record = (partition: number, value: Uint8Array | string) => {
    return { key: null, value: Buffer.from(value), headers: {}, partition }
  }

  describe('the log on Kafka', () => {
    it('says within seconds that no broker can be reached, and where', async () => {
      const nowhere = openKafkaEventLog({ ...kafkaAt('127.0.0.1:1'), logger: pino({ enabled: false }) })
      await expect(nowhere).rejects.toMatchObject({
        class: 'transient',
        code: 'KAFKA_UNAVAILABLE',
        message: expect.stringMatching(/127.0.0.1:1/),
      })
    })

    it('refuses a partition that the topic does not have', async () => {
      await using log = await open()
      const topic = await newTopic(1)
      await expect(log.produce(topic, [record(1, 'x')])).rejects.toMatchObject({ code: 'PARTITION_UNKNOWN' })
      await expect(log.read(topic, 1, 0, 1)).rejects.toMatchObject({ code: 'PARTITION_UNKNOWN' })
    })

    it('refuses a record above its own limit before it is sent', async () => {
      await using log = await open()
      const topic = await newTopic(1)
      const large = log.produce(topic, [record(0, 'small'), record(0, randomBytes(1_100_000))])
      await expect(large).rejects.toMatchObject({ class: 'permanent', code: 'RECORD_TOO_LARGE' })
      expect(await log.read(topic, 0, 0, 10)).toEqual([])
    })

    it("keeps what comes after a record that only the topic's limit refuses", async () => {
      await using log = await open()
      const topic = await newTopic(2, { 'max.message.bytes': '10000' })
      await log.produce(topic, [record(0, 'first'), record(1, 'first')])
      const mixed = log.produce(topic, [record(0, randomBytes(50_000)), record(1, 'beside')])
      await expect(mixed).rejects.toMatchObject({ class: 'permanent', code: 'RECORD_TOO_LARGE' })
      // As many as went beside the refused one: a client that counts its sequence numbers wrong has these taken for repeats.
      const positions = await log.produce(topic, [record(0, 'after'), record(1, 'after')])
      const [left, right] = await Promise.all([0, 1].map((partition) => log.read(topic, partition, 0, 10)))
      const texts = (records = left) => records?.map(({ value }) => Buffer.from(value).toString())
      expect([texts(left), texts(right)]).toEqual([
        ['first', 'after'],
        ['first', 'beside', 'after'],
      ])
      expect(positions).toEqual([
        { partition: 0, offset: 1 },
        { partition: 1, offset: 2 },
      ])
    })

    it('says that clocks differ when the broker refuses the time of a record', async () => {
      await using log = await open()
      const topic = await newTopic(1, { 'message.timestamp.before.max.ms': '0' })
      const untilRefused = async () => {
        for (;;) await log.produce(topic, [record(0, 'x')]) // taken when it arrives within the millisecond
      }
      await expect(untilRefused()).rejects.toMatchObject({
        class: 'config',
        code: 'CLOCKS_DIFFER',
        message: expect.stringMatching(/clocks/),
      })
    })

    it('says that a topic is compacted which must not be', async () => {
      await using log = await open()
      const topic = await newTopic(1, { 'cleanup.policy': 'compact' })
      await expect(log.produce(topic, [record(0, 'x')])).rejects.toMatchObject({
        class: 'config',
        code: 'TOPIC_INVALID',
        message: expect.stringMatching(/cleanup\.policy/),
      })
    })

    it('answers questions about several topics at the same time', async () => {
      await using log = await open()
      const topics = await Promise.all(Array.from({ length: 5 }, () => newTopic(2)))
      const rows = await Promise.all(topics.flatMap((topic) => [log.lag('g', topic), log.lag('h', topic)]))
      expect(rows.map((row) => row.length)).toEqual(rows.map(() => 2))
    })

    it('says that a topic was made anew, instead of reading it from the start or never', async () => {
      const topic = await newTopic(1)
      {
        await using log = await open()
        await log.produce(topic, [record(0, 'a'), record(0, 'b')])
        const all = Promise.withResolvers<void>()
        await using _subscription = await log.subscribe(options(topic), async ({ records }) => {
          if (records.at(-1)?.offset === 1) all.resolve()
          return 'commit'
        })
        await all.promise
      }
      await admin.deleteTopics({ topics: [topic] })
      await expect
        .poll(() => admin.createTopics({ topics: [{ topic, numPartitions: 1 }] }).catch(() => false), {
          timeout: 10_000,
        })
        .toBe(true)
      // Deleting a topic also deletes what groups have committed on it; an administrator who restores offsets brings them back.
      await admin.setOffsets({
        groupId: `${namespace}.g.${topic.slice(namespace.length + 1)}`,
        topic,
        partitions: [{ partition: 0, offset: '2' }],
      })
      await using log = await open()
      const subscribing = log.subscribe(options(topic), async () => 'commit')
      await expect(subscribing).rejects.toMatchObject({
        class: 'config',
        code: 'TOPIC_RECREATED',
        message: expect.stringMatching(/docs\/operations\.md/),
      })
    })

    it('tells which records were removed before a group has read them, and goes on behind them', async () => {
      const topic = await newTopic(1)
      const told: Record<string, unknown>[] = []
      const logger = pino({ level: 'error' }, { write: (line: string) => told.push(JSON.parse(line)) })
      await using log = await openKafkaEventLog({ ...kafkaAt(address), namespace, logger })
      await log.produce(topic, [record(0, 'a'), record(0, 'b'), record(0, 'c')])
      await admin.setOffsets({
        groupId: `${namespace}.g.${topic.slice(namespace.length + 1)}`,
        topic,
        partitions: [{ partition: 0, offset: '1' }],
      })
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] })
      const seen = Promise.withResolvers<readonly number[]>()
      await using _subscription = await log.subscribe(options(topic), async ({ records }) => {
        seen.resolve(records.map(({ offset }) => offset))
        return 'commit'
      })
      expect(await seen.promise).toEqual([2])
      expect(told[0]).toMatchObject({ topic, group: 'g', partition: 0, from: 1, to: 2 })
    })
    it('ends loudly when kafkajs gives up, here on a compression that it does not know', async () => {
      const topic = await newTopic(1)
      await using log = await open()
      const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs
      const unknown = CompressionCodecs[CompressionTypes.Snappy]
      // Of up to 60 bytes: their number, and a word that says that they follow as they are.
      const compress = async ({ buffer }: { readonly buffer: Buffer }) =>
        Buffer.concat([Buffer.from([buffer.length, (buffer.length - 1) << 2]), buffer])
      CompressionCodecs[CompressionTypes.Snappy] = () => ({ compress })
      const foreign = new Kafka({ brokers: address.split(','), logLevel: logLevel.NOTHING }).producer()
      await foreign.connect()
      await foreign.send({ topic, compression: CompressionTypes.Snappy, messages: [{ value: 'x' }] })
      await foreign.disconnect()
      CompressionCodecs[CompressionTypes.Snappy] = unknown
      const { done } = await log.subscribe(options(topic), async () => 'commit')
      const refused = { class: 'config', code: 'KAFKA_NOT_SUPPORTED', message: expect.stringMatching(/gzip or zstd/) }
      await expect(done).rejects.toMatchObject(refused)
      await expect(log.read(topic, 0, 0, 1)).rejects.toMatchObject(refused)
    })
  })

  describe('cursors on Kafka', () => {
    it('say where a record stands that is none, instead of starting its connector anew', async () => {
      const topic = `${namespace}.cursors`
      await using cursors = await openKafkaCursors({ ...kafkaAt(address), namespace, topic, partitions: 1 })
      await using log = await open()
      await cursors.save('feed', { value: 'here', observedAt: 1 })
      await log.produce(topic, [{ key: 'feed', value: Buffer.from('{"value":7}'), headers: {} }])
      const unreadable = { class: 'config', code: 'CURSOR_UNREADABLE', message: expect.stringMatching(/offset 1/) }
      await expect(cursors.list()).rejects.toMatchObject(unreadable)
      const run = cursors.run(['feed'], async () => expect.unreachable(), new AbortController().signal)
      await expect(run).rejects.toMatchObject(unreadable)
    })

    it('go on where they stood before their topic got more partitions', async () => {
      const topic = `${namespace}.grown`
      const connectors = Array.from({ length: 8 }, (_, i) => `connector ${i}`)
      const place = { ...kafkaAt(address), namespace: `${namespace}.grown`, topic, partitions: 2 }
      {
        await using cursors = await openKafkaCursors(place)
        for (const id of connectors) await cursors.save(id, { value: `old ${id}`, observedAt: 1 })
      }
      await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
      await using cursors = await openKafkaCursors(place)
      const started = new Map<string, string | undefined>()
      const saveNew = async (id: string, cursor: { value: string } | null) => {
        started.set(id, cursor?.value)
        await cursors.save(id, { value: `new ${id}`, observedAt: 2 })
      }
      await cursors.run(connectors, saveNew, new AbortController().signal)
      expect(started).toEqual(new Map(connectors.map((id) => [id, `old ${id}`])))
      const list = await cursors.list()
      expect(connectors.map((id) => list.get(id)?.value)).toEqual(connectors.map((id) => `new ${id}`))
    })

    it('give each connector to one process, and its work to another when that one leaves', async () => {
      const place = {
        ...kafkaAt(address),
        namespace: `${namespace}.shared`,
        topic: `${namespace}.shared.cursors`,
        partitions: 4,
      }
      await using a = await openKafkaCursors(place)
      await using b = await openKafkaCursors(place)
      const connectors = Array.from({ length: 12 }, (_, i) => `connector ${i}`)
      const running = { a: new Set<string>(), b: new Set<string>() }
      const from = new Map<string, string | null>()
      const start =
        (name: 'a' | 'b', cursors: typeof a) =>
        async (id: string, cursor: { value: string } | null, signal: AbortSignal) => {
          from.set(id, cursor?.value ?? null)
          running[name].add(id)
          await cursors.save(id, { value: name, observedAt: 0 })
          if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
          running[name].delete(id)
        }
      const [stopA, stopB] = [new AbortController(), new AbortController()]
      const runA = a.run(connectors, start('a', a), stopA.signal)
      await expect.poll(() => running.a.size, { timeout: 20_000 }).toBe(12)
      const runB = b.run(connectors, start('b', b), stopB.signal)
      await expect
        .poll(() => running.a.size > 0 && running.b.size > 0 && running.a.size + running.b.size, { timeout: 20_000 })
        .toBe(12)
      expect([...running.a].filter((id) => running.b.has(id))).toEqual([])
      expect([...running.b].map((id) => from.get(id))).toEqual([...running.b].map(() => 'a'))
      stopA.abort()
      await runA
      await expect.poll(() => running.b.size, { timeout: 20_000 }).toBe(12)
      stopB.abort()
      await runB
    })
  })
})
