import { join } from 'node:path'
import avro from 'avsc'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { Archiver, pruneArchive } from '#index/archive/archiver.ts'
import { currentEpoch } from '#index/archive/epoch.ts'
import type { Clock } from '#infra/contracts/clock.ts'
import type { EventLog, NewRecord } from '#infra/contracts/event-log.ts'
import type { ObjectStore } from '#infra/contracts/object-store.ts'
import { openFileObjectStore } from '#infra/filesystem/file-object-store.ts'
import { readSegment, readSegmentSummary } from '#infra/runtime/archive-segment.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openSqliteEventLog } from '#infra/sqlite/event-log.ts'
import { ArchiveReport } from '#ingest/replay/read-archive.ts'
import { createReplayConnector, type ReplayOptions } from '#ingest/replay/replay-connector.ts'
import { encode } from '#schemas/codec.ts'
import type { AuthorEvent, MentionEvent } from '#schemas/generated.ts'
import { newAuthor, newMention } from '#schemas/mention.ts'
import { Header } from '#schemas/topics.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'
import { fixedClock } from '../../contract/search-index-fixture.ts'

const TOPIC = 'raw'
const PREFIX = 'ns/raw'
const DAY = Date.UTC(2026, 2, 1)
const source = { connector: 'c', platform: 'test', instance: null, latenessMs: 0 }

function event(name: string, op: MentionEvent['op'] = 'create', observedAt = 1_000, author = 'someone'): MentionEvent {
  const mention = newMention({
    platform: 'test',
    kind: 'post',
    publishedAt: observedAt,
    text: `text of ${name}`,
    author: newAuthor({ id: author }),
  })
  const bytes = Buffer.from(`payload of ${name}`)
  return {
    ...{ id: `test:${name}`, op, rev: observedAt, observedAt, ingestedAt: null, source, reason: null },
    mention: op === 'create' || op === 'update' ? mention : null,
    payload: op === 'create' ? { bytes, ref: null, sha256: 'x', contentType: 'text/plain', mapper: 'test/1' } : null,
  }
}

const record = (value: MentionEvent, headers: Record<string, string> = {}): NewRecord => ({
  ...{ key: value.id, value: encode('MentionEvent', value), partition: 0 },
  headers: { [Header.Type]: `mention.${value.op}`, ...headers },
})

const authorRecord = (op: AuthorEvent['op'], observedAt: number, authorId: string, block = false): NewRecord => ({
  key: authorId,
  value: encode('AuthorEvent', {
    platform: 'test',
    authorId,
    op,
    rev: observedAt,
    observedAt,
    block,
    source,
    reason: null,
  }),
  partition: 0,
  headers: { [Header.Type]: `author.${op}` },
})

interface Place {
  readonly log: Pick<EventLog, 'subscribe' | 'lag'>
  readonly objects: ObjectStore
}

/** `clock` stamps what the log takes in. */
async function openPlace(
  clock: Clock = systemClock,
): Promise<Place & { log: EventLog; reopenLog: () => Promise<EventLog> }> {
  const folder = await temporaryFolder('archive')
  const open = () => openSqliteEventLog({ path: join(folder, 'log.db'), clock })
  const log = await open()
  await log.createTopics([{ name: TOPIC, partitions: 1 }])
  return { log, objects: await openFileObjectStore(join(folder, 'objects')), reopenLog: open }
}

const archiverOf = ({ log, objects }: Place): Archiver =>
  new Archiver({
    ...{ log, topic: TOPIC, holds: 'MentionEvent', objects, prefix: PREFIX, epoch: 'e1', clock: systemClock },
    logger: pino({ level: 'silent' }),
  })

/** Archives everything that the topic holds, and ends. */
async function archiveAll(place: Place, archiver = archiverOf(place)): Promise<void> {
  const ended = new AbortController()
  const running = archiver.run(ended.signal)
  await Promise.race([archiver.settle(ended.signal), running])
  ended.abort()
  await running
}

async function segments(objects: ObjectStore): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of objects.list(`${PREFIX}/`)) if (key.endsWith('.avro')) keys.push(key)
  return keys
}

async function copyArchive(from: ObjectStore, to: ObjectStore): Promise<void> {
  for await (const { key } of from.list(`${PREFIX}/`)) await to.put(key, (await from.get(key)) as Uint8Array)
}

async function archived(objects: ObjectStore): Promise<string[]> {
  const found: string[] = []
  for (const key of await segments(objects)) {
    for (const { offset, event: value } of await readSegment(key, (await objects.get(key)) as Uint8Array)) {
      found.push(`${offset} ${'id' in value ? value.id : value.authorId} ${value.op}`)
    }
  }
  return found
}

const replayConnector = (objects: ObjectStore, asked: Partial<ReplayOptions> = {}) =>
  createReplayConnector({
    ...{ id: 'replay', objects, prefix: PREFIX, deletes: PREFIX, from: 0, to: 1e15, sources: [], wanted: null },
    ...{
      later: false,
      rate: null,
      unarchived: async () => 0,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      report: new ArchiveReport(),
    },
    ...asked,
  })

async function replayed(objects: ObjectStore, from = 0, to = 1e15): Promise<string[]> {
  const connector = replayConnector(objects, { from, to })
  const found: string[] = []
  for await (const item of connector.read(null, new AbortController().signal)) {
    if (item.kind === 'mention') found.push(`${item.event.id} ${item.event.op}`)
  }
  return found
}

describe('the archive', () => {
  it('holds every operation once, in a file that any Avro reader understands', async () => {
    const place = await openPlace()
    await using _log = place.log
    await place.log.produce(TOPIC, [
      record(event('a')),
      record(event('b')),
      record(event('a', 'delete')),
      authorRecord('hide', 5, 'me'),
    ])
    await archiveAll(place)
    expect(await archived(place.objects)).toEqual([
      '0 test:a create',
      '1 test:b create',
      '2 test:a delete',
      '3 me hide',
    ])
    const [key] = await segments(place.objects)
    expect(key).toMatch(/^ns\/raw\/e1\/dt=\d{4}-\d{2}-\d{2}\/0000\+0{20}\.avro$/)

    // The file's own schema is enough: nothing of ours is needed to read it.
    const decoder = new avro.streams.BlockDecoder({
      codecs: { deflate: (await import('node:zlib')).inflateRaw },
    } as never)
    decoder.end(Buffer.from((await place.objects.get(key as string)) as Uint8Array))
    const rows: { event: Record<string, { id: string; payload: { bytes: Buffer } | null }> }[] = []
    for await (const row of decoder as AsyncIterable<(typeof rows)[number]>) rows.push(row)
    expect(String(rows[0]?.event['earshot.MentionEvent']?.payload?.bytes)).toBe('payload of a')
  })

  it('commits only what is stored: a crash before it reads the same again and stores it once', async () => {
    const place = await openPlace()
    await place.log.produce(TOPIC, [record(event('a')), record(event('b'))])
    const ended = new AbortController()
    const held = Promise.withResolvers<string>()
    const watched: Pick<EventLog, 'subscribe' | 'lag'> = {
      subscribe: (options, onBatch) =>
        place.log.subscribe(options, async (batch) => {
          const ack = await onBatch(batch)
          held.resolve(ack)
          return ack
        }),
      lag: (group, topic) => place.log.lag(group, topic),
    }
    const running = archiverOf({ ...place, log: watched }).run(ended.signal)
    expect(await held.promise).toBe('hold') // nothing is full, nothing is old
    ended.abort()
    await running
    expect((await place.log.lag('archive', TOPIC))[0]).toMatchObject({ committed: 0, end: 2 })
    await place.log[Symbol.asyncDispose]()
    await using log = await place.reopenLog()
    await archiveAll({ ...place, log })
    expect(await archived(place.objects)).toEqual(['0 test:a create', '1 test:b create'])
    expect((await log.lag('archive', TOPIC))[0]).toMatchObject({ committed: 2, end: 2 })
  })

  it('is read in its current shape, whichever version of the schema wrote it', async () => {
    const place = await openPlace()
    await using _log = place.log
    await place.log.produce(TOPIC, [record(event('a')), record(event('a', 'delete'))])
    await archiveAll(place)
    const [key = ''] = await segments(place.objects)
    // The schema in the head of the file: of a version that knew another operation.
    const bytes = Buffer.from((await place.objects.get(key)) as Uint8Array)
    bytes.write('invent', bytes.indexOf('create'))
    const records = await readSegment(key, bytes)
    expect(records.map(({ event: { op } }) => op)).toEqual(['unknown', 'delete'])
  })

  it('adopts a segment that an attempt stored and could not commit, and goes on behind its end', async () => {
    const place = await openPlace(fixedClock(DAY))
    await place.log.produce(TOPIC, [record(event('a')), record(event('b'))])
    await archiveAll(place)
    const stored = new Map<string, Uint8Array>()
    for (const key of await segments(place.objects)) stored.set(key, (await place.objects.get(key)) as Uint8Array)
    await place.log[Symbol.asyncDispose]()

    // The same records in a log that has no commit, as after a crash between upload and commit; two more have come.
    const again = await openPlace(fixedClock(DAY))
    await using _log = again.log
    for (const [key, bytes] of stored) await again.objects.put(key, bytes)
    await again.log.produce(
      TOPIC,
      ['a', 'b', 'c', 'd'].map((name) => record(event(name))),
    )
    await archiveAll(again)
    expect(await archived(again.objects)).toEqual([
      '0 test:a create',
      '1 test:b create',
      '2 test:c create',
      '3 test:d create',
    ])
    for (const [key, bytes] of stored) expect(await again.objects.get(key)).toEqual(bytes)
  })

  it('refuses an archive that knows more than the log: the topic was made anew', async () => {
    const place = await openPlace()
    await place.log.produce(
      TOPIC,
      ['a', 'b', 'c'].map((name) => record(event(name))),
    )
    await archiveAll(place)
    await place.log[Symbol.asyncDispose]()
    const anew = await openPlace()
    await using _log = anew.log
    await copyArchive(place.objects, anew.objects)
    await anew.log.produce(TOPIC, [record(event('z'))])
    await expect(archiveAll(anew)).rejects.toMatchObject({ code: 'ARCHIVE_FOREIGN', class: 'config' })
  })

  it.each([
    ['another time', DAY + 1, 'a'],
    ['another subject', DAY, 'z'],
  ])(
    'refuses a segment that the log has outgrown when its first record is of %s, and leaves all as it was',
    async (_, at, name) => {
      const place = await openPlace(fixedClock(DAY))
      await place.log.produce(TOPIC, [record(event('a')), record(event('b')), record(event('b', 'delete'))])
      await archiveAll(place)
      await place.log[Symbol.asyncDispose]()
      const anew = await openPlace(fixedClock(at))
      await using _log = anew.log
      await copyArchive(place.objects, anew.objects)
      const before = await Array.fromAsync(anew.objects.list(''))
      await anew.log.produce(TOPIC, [
        record(event(name)),
        ...['x', 'y'].flatMap((each) => [record(event(each)), record(event(each, 'delete'))]),
      ])
      await expect(archiveAll(anew)).rejects.toMatchObject({
        ...{ code: 'ARCHIVE_FOREIGN', class: 'config', message: expect.stringMatching(/offset 0.*another namespace/) },
      })
      expect(await Array.fromAsync(anew.objects.list(''))).toEqual(before)
      expect((await anew.log.lag('archive', TOPIC))[0]).toMatchObject({ committed: 0, end: 5 })
    },
  )

  it('keeps every deletion when an attempt that reached less far comes late', async () => {
    const place = await openPlace(fixedClock(DAY))
    const both = ['a', 'b'].flatMap((each) => [record(event(each)), record(event(each, 'delete'))])
    await place.log.produce(TOPIC, both)
    await archiveAll(place)
    await place.log[Symbol.asyncDispose]()
    // An owner that was overtaken between its look and its upload, with half of the same log.
    const late = await openPlace(fixedClock(DAY))
    await using _log = late.log
    await late.log.produce(TOPIC, both.slice(0, 2))
    const { objects } = place
    const overtaken: ObjectStore = {
      get: () => Promise.resolve(null),
      put: (...put) => objects.put(...put),
      list: (prefix) => objects.list(prefix),
      delete: (key) => objects.delete(key),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
    await expect(archiveAll({ log: late.log, objects: overtaken })).rejects.toMatchObject({ code: 'ARCHIVE_RACE' })
    expect(await replayed(objects)).toEqual(['test:a delete', 'test:b delete'])
  })

  it('takes nothing that a replay sent', async () => {
    const place = await openPlace()
    await using _log = place.log
    await place.log.produce(TOPIC, [record(event('a')), record(event('a'), { [Header.Replay]: 'x' })])
    await archiveAll(place)
    expect(await archived(place.objects)).toEqual(['0 test:a create'])
  })

  it('names a file that was cut short', async () => {
    const place = await openPlace()
    await using _log = place.log
    await place.log.produce(TOPIC, [record(event('a'))])
    await archiveAll(place)
    const [key] = await segments(place.objects)
    const bytes = (await place.objects.get(key as string)) as Uint8Array
    expect(readSegmentSummary('k', bytes)).toMatchObject({ firstOffset: 0, lastOffset: 0, records: 1 })
    for (const length of [0, 10, bytes.length - 1]) {
      await expect(readSegment('the/key.avro', bytes.subarray(0, length))).rejects.toThrow(/the\/key\.avro.*cut short/)
    }
  })

  it('begins an epoch for a topic that was really made, and goes on in it afterwards', async () => {
    const { objects, log } = await openPlace()
    await using _log = log
    const first = await currentEpoch(objects, PREFIX, true)
    expect(await currentEpoch(objects, PREFIX, false)).toBe(first)
    const second = await currentEpoch(objects, PREFIX, true)
    expect(second).not.toBe(first)
    expect(await currentEpoch(objects, PREFIX, false)).toBe(second)
  })

  it('forgets days beyond retention, with their deletions', async () => {
    const place = await openPlace()
    await using _log = place.log
    await place.log.produce(TOPIC, [record(event('a')), record(event('a', 'delete'))])
    await archiveAll(place)
    expect(await pruneArchive(place.objects, 'ns', systemClock.now() - 86_400_000)).toBe(0)
    expect(await pruneArchive(place.objects, 'ns', systemClock.now() + 2 * 86_400_000)).toBe(2)
    expect(await segments(place.objects)).toEqual([])
  })
})

describe('a replay', () => {
  it('brings back nothing that was deleted since, also when the range ends before the deletion', async () => {
    const place = await openPlace()
    await using _log = place.log
    await place.log.produce(TOPIC, [
      record(event('kept', 'create', 1_000)),
      record(event('deleted', 'create', 1_000)),
      record(event('of the leaver', 'create', 1_000, 'leaver')),
      record(event('deleted', 'delete', 9_000)),
      authorRecord('delete', 9_000, 'leaver'),
      record(event('after', 'create', 9_500, 'leaver')),
    ])
    await archiveAll(place)
    expect(await replayed(place.objects, 0, 5_000)).toEqual(['test:kept create'])
    expect(await replayed(place.objects)).toEqual(['test:kept create', 'test:deleted delete', 'test:after create'])
  })

  it('brings back nothing that was deleted before its range and arrived again in it', async () => {
    const place = await openPlace()
    await using _log = place.log
    await place.log.produce(TOPIC, [
      record(event('late', 'delete', 1_000)),
      authorRecord('delete', 8_000, 'leaver'),
      authorRecord('delete', 1_000, 'leaver'),
      authorRecord('delete', 1_000, 'erased', true),
      record(event('of the erased', 'create', 5_000, 'erased')),
      record(event('late', 'create', 5_000)),
      record(event('of the leaver', 'create', 5_000, 'leaver')),
      record(event('kept', 'create', 5_000)),
    ])
    await archiveAll(place)
    expect(await replayed(place.objects, 4_000)).toEqual(['test:kept create'])
  })

  it('finds what was observed days after its segment began', async () => {
    const day = 86_400_000
    const times = { now: 10 * day }
    const clock = { ...systemClock, now: () => times.now }
    const folder = await temporaryFolder('archive')
    await using log = await openSqliteEventLog({ path: join(folder, 'log.db'), clock })
    await log.createTopics([{ name: TOPIC, partitions: 1 }])
    const place = { log, objects: await openFileObjectStore(join(folder, 'objects')) }
    // Nobody archives for three days, then all of it becomes one segment; the next begins a week later.
    for (const [name, at] of Object.entries({ first: 10, second: 11, third: 13 })) {
      times.now = at * day + 1_000
      await log.produce(TOPIC, [record(event(name, 'create', at * day))])
    }
    await archiveAll(place)
    times.now = 20 * day
    await log.produce(TOPIC, [record(event('fourth', 'create', 20 * day))])
    await archiveAll(place)
    expect(await segments(place.objects)).toHaveLength(2)
    expect(await replayed(place.objects, 12 * day)).toEqual(['test:third create', 'test:fourth create'])
    expect(await replayed(place.objects, 11 * day, 13 * day)).toEqual(['test:second create'])
  })

  it('goes on behind the segment where it stopped, and begins anew after its end', async () => {
    const place = await openPlace()
    await using _log = place.log
    const archiver = archiverOf(place)
    for (const name of ['a', 'b', 'c']) {
      await place.log.produce(TOPIC, [record(event(name))])
      await archiveAll(place, archiver)
    }
    const connector = replayConnector(place.objects)
    const seen: string[] = []
    let cursor: string | null = null
    for (let part = 0; part < 4; part++) {
      for await (const item of connector.read(cursor, new AbortController().signal)) {
        if (item.kind === 'mention') seen.push(item.event.id)
        if (item.kind !== 'checkpoint') continue
        cursor = item.cursor
        break
      }
    }
    expect(seen).toEqual(['test:a', 'test:b', 'test:c', 'test:a'])
  })
})
