import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { LogRecord } from '#infra/contracts/event-log.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { RegistryClient } from '#infra/registry/registry-client.ts'
import { WireTranslation } from '#infra/registry/wire-translation.ts'
import { consume } from '#infra/runtime/consume.ts'
import { retry } from '#infra/runtime/retry.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { decode, encode } from '#schemas/codec.ts'
import { type Heartbeat, wireSchemas } from '#schemas/generated.ts'
import { WireCodec, withId } from '#schemas/wire-codec.ts'
import { FaultProxy } from '#test/support/fault-proxy.ts'
import { kafkaAt } from '#test/support/kafka-at.ts'
import { withServers } from '#test/support/real-server.ts'

const source = { connector: 'c', platform: 'test', instance: null, latenessMs: 0 }
const heartbeat = (observedAt: number): Heartbeat => ({ source, observedAt, exhausted: false })

/** A later version of our schema. */
const grown = JSON.parse(wireSchemas.Heartbeat)
grown.fields.push({ name: 'weather', type: ['null', 'string'], default: null })
const newer = new WireCodec({ Heartbeat: [JSON.stringify(grown)] })

/** A broker that has just started may not know yet who coordinates a group. */
const retried = (signal: AbortSignal, operation: () => Promise<void>) =>
  retry(operation, { clock: systemClock, signal, onRetry: () => {} })

withServers(['kafka', 'registry'], ([kafka, registry]) => {
  describe('a topic whose schema registry does not answer', () => {
    it('waits where it must ask, goes on elsewhere, and loses nothing', async () => {
      const namespace = `test-${randomUUID()}`
      const topic = `${namespace}.beats`
      const group = { group: 'read', topic, maxRecords: 10, maxBytes: 1e6, idleMs: 100 }
      const { origin, pathname } = new URL(registry as string)
      await using proxy = await FaultProxy.start(origin)
      await using client = new RegistryClient({
        url: `${proxy.url}${pathname}`,
        auth: null,
        ca: null,
        clock: systemClock,
      })
      const translation = new WireTranslation(client, systemClock, { [topic]: ['Heartbeat'] })
      await translation.prepare(true)
      const id = await client.register(`${topic}-earshot.Heartbeat`, JSON.stringify(grown))

      await using plain = await openKafkaEventLog({ ...kafkaAt(kafka as string), namespace })
      await using log = await openKafkaEventLog({ ...kafkaAt(kafka as string), namespace, translation })
      await log.createTopics([{ name: topic, partitions: 2 }])
      const ours = [1, 2].map((n) => ({
        key: null,
        value: encode('Heartbeat', heartbeat(n)),
        headers: {},
        partition: n % 2,
      }))
      const theirs = { ...heartbeat(3), weather: 'rain' }
      await log.produce(topic, ours)
      await plain.produce(topic, [
        { key: null, value: withId(newer.encode('Heartbeat', theirs), id), headers: {}, partition: 0 },
      ])
      await log.produce(topic, [{ key: null, value: encode('Heartbeat', heartbeat(4)), headers: {}, partition: 0 }])

      let refused = 0
      proxy.plan = () => {
        refused++
        return { status: 503 }
      }
      const read: { readonly partition: number; readonly observedAt: number }[] = []
      const observedAtOf = ({ value }: LogRecord): number => {
        const found = decode(value)
        return found.name === 'Heartbeat' ? found.value.observedAt : Number.NaN
      }
      const ended = new AbortController()
      const reading = retried(ended.signal, () =>
        consume(
          log,
          group,
          async ({ partition, records }) => {
            for (const record of records) read.push({ partition, observedAt: observedAtOf(record) })
            return 'commit'
          },
          ended.signal,
        ),
      )
      await expect.poll(() => refused, { timeout: 20_000 }).toBeGreaterThanOrEqual(3)
      await expect.poll(() => read, { timeout: 20_000 }).toEqual([{ partition: 1, observedAt: 1 }])
      const [standing] = await log.lag(group.group, topic)
      expect(standing).toMatchObject({ partition: 0, committed: 0, end: 3 })

      proxy.plan = () => 'pass'
      const ofZero = () => read.filter(({ partition }) => partition === 0).map(({ observedAt }) => observedAt)
      await expect.poll(ofZero, { timeout: 40_000 }).toEqual([2, 3, 4])
      ended.abort()
      await reading
      expect(read).toHaveLength(4)
    })

    it('lets go of a partition that waits', async () => {
      const topic = `test-${randomUUID()}`
      await using server = await FaultProxy.start(new URL(registry as string).origin)
      server.plan = () => ({ status: 503 })
      await using client = new RegistryClient({ url: server.url, auth: null, ca: null, clock: systemClock })
      const translation = new WireTranslation(client, systemClock, { [topic]: ['Heartbeat'] })
      await using log = await openKafkaEventLog({ ...kafkaAt(kafka as string), translation })
      await log.createTopics([{ name: topic, partitions: 1 }])
      const value = withId(encode('Heartbeat', heartbeat(1)), 77)
      await log.produce(topic, [{ key: null, value, headers: {} }])
      const ended = new AbortController()
      const options = { group: 'read', topic, maxRecords: 10, maxBytes: 1e6, idleMs: 100 }
      const reading = retried(ended.signal, () => consume(log, options, async () => 'commit', ended.signal))
      await expect.poll(() => server.requests.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2)
      ended.abort()
      await reading
      expect(await log.lag('read', topic)).toMatchObject([{ committed: 0, end: 1 }])
    })
  })
})
