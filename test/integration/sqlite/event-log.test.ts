import { copyFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import type { EventLog, LogRecord, NewRecord } from '#infra/contracts/event-log.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openSqliteEventLog, type SqliteEventLogOptions } from '#infra/sqlite/event-log.ts'
import { WAL_LIMIT_BYTES } from '#infra/sqlite/open-database.ts'
import { consume, group, text, texts } from '../../contract/event-log-fixture.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const opened: EventLog[] = []
afterEach(async () => {
  for (const log of opened.splice(0).reverse()) await log[Symbol.asyncDispose]()
})

const newPath = async (): Promise<string> => join(await temporaryFolder('sqlite-log'), 'log.db')

async function open(path: string, options: Partial<SqliteEventLogOptions> = {}): Promise<EventLog> {
  const log = await openSqliteEventLog({ path, clock: systemClock, ...options })
  opened.push(log)
  return log
}

const record = (key: string | null, text: string): NewRecord => ({ key, value: Buffer.from(text), headers: {} })
const large = (size = 20_000): NewRecord[] => [{ key: 'k', value: new Uint8Array(size), headers: {} }]
const startOf = async (log: EventLog): Promise<number> => (await log.lag('any', 'topic'))[0]!.start

describe('what the log forgets', () => {
  it('removes what every declared group has committed, and nothing else', async () => {
    const log = await open(await newPath(), { groups: { topic: ['one', 'two'] } })
    await log.createTopics([
      { name: 'topic', partitions: 1 },
      { name: 'kept', partitions: 1 },
    ])
    for (let i = 0; i < 10; i++) {
      await log.produce('topic', [record('k', String(i))])
      await log.produce('kept', [record('k', String(i))])
    }
    await consume(log, group('topic', 'one'), 10)
    expect(await startOf(log)).toBe(0)
    await consume(log, { ...group('topic', 'two'), maxRecords: 1 }, 7)
    expect(texts(await log.read('topic', 0, 0, 100))).toEqual(['7', '8', '9'])
    await consume(log, group('kept', 'one'), 10)
    expect(await log.read('kept', 0, 0, 100)).toHaveLength(10)
  })

  it('gives out offsets further on after everything was removed and the log was opened again', async () => {
    const path = await newPath()
    const options = { groups: { topic: ['one'] } }
    const log = await open(path, options)
    await log.createTopics([{ name: 'topic', partitions: 1 }])
    await log.produce('topic', [record('k', '0'), record('k', '1')])
    await consume(log, group('topic', 'one'), 2)
    await log[Symbol.asyncDispose]()
    const again = await open(path, options)
    expect(await again.lag('one', 'topic')).toEqual([{ partition: 0, start: 2, committed: 2, end: 2 }])
    expect(await again.produce('topic', [record('k', '2')])).toEqual([{ partition: 0, offset: 2 }])
    expect(await consume(again, group('topic', 'one'), 1)).toEqual(['2'])
  })

  it('comes to the end of many small chunks, so that producers who wait for room go on', async () => {
    const log = await open(await newPath(), { groups: { topic: ['one'] }, maxLogBytes: 30_000 })
    await log.createTopics([{ name: 'topic', partitions: 1 }])
    for (let i = 0; i < 250; i++) await log.produce('topic', [record('k', 'x'.repeat(40))])
    const blocked = log.produce('topic', large(25_000))
    await consume(log, { ...group('topic', 'one'), maxRecords: 1_000 }, 250)
    expect(await blocked).toEqual([{ partition: 0, offset: 250 }])
    expect(await startOf(log)).toBe(250)
  })

  it('refuses a group that it would not keep records for', async () => {
    const log = await open(await newPath(), { groups: { topic: ['one'] } })
    await log.createTopics([{ name: 'topic', partitions: 1 }])
    const late = log.subscribe(group('topic', 'other'), async () => 'commit')
    await expect(late).rejects.toMatchObject({ class: 'config', code: 'GROUP_UNDECLARED' })
  })

  it('keeps the last record of each key of a compacted topic, each at its offset', async () => {
    const path = await newPath()
    const log = await open(path)
    await log.createTopics([{ name: 'topic', partitions: 1, compacted: true }])
    const expected = new Map<string | null, number>()
    let fewest = Number.POSITIVE_INFINITY
    let kept: readonly LogRecord[] = []
    for (let i = 0; i < 5_000; i += 50) {
      const numbers = Array.from({ length: 50 }, (_, j) => i + j)
      const padded = numbers.map((n) => record(`key-${n % 70}`, String(n).padEnd(1_000)))
      await log.produce('topic', [...padded, ...(i === 100 ? [record(null, '-1')] : [])])
      for (const n of numbers) expected.set(`key-${n % 70}`, n)
      if (i === 100) expected.set(null, -1)
      const before = kept.length
      kept = await log.read('topic', 0, 0, 10_000)
      if (kept.length < before) fewest = Math.min(fewest, kept.length)
      expect(new Map(kept.map((r) => [r.key, Number(text(r))]))).toEqual(expected)
    }
    expect(fewest).toBe(71)
    const offsets = kept.map(({ offset }) => offset)
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
    expect(offsets.at(-1)).toBe(5_000)
    expect(await consume(log, { ...group('topic'), maxRecords: 7 }, kept.length)).toEqual(texts(kept))
  })
})

describe('a limit on the log', () => {
  it('lets producers wait, in their order, until consumers catch up', async () => {
    const log = await open(await newPath(), { groups: { topic: ['one'] }, maxLogBytes: 50_000 })
    await log.createTopics([
      { name: 'topic', partitions: 1 },
      { name: 'dead', partitions: 1 },
    ])
    const done: number[] = []
    const produced = Promise.all(
      Array.from({ length: 6 }, (_, i) => log.produce('topic', large()).then(() => done.push(i))),
    )
    await log.produce('dead', large(200_000)) // a topic without groups is never full: it could not become empty
    await expect.poll(() => done).toEqual([0, 1])
    await log.produce('dead', large())
    expect(done).toEqual([0, 1])
    expect((await consume(log, group('topic', 'one'), 6)).length).toBe(6)
    await produced
    expect(done).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('takes a call that is larger than the limit when nothing else is there', async () => {
    const log = await open(await newPath(), { groups: { topic: ['one'] }, maxLogBytes: 1_000 })
    await log.createTopics([{ name: 'topic', partitions: 1 }])
    expect(await log.produce('topic', large())).toHaveLength(1)
  })

  it('ends the wait with an error when the log is closed', async () => {
    const log = await open(await newPath(), { groups: { topic: ['one'] }, maxLogBytes: 1_000 })
    await log.createTopics([
      { name: 'topic', partitions: 1 },
      { name: 'free', partitions: 1 },
    ])
    await log.produce('topic', large())
    const waiting = expect(log.produce('topic', large())).rejects.toMatchObject({
      name: 'PipelineError',
      class: 'transient',
    })
    await log.produce('free', large()) // by now the other call waits
    await log[Symbol.asyncDispose]()
    await waiting
  })
})

describe('a log beside another process', () => {
  it('is read while it is written, and refuses to write', async () => {
    const path = await newPath()
    const writer = await open(path)
    await writer.createTopics([{ name: 'topic', partitions: 1 }])
    await writer.produce('topic', [record('k', 'one'), record('k', 'two')])
    await consume(writer, { ...group('topic', 'g'), maxRecords: 1 }, 1)
    const reader = await open(path, { readOnly: true })
    expect(texts(await reader.read('topic', 0, 0, 10))).toEqual(['one', 'two'])
    await writer.produce('topic', [record('k', 'three')])
    expect(texts(await reader.read('topic', 0, 0, 10))).toEqual(['one', 'two', 'three'])
    expect(await reader.lag('g', 'topic')).toEqual(await writer.lag('g', 'topic'))
    await writer.createTopics([{ name: 'later', partitions: 3 }])
    expect(await reader.partitions('later')).toBe(3)
    const refusal = { class: 'config', code: 'LOG_READ_ONLY' }
    await expect(reader.produce('topic', [record('k', 'x')])).rejects.toMatchObject(refusal)
    await expect(reader.createTopics([])).rejects.toMatchObject(refusal)
    await expect(reader.subscribe(group('topic'), async () => 'commit')).rejects.toMatchObject(refusal)
  })

  it('does not let the WAL grow while somebody reads beside it', async () => {
    const path = await newPath()
    const writer = await open(path)
    await writer.createTopics([{ name: 'topic', partitions: 1 }])
    const reader = await open(path, { readOnly: true })
    for (let i = 0; i < 20; i++) {
      await writer.produce('topic', large(8_000_000))
      await reader.read('topic', 0, i, 1)
    }
    expect((await stat(`${path}-wal`)).size).toBeLessThan(WAL_LIMIT_BYTES + 10_000_000)
  })

  it('is read after the writer has gone', async () => {
    const path = await newPath()
    const writer = await open(path)
    await writer.createTopics([{ name: 'topic', partitions: 1 }])
    await writer.produce('topic', [record('k', 'one')])
    await writer[Symbol.asyncDispose]()
    const reader = await open(path, { readOnly: true })
    expect(texts(await reader.read('topic', 0, 0, 10))).toEqual(['one'])
  })
})

describe('a file that is not a log of ours', () => {
  it.each([
    [
      'text',
      'DATABASE_DAMAGED',
      (path: string) => writeFile(path, 'not a database at all, but a long enough text'.repeat(100)),
    ],
    ['a database of somebody else', 'DATABASE_FOREIGN', async (path: string) => foreignDatabase(path)],
    ['a log of a newer version', 'DATABASE_NEWER', async (path: string) => newerLog(path)],
    ['a log that was cut', 'DATABASE_DAMAGED', async (path: string) => damagedLog(path)],
  ])('%s is a config error that names it', async (_, code, make) => {
    const path = await newPath()
    await make(path)
    const before = (await stat(path)).size
    const work = async () => {
      const log = await open(path)
      await log.read('topic', 0, 0, 1_000)
    }
    await expect(work()).rejects.toMatchObject({
      name: 'PipelineError',
      class: 'config',
      code,
      message: expect.stringContaining(path),
    })
    expect((await stat(path)).size).toBe(before)
  })

  it('says so when there is no file to read', async () => {
    const path = await newPath()
    await expect(open(path, { readOnly: true })).rejects.toMatchObject({ class: 'config', code: 'DATABASE_UNREADABLE' })
  })
})

function foreignDatabase(path: string): void {
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE accounts (id INTEGER)')
  database.close()
}

async function newerLog(path: string): Promise<void> {
  const log = await openSqliteEventLog({ path, clock: systemClock })
  await log[Symbol.asyncDispose]()
  const database = new DatabaseSync(path)
  database.exec('PRAGMA user_version = 1000')
  database.close()
}

async function damagedLog(path: string): Promise<void> {
  const whole = `${path}.whole`
  const log = await openSqliteEventLog({ path: whole, clock: systemClock })
  await log.createTopics([{ name: 'topic', partitions: 1 }])
  for (let i = 0; i < 20; i++) await log.produce('topic', large(50_000))
  await log[Symbol.asyncDispose]()
  await copyFile(whole, path)
  await truncate(path, Math.floor((await stat(path)).size / 2))
}

describe('records', () => {
  it('cannot be transferred away from others that look into the same buffer', async () => {
    const log = await open(await newPath())
    await log.createTopics([{ name: 'topic', partitions: 1 }])
    await log.produce('topic', [record('k', 'one')])
    const [stored] = await log.read('topic', 0, 0, 1)
    expect(() => structuredClone(stored!.value, { transfer: [stored!.value.buffer as ArrayBuffer] })).toThrow()
  })

  it('are stored all or none', async () => {
    const log = await open(await newPath())
    await log.createTopics([{ name: 'topic', partitions: 1 }])
    const call = log.produce('topic', [record('k', 'good'), { ...record('k', 'bad'), partition: 7 }])
    await expect(call).rejects.toMatchObject({ class: 'config', code: 'PARTITION_UNKNOWN' })
    const huge = log.produce('topic', [
      record('k', 'good'),
      { ...record('k', ''), value: new Uint8Array(65 * 1024 * 1024) },
    ])
    await expect(huge).rejects.toMatchObject({ class: 'permanent', code: 'RECORD_TOO_LARGE' })
    await log.produce('topic', [record('k', 'next')])
    expect(texts(await log.read('topic', 0, 0, 10))).toEqual(['next'])
  })
})
