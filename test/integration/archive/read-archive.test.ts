import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { ObjectStore } from '#infra/contracts/object-store.ts'
import { openFileObjectStore } from '#infra/filesystem/file-object-store.ts'
import { type ArchivedDelete, deleteKey, encodeDeletes } from '#infra/runtime/archive-deletes.ts'
import { SegmentWriter, segmentKey } from '#infra/runtime/archive-segment.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import {
  type ArchivePart,
  type ArchivePosition,
  type ArchiveReading,
  ArchiveReport,
  readArchive,
} from '#ingest/replay/read-archive.ts'
import { encode } from '#schemas/codec.ts'
import type { AuthorEvent, MentionEvent } from '#schemas/generated.ts'
import { newAuthor, newMention } from '#schemas/mention.ts'
import { SkippingClock } from '#test/support/skipping-clock.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const PREFIX = 'ns/raw'
const DAY = 86_400_000
const running = new AbortController().signal

interface Known extends Partial<MentionEvent> {
  readonly connector?: string
}

function event(name: string, { connector = 'c', ...known }: Known = {}): MentionEvent {
  const { op = 'create', observedAt = 1_000 } = known
  const source = { connector, platform: 'test', instance: null, latenessMs: 0 }
  const author = newAuthor({ id: 'someone' })
  const mention = newMention({
    platform: 'test',
    kind: 'post',
    publishedAt: observedAt,
    text: `text of ${name}`,
    author,
  })
  return {
    ...{ id: name, op, rev: observedAt, observedAt, ingestedAt: null, source, reason: null, payload: null },
    ...{ mention: op === 'create' || op === 'update' ? mention : null },
    ...known,
  }
}

const hidden: AuthorEvent = {
  ...{ platform: 'test', authorId: 'someone', op: 'hide', rev: 5, observedAt: 9_000, block: false, reason: null },
  source: { connector: 'c', platform: 'test', instance: null, latenessMs: 0 },
}

interface Segment {
  readonly events: readonly (MentionEvent | AuthorEvent)[]
  readonly epoch?: string
  readonly at?: number
  readonly partition?: number
  readonly first?: number
  readonly deletes?: readonly ArchivedDelete[]
}

const openStore = async () => openFileObjectStore(join(await temporaryFolder('archive'), 'objects'))

/** Answers its key. */
async function store(objects: ObjectStore, segment: Segment): Promise<string> {
  const { events, epoch = 'e1', at = 20 * DAY, partition = 0, first = 0, deletes } = segment
  const writer = new SegmentWriter('MentionEvent')
  for (const [i, one] of events.entries()) {
    const value = 'authorId' in one ? encode('AuthorEvent', one) : encode('MentionEvent', one)
    writer.add(partition, { offset: first + i, key: null, timestamp: at, headers: {}, value }, 'authorId' in one)
  }
  const key = segmentKey(PREFIX, epoch, at, partition, first)
  await objects.put(key, (await writer.finish()).bytes)
  if (deletes !== undefined) await objects.put(deleteKey(key, encodeDeletes(deletes)), encodeDeletes(deletes))
  return key
}

const readingOf = (objects: ObjectStore, asked: Partial<ArchiveReading> = {}): ArchiveReading => ({
  ...{
    objects,
    prefix: PREFIX,
    deletes: PREFIX,
    from: 0,
    to: 1e15,
    sources: [],
    wanted: null,
    later: false,
    rate: null,
  },
  ...{ unarchived: async () => 0, clock: systemClock, logger: pino({ level: 'silent' }) },
  ...asked,
})

const idsOf = ({ records }: ArchivePart) =>
  records.map(({ event: found }) => ('authorId' in found ? `author ${found.op}` : found.id))

async function idsIn(objects: ObjectStore, asked: Partial<ArchiveReading> = {}, report = new ArchiveReport()) {
  const ids: string[] = []
  for await (const part of readArchive(readingOf(objects, asked), null, report, running)) ids.push(...idsOf(part))
  return ids
}

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

describe('an archive that is read', () => {
  it('gives every record once, wherever it is interrupted', async () => {
    const objects = await openStore()
    const long = 'x'.repeat(900)
    const all = names('m', 1_500)
    const written = (ids: readonly string[]) => ids.map((id) => event(id, { reason: long }))
    await store(objects, { events: written(all.slice(0, 900)) })
    await store(objects, { events: written(all.slice(900)), partition: 1 })
    const found: string[] = []
    let position: ArchivePosition | null = null
    let parts = 0
    for (let ended = false; !ended; ) {
      ended = true
      const reading = readingOf(objects)
      for await (const part of readArchive(reading, position, new ArchiveReport(), running)) {
        found.push(...idsOf(part))
        position = JSON.parse(JSON.stringify(part.position)) as ArchivePosition
        parts++
        ended = false
        break // killed
      }
    }
    expect(found).toEqual(all)
    expect(parts).toBeGreaterThan(4)
  })

  it.each([1, 3, 7, 250])('gives the rest behind any record, at a rate of %d', async (rate) => {
    const objects = await openStore()
    await store(objects, { events: names('m', 20).map((id) => event(id)) })
    for (let passed = 0; passed <= 20; passed++) {
      const segment = segmentKey(PREFIX, 'e1', 20 * DAY, 0, 0)
      const from = { segment, records: passed, damaged: [] }
      const reading = readingOf(objects, { rate, clock: new SkippingClock() })
      const ids: string[] = []
      for await (const part of readArchive(reading, from, new ArchiveReport(), running)) ids.push(...idsOf(part))
      expect(ids).toEqual(names('m', 20).slice(passed))
    }
  })

  it('keeps to its rate', async () => {
    const objects = await openStore()
    await store(objects, { events: names('m', 100).map((id) => event(id)) })
    const clock = new SkippingClock()
    const startedAt = clock.now()
    expect(await idsIn(objects, { rate: 20, clock })).toHaveLength(100)
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(4_800)
    expect(clock.now() - startedAt).toBeLessThanOrEqual(5_000)
  })

  it('reads the lives of a topic in their order, and in one the days', async () => {
    const objects = await openStore()
    await store(objects, { events: [event('late')], epoch: 'aa', at: 20 * DAY })
    await store(objects, { events: [event('second')], epoch: 'zz', at: 11 * DAY, first: 1 })
    await store(objects, { events: [event('first')], epoch: 'zz', at: 10 * DAY, partition: 1 })
    await objects.put(`${PREFIX}/epoch-000001.txt`, Buffer.from('zz\n'))
    await objects.put(`${PREFIX}/epoch-000002.txt`, Buffer.from('aa\n'))
    expect(await idsIn(objects)).toEqual(['first', 'second', 'late'])
  })

  it('does not fetch what ended before the range, and never what a back-fill observed long before', async () => {
    const objects = await openStore()
    const day = (n: number, name: string, observed = n) =>
      store(objects, { events: [event(name, { observedAt: observed * DAY })], at: n * DAY, first: n })
    for (const [n, name, observed] of [
      [10, 'old'],
      [12, 'until the next began'],
      [14, 'in range'],
      [30, 'back-fill', 14],
    ] as const)
      await day(n, name, observed)
    const fetched: string[] = []
    const watched: ObjectStore = Object.assign(Object.create(objects), {
      get: (key: string) => {
        fetched.push(key)
        return objects.get(key)
      },
      list: (prefix: string) => objects.list(prefix),
    })
    const report = new ArchiveReport()
    expect(await idsIn(watched, { from: 13.5 * DAY, to: 15 * DAY }, report)).toEqual(['in range', 'back-fill'])
    expect(fetched.filter((key) => key.endsWith('.avro'))).toHaveLength(3)
    expect(report).toMatchObject({ segments: 3, skipped: 1 })
  })

  it('chooses by connector, and takes what hides or deletes later when an index begins with it', async () => {
    const objects = await openStore()
    await store(objects, {
      events: [
        event('a', { connector: 'one' }),
        event('b', { connector: 'two' }),
        event('b', { op: 'hide', observedAt: 8_000, connector: 'two' }),
        event('later', { observedAt: 8_500 }),
        hidden,
      ],
    })
    const report = new ArchiveReport()
    expect(await idsIn(objects, { sources: ['two'], to: 5_000 }, report)).toEqual(['b'])
    expect([...report.sources].sort()).toEqual(['c', 'one', 'two'])
    expect(await idsIn(objects, { to: 5_000 })).toEqual(['a', 'b'])
    expect(await idsIn(objects, { to: 5_000, later: true })).toEqual(['a', 'b', 'b', 'author hide'])
  })
})

describe('an archive with a damaged object', () => {
  const damages: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array, number | null])[] = [
    ['nothing in it', () => new Uint8Array(), null],
    ['its magic only', (bytes) => bytes.subarray(0, 4), null],
    ['half of its header', (bytes) => bytes.subarray(0, 900), null],
    ['its last byte missing', (bytes) => bytes.subarray(0, -1), 2_000],
    ['a third of it missing', (bytes) => bytes.subarray(0, Math.floor((bytes.length * 2) / 3)), 2_000],
    ['a changed byte in the middle', (bytes) => flipped(bytes, bytes.length >> 1), 2_000],
    ['a changed last byte', (bytes) => flipped(bytes, bytes.length - 1), 2_000],
    ['a byte too many', (bytes) => Buffer.concat([bytes, Buffer.of(0)]), 2_000],
    ['a picture in its place', () => Buffer.from('\u0089PNG\r\n\u001a\n, and more than a header', 'latin1'), null],
  ]
  const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 0x10 : byte))

  it.each(damages)('names it and reads the others: %s', async (_, damage, records) => {
    const objects = await openStore()
    await store(objects, { events: [event('before')] })
    const key = await store(objects, { events: names('m', 2_000).map((id) => event(id)), first: 1 })
    await store(objects, { events: [event('behind')], first: 5_000 })
    await objects.put(key, damage((await objects.get(key)) as Uint8Array))
    const report = new ArchiveReport()
    expect(await idsIn(objects, {}, report)).toEqual(['before', 'behind'])
    expect(report.damaged).toEqual([{ key, records }])
  })

  it('still knows of it when it is interrupted and goes on behind it', async () => {
    const objects = await openStore()
    const key = await store(objects, { events: [event('a')] })
    await store(objects, { events: [event('b')], first: 1 })
    await objects.put(key, Buffer.from('damaged'))
    const parts = readArchive(readingOf(objects), null, new ArchiveReport(), running)
    const { value } = await parts.next()
    await parts.return(undefined)
    const report = new ArchiveReport()
    const ids: string[] = []
    for await (const part of readArchive(readingOf(objects), value.position, report, running)) ids.push(...idsOf(part))
    expect(ids).toEqual(['b'])
    expect(report.damaged).toEqual([{ key, records: null }])
  })

  it('reads nothing while a list of deletions is damaged: something could come back', async () => {
    const objects = await openStore()
    const deletes: ArchivedDelete[] = ['a', 'b'].map((id) => ({ kind: 'mention', id, observedAt: 2_000 }))
    const key = await store(objects, { events: [event('a'), event('b'), event('kept')], deletes })
    expect(await idsIn(objects)).toEqual(['kept'])
    const whole = encodeDeletes(deletes)
    const list = deleteKey(key, whole)
    expect(Buffer.from((await objects.get(list))!)).toEqual(Buffer.from(whole))
    const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1
    for (const length of [0, 1, whole.length >> 1, lastLine, whole.length - 2]) {
      await objects.put(list, whole.subarray(0, length))
      await expect(idsIn(objects)).rejects.toMatchObject({
        ...{ code: 'DELETES_DAMAGED', class: 'permanent', message: expect.stringContaining(list) },
      })
    }
  })
})
