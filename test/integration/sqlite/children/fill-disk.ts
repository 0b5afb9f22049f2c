// Runs on a disk of its own that holds 64 MB: fills it up to the error, makes room, and prints what happened as JSON.
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openFileObjectStore } from '#infra/filesystem/file-object-store.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openSqliteEventLog } from '#infra/sqlite/event-log.ts'
import { openSqliteState } from '#infra/sqlite/state.ts'

const folder = process.argv[2] as string
const ballast = join(folder, 'ballast')
const log = await openSqliteEventLog({ path: join(folder, 'log.db'), clock: systemClock })
const state = await openSqliteState({ path: join(folder, 'state.db'), clock: systemClock })
const objects = await openFileObjectStore(join(folder, 'objects'))
await log.createTopics([{ name: 'topic', partitions: 1 }])

/** Repeats `work` until it fails; answers how often it went well, and the error. */
async function untilFull(
  work: (n: number) => Promise<unknown>,
): Promise<{ count: number; code: string; class: string; message: string }> {
  for (let count = 0; ; count++) {
    try {
      await work(count)
    } catch (error) {
      const { code, class: errorClass, message } = error as { code: string; class: string; message: string }
      return { count, code, class: errorClass, message }
    }
  }
}

const produce = (n: number) =>
  log.produce('topic', [{ key: String(n), value: new Uint8Array(100_000).fill(n), headers: {} }])
const save = (n: number) => state.cursors.save('c', { value: String(n).repeat(20_000), observedAt: n })
const put = (n: number) => objects.put(`object/${n}`, new Uint8Array(100_000).fill(n))

// Room for what SQLite copies from its WAL besides.
await writeFile(ballast, new Uint8Array(24_000_000))
const logFull = await untilFull(produce)
const objectsFull = await untilFull(put)
const stateFull = await untilFull(save)
const between = await log.read('topic', 0, 0, 1_000)
await rm(ballast)
const [position] = await produce(logFull.count)
await put(objectsFull.count)
await save(stateFull.count)
const seen: string[] = []
const all = Promise.withResolvers<void>()
const options = { group: 'g', topic: 'topic', maxRecords: 10, maxBytes: 1_000_000, idleMs: 1_000 }
const subscription = await log.subscribe(options, async ({ records }) => {
  for (const { key, value } of records)
    seen.push(value.every((byte) => byte === Number(key) % 256) ? String(key) : 'damaged')
  if (seen.length > logFull.count) all.resolve()
  return 'commit'
})
await all.promise
await subscription[Symbol.asyncDispose]()
const cursor = (await state.cursors.list()).get('c')?.observedAt
const stored = await Array.fromAsync(objects.list(''))
process.stdout.write(
  JSON.stringify({
    logFull,
    objectsFull,
    stateFull,
    between: between.length,
    position,
    seen,
    cursor,
    objects: stored.length,
  }),
)
for (const store of [log, state, objects]) await store[Symbol.asyncDispose]()
