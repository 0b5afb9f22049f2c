import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RecordBatch } from '#infra/contracts/event-log.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { consume } from '#infra/runtime/consume.ts'
import { isTransient } from '#infra/runtime/retry.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { type LocalServer, startLocalServer } from '../../../scripts/servers/start-local-server.ts'
import { kafkaAt } from '../../support/kafka-at.ts'
import { withServer } from '../../support/real-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

// A broker of its own, since it is killed.

withServer('kafka', () => {
  describe('a log on a broker that is killed and comes back', () => {
    let folder: string
    let server: LocalServer
    beforeAll(async () => {
      folder = await temporaryFolder('broker-kill')
      server = await startLocalServer('kafka', { folder })
    })
    afterAll(() => server[Symbol.asyncDispose]())

    it('loses and doubles nothing that was acknowledged', {
      timeout: 120_000,
    }, async () => {
      const topic = 'kill'
      await using log = await openKafkaEventLog({ ...kafkaAt(server.address), namespace: 'kill' })
      await log.createTopics([{ name: topic, partitions: 4 }])
      const acknowledged: string[] = []
      const handled: string[] = []
      let stop = false
      // A crash of the client ends the subscription; its owner starts it again, as the supervisor does.
      const options = { group: 'g', topic, maxRecords: 100, maxBytes: 1_000_000, idleMs: 100 }
      const stopping = new AbortController()
      const onBatch = async ({ records }: RecordBatch) => {
        for (const { value } of records) handled.push(Buffer.from(value).toString())
        return 'commit' as const
      }
      const consuming = (async () => {
        while (!stopping.signal.aborted) {
          await consume(log, options, onBatch, stopping.signal).catch((error: unknown) => {
            if (!isTransient(error)) throw error
          })
        }
      })()
      const producing = ['a', 'b', 'c'].map(async (key) => {
        for (let n = 0; !stop; n += 20) {
          const values = Array.from({ length: 20 }, (_, i) => `${key} ${n + i}`)
          await log.produce(
            topic,
            values.map((value) => ({ key, value: Buffer.from(value), headers: {} })),
          )
          acknowledged.push(...values)
        }
      })
      const progress = async (list: readonly unknown[], more: number) => {
        const goal = list.length + more
        while (list.length < goal) await Promise.race([systemClock.sleep(20), consuming, Promise.race(producing)])
      }
      await progress(handled, 2_000)
      await server.end('SIGKILL')
      server = await startLocalServer('kafka', { folder, port: server.port })
      await progress(acknowledged, 2_000)
      stop = true
      await Promise.all(producing)
      const lag = () => log.lag('g', topic)
      while ((await lag()).some(({ committed, end }) => committed < end)) await systemClock.sleep(20)
      stopping.abort()
      await consuming
      const stored = (await Promise.all([0, 1, 2, 3].map((partition) => log.read(topic, partition, 0, 1_000_000))))
        .flat()
        .map(({ value }) => Buffer.from(value).toString())
      expect([...new Set(acknowledged).difference(new Set(handled))]).toEqual([])
      expect(stored.length).toBe(new Set(stored).size)
      for (const key of ['a', 'b', 'c']) {
        const numbers = stored.filter((value) => value.startsWith(key)).map((value) => Number(value.slice(2)))
        expect(numbers).toEqual(numbers.map((_, i) => i))
      }
      process.stdout.write(
        `broker killed: ${acknowledged.length} acknowledged, ${handled.length - stored.length} repeated\n`,
      )
    })
  })
})
