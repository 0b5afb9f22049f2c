import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { encode } from '#schemas/codec.ts'
import { createArchiving } from '#scripts/archiving.ts'
import { openInstallation } from '#scripts/compose.ts'
import { created } from '#test/support/enriched-event.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const DAY = 86_400_000
const everything = { query: null, range: { since: null, until: null }, brands: [], limit: 10, after: null } as const

it('removes from index, archive, payloads and dead letters what is older than the retention, and nothing else', async () => {
  await using installation = await openInstallation({
    ...{ data: join(await temporaryFolder('retention'), 'data'), namespace: 'ns', maxLogBytes: 1e9 },
  })
  const { index, objects, log, topics } = installation
  const published = { old: systemClock.now() - 40 * DAY, young: systemClock.now() }
  const events = Object.entries(published).map(([name, publishedAt]) => created(`test:${name}`, { publishedAt }))
  await index.write(events.map((event) => ({ kind: 'mention', bytes: encode('EnrichedEvent', event) })))
  const young = new Date(published.young).toISOString().slice(0, 10)
  for (const day of ['2020-01-01', young]) {
    for (const key of [`ns/payloads/dt=${day}/a.gz`, `ns/${topics.raw}/e/dt=${day}/0000+00000000000000000000.avro`]) {
      await objects.put(key, Buffer.from('x'))
    }
  }
  await log.produce(topics.dead, [{ key: null, value: Buffer.from('of a post'), headers: {} }])
  const left = async () => {
    const keys: string[] = []
    for await (const { key } of objects.list('ns/')) if (key.includes('/dt=')) keys.push(key)
    const { hits } = await index.search({ ...everything, sort: 'oldest' })
    return { keys: keys.length, ids: hits.map(({ id }) => id), letters: (await log.read(topics.dead, 0, 0, 10)).length }
  }

  /** Runs until its first look around is over: the pause that follows is the sign. */
  const look = async (retentionMs: number | null, now: number) => {
    const ended = new AbortController()
    const sleep = async (ms: number, signal?: AbortSignal) => {
      if (ms === 3_600_000) ended.abort()
      else await systemClock.sleep(ms, signal)
    }
    const clock = { now: () => now, sleep }
    await createArchiving(installation, retentionMs, clock, pino({ level: 'silent' })).run(ended.signal)
  }

  await look(null, published.young + 400 * DAY)
  expect(await left()).toEqual({ keys: 4, ids: ['test:old', 'test:young'], letters: 1 })
  await look(30 * DAY, published.young)
  expect(await left()).toEqual({ keys: 2, ids: ['test:young'], letters: 1 })
  await look(30 * DAY, published.young + 32 * DAY)
  expect(await left()).toEqual({ keys: 0, ids: [], letters: 0 })
})
