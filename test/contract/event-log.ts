import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventLog, LogRecord, NewRecord, Position } from '#infra/contracts/event-log.ts'
import { describeCrashes } from './event-log-crash.ts'
import { type EventLogFixture, type EventLogUnderTest, freshName, record, text, texts } from './event-log-fixture.ts'
import { describeGroups } from './event-log-groups.ts'
import { describeModel } from './event-log-model.ts'

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
    const newTopic = async (partitions = 1): Promise<string> => {
      const topic = freshName('topic')
      await log.createTopics([{ name: topic, partitions }])
      return topic
    }
    const fixture: EventLogFixture = {
      get log() {
        return log
      },
      get opener() {
        return under.opener
      },
      reopen: async () => {
        await log[Symbol.asyncDispose]()
        log = await under.open()
        return log
      },
      newTopic,
    }

    it('makes the topics that are missing and leaves the others as they are', async () => {
      const [old, fresh] = [await newTopic(2), freshName('topic')]
      const topics = [old, fresh].map((topic) => ({ name: topic, partitions: 3 }))
      expect(await log.createTopics(topics)).toEqual([fresh])
      expect([await log.partitions(old), await log.partitions(fresh)]).toEqual([2, 3])
    })

    it('says which topic does not exist', async () => {
      await expect(log.partitions('nowhere')).rejects.toMatchObject({
        class: 'config',
        message: expect.stringMatching(/nowhere/),
      })
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
        { key: 'k', value: new Uint8Array([2]), headers: { ce_type: 'y' } },
        { key: 'k', value: new Uint8Array([3]), headers: { ce_type: 'y', more: '' } },
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

    it('forgets what is older than asked, and keeps offsets', async () => {
      const topic = await newTopic()
      await log.produce(topic, [record('k', 'old')])
      const [old] = await log.read(topic, 0, 0, 1)
      const later: LogRecord[] = []
      while ((later.at(-1)?.timestamp ?? 0) <= old!.timestamp) {
        const [{ offset }] = (await log.produce(topic, [record('k', 'later')])) as [Position]
        later.push(...(await log.read(topic, 0, offset, 1)))
      }
      await log.forget(topic, later.at(-1)!.timestamp)
      expect((await log.read(topic, 0, 0, 1)).map(text)).toEqual(['later'])
      const { timestamp, offset: last } = later.at(-1)!
      expect((await log.read(topic, 0, last, 9)).map(({ offset }) => offset)).toEqual([last])
      expect(await log.lag('anybody', topic)).toEqual([
        { partition: 0, start: expect.any(Number), committed: expect.any(Number), end: last + 1 },
      ])
      await log.forget(topic, timestamp + 60_000)
      await fixture.reopen()
      expect(await log.read(topic, 0, 0, 9)).toEqual([])
      expect(await log.produce(topic, [record('k', 'after')])).toEqual([{ partition: 0, offset: last + 1 }])
      expect(texts(await log.read(topic, 0, 0, 9))).toEqual(['after'])
    })

    describeGroups(fixture)
    describeModel(fixture)
    describeCrashes(fixture)
  })
}
