import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { NewRecord } from '#infra/contracts/event-log.ts'
import type { ObjectStore, StoredObject } from '#infra/contracts/object-store.ts'
import type { IndexOperation, SearchIndex } from '#infra/contracts/search-index.ts'
import type { Stage } from '#infra/contracts/stage.ts'
import { SegmentWriter, segmentKey } from '#infra/runtime/archive-segment.ts'
import { Books, waitingOf } from '#infra/runtime/books.ts'
import { ArchiveReport } from '#ingest/replay/read-archive.ts'
import { decode, encode } from '#schemas/codec.ts'
import { newMention } from '#schemas/mention.ts'
import { Header } from '#schemas/topics.ts'
import { checkName, takeBeside } from '#scripts/replay/beside.ts'
import { ReplayCursor } from '#scripts/replay/replay-cursor.ts'
import { ReplayPass, type ReplayPassOptions } from '#scripts/replay/replay-pass.ts'
import { selectionOf } from '#scripts/replay/replay-selection.ts'
import { profileOf } from '#test/support/brand-profile.ts'
import { MemoryTable } from '#test/support/memory-table.ts'
import { RecordingLog } from '#test/support/recording-log.ts'
import { SkippingClock } from '#test/support/skipping-clock.ts'

describe('what a replay is asked for', () => {
  const brands = [profileOf({ id: 'acme', name: 'acme' })]
  it.each([
    [{ topic: 'raw', from: '7d' }, 'RANGE_MISSING'],
    [{ topic: 'raw', to: '7d' }, 'RANGE_MISSING'],
    [{ topic: 'raw', from: '1d', to: '2d' }, 'RANGE_EMPTY'],
    [{ topic: 'raw', from: '1d', to: '1d' }, 'RANGE_EMPTY'],
    [{ topic: 'enriched', from: 'soon', to: '1d' }, 'TIME_INVALID'],
    [{ topic: 'enriched', from: '2d', to: '1d', brand: 'nobody' }, 'BRAND_UNKNOWN'],
  ] as const)('refuses %j', (asked, code) => {
    expect(() => selectionOf(asked, brands, 0)).toThrow(expect.objectContaining({ code, class: 'config' }))
  })

  it.each(['live', 'Upper', '../index', 'a_b', 'a.b', '', '-a', 'x'.repeat(41)])('refuses the name %j', (name) => {
    expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'NAME_INVALID', class: 'config' }))
  })
})

describe('an index beside the live one', () => {
  const key = { from: 0, to: 1, brand: null, sources: [] }
  const makers = (version: string) => ({ version, models: [], brands: [] })
  const clock = new SkippingClock()

  it('counts its own generations, whatever the live one is', async () => {
    const table = new MemoryTable()
    const take = async (version: string) =>
      (await takeBeside(table, 'x', { topic: 'raw', key, makers: makers(version) }, clock)).generation
    expect([await take('1'), await take('1'), await take('2'), await take('1')]).toEqual([1, 1, 2, 3])
    expect(await table.get('generation')).toBeNull()
  })

  it('remembers each question once', async () => {
    const table = new MemoryTable()
    for (const to of [1, 2, 1]) {
      await takeBeside(table, 'x', { topic: 'raw', key: { ...key, to }, makers: makers('1') }, clock)
    }
    expect((await table.get('beside/x'))?.value).toMatchObject({ replays: [{ to: 1 }, { to: 2 }] })
  })

  it('lets no two processes make the same replay', async () => {
    const table = new MemoryTable()
    const [one, other] = [await ReplayCursor.open(table, 'r'), await ReplayCursor.open(table, 'r')]
    const position = { segment: 's', records: 1, damaged: [] }
    await one.save(position)
    await one.save({ ...position, records: 2 })
    await expect(other.save(position)).rejects.toMatchObject({ code: 'REPLAY_TWICE', class: 'config' })
    expect((await ReplayCursor.open(table, 'r')).position).toMatchObject({ records: 2 })
    await one.end()
    expect((await ReplayCursor.open(table, 'r')).position).toBeNull()
  })
})

describe('a pass from the archive into an index', () => {
  const source = { connector: 'c', platform: 'test', instance: null, latenessMs: 0 }
  const raw = (id: string) => ({
    ...({ id, op: 'create', rev: 5, observedAt: 5, ingestedAt: null, source, reason: null, payload: null } as const),
    mention: newMention({ platform: 'test', kind: 'post', publishedAt: 5, text: id }),
  })

  /** Objects in memory. */
  class Store implements ObjectStore {
    readonly objects = new Map<string, Uint8Array>()
    async put(key: string, bytes: Uint8Array): Promise<'stored'> {
      this.objects.set(key, bytes)
      return 'stored'
    }
    async get(key: string) {
      return this.objects.get(key) ?? null
    }
    async *list(prefix: string): AsyncIterable<StoredObject> {
      for (const [key, { length }] of this.objects) if (key.startsWith(prefix)) yield { key, size: length }
    }
    async delete() {}
    async [Symbol.asyncDispose]() {}
  }

  async function archive(ids: readonly string[]): Promise<Store> {
    const objects = new Store()
    const writer = new SegmentWriter('MentionEvent')
    for (const [offset, id] of ids.entries()) {
      const value = encode('MentionEvent', raw(id))
      writer.add(0, { offset, key: id, timestamp: 5, headers: { [Header.Type]: 'mention.create' }, value }, false)
    }
    await objects.put(segmentKey('ns/raw', 'e', 5, 0, 0), (await writer.finish()).bytes)
    return objects
  }

  const stage: Stage = {
    name: 'enrich',
    process: async ({ records }) =>
      records.map(({ key, value, headers }) => {
        if (key !== 'bad') return { kind: 'ok', value: [{ key, value, headers }] as readonly NewRecord[] }
        return { kind: 'dead', error: new PipelineError(ErrorClass.Permanent, 'TOO_SLOW', 'took too long') }
      }),
  }

  function pass(objects: ObjectStore, log: RecordingLog, known: Partial<ReplayPassOptions> = {}) {
    const books = new Books()
    const { actions } = log
    const index = {
      write: async (operations: readonly IndexOperation[]) =>
        operations.map(({ bytes }) => {
          const { value } = decode(bytes) as { value: { id: string } }
          actions.push(`index <- ${value.id}`)
          if (value.id !== 'refused') return { kind: 'new' } as const
          return { kind: 'rejected', code: 'MAPPING', message: 'does not fit' } as const
        }),
    } as unknown as SearchIndex
    const [clock, logger] = [new SkippingClock(), pino({ level: 'silent' })]
    const options: ReplayPassOptions = {
      reading: {
        ...{ objects, prefix: 'ns/raw', deletes: 'ns/raw', from: 0, to: 10, sources: [], wanted: null },
        ...{ later: true, rate: null, unarchived: async () => 0, clock, logger },
      },
      ...{ report: new ArchiveReport(), from: null, holds: 'MentionEvent', topic: 'ns.raw', enrich: stage, index, log },
      ...{ dead: 'dead', books, id: 'r', mark: 'now', clock, logger },
      save: async ({ records }) => void actions.push(`saved ${records}`),
      onProgress: () => {},
      gate: async () => {},
      ...known,
    }
    return { books, run: (signal = new AbortController().signal) => new ReplayPass(options).run(signal) }
  }

  it('makes durable, then saves where it stands; dead letters name the archived record and cannot be archived again', async () => {
    const log = new RecordingLog()
    const { books, run } = pass(await archive(['a', 'bad', 'refused', 'b']), log)
    expect(await run()).toBe(true)
    expect(log.actions).toEqual([
      ...['index <- a', 'index <- refused', 'index <- b'],
      ...['dead <- bad', 'dead <- refused', 'saved null'],
    ])
    const letters = (log.produced.get('dead') ?? []).map(
      ({ value }) => decode(value).name === 'DeadLetter' && decode(value),
    )
    expect(letters).toMatchObject([
      { value: { stage: 'enrich', code: 'TOO_SLOW', topic: 'ns.raw', offset: 1, headers: { [Header.Replay]: 'now' } } },
      { value: { stage: 'index', code: 'MAPPING', topic: 'ns.raw', offset: 2, headers: { [Header.Replay]: 'now' } } },
    ])
    const snapshot = books.snapshot()
    expect(waitingOf(snapshot)).toEqual({ enrich: 0, index: 0 })
    expect(snapshot).toMatchObject({
      connectors: { r: { read: 4, accepted: 4 } },
      enrich: { passed: 3, dead: { TOO_SLOW: 1 } },
      index: { new: 2, dead: { MAPPING: 1 } },
    })
  })

  it('saves nothing when a dead letter cannot be written', async () => {
    const log = new RecordingLog()
    log.failures.push(new PipelineError(ErrorClass.Permanent, 'TOPIC_UNKNOWN', 'there is no such topic'))
    const { run } = pass(await archive(['a', 'bad']), log)
    await expect(run()).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
    expect(log.actions.filter((action) => action.startsWith('saved'))).toEqual([])
  })

  it('saves no further than what is written when it is interrupted', async () => {
    const log = new RecordingLog()
    const stopped = new AbortController()
    const { run } = pass(await archive(['a', 'b']), log, { gate: async () => stopped.abort() })
    expect(await run(stopped.signal)).toBe(false)
    expect(log.actions).toEqual([])
  })
})
