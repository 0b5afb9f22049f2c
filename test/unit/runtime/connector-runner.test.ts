import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { pruneArchive } from '#index/archive/archiver.ts'
import type { Clock } from '#infra/contracts/clock.ts'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import type { Cursor } from '#infra/contracts/cursors.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { openFileObjectStore } from '#infra/filesystem/file-object-store.ts'
import { Books } from '#infra/runtime/books.ts'
import { runConnector } from '#infra/runtime/connector-runner.ts'
import { createMetrics } from '#infra/runtime/metrics.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { decode } from '#schemas/codec.ts'
import type { MentionEvent } from '#schemas/generated.ts'
import { newMention } from '#schemas/mention.ts'
import { Header } from '#schemas/topics.ts'
import { RecordingLog } from '#test/support/recording-log.ts'
import { SkippingClock } from '#test/support/skipping-clock.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const source = { connector: 'c', platform: 'test', instance: null, latenessMs: 0 }

function mention(id: string, known: Partial<MentionEvent> = {}): ReadItem {
  const content = newMention({ platform: 'test', kind: 'post', publishedAt: 1, text: id })
  const place = {
    id: `test:${id}`,
    op: 'create',
    rev: 1,
    observedAt: 1,
    ingestedAt: null,
    source,
    reason: null,
  } as const
  return { kind: 'mention', event: { ...place, mention: content, payload: null, ...known } }
}

const checkpoint = (cursor: string, observedAt: number, progress?: { done: number; total: number }): ReadItem => ({
  ...{ kind: 'checkpoint', cursor, observedAt },
  ...(progress && { progress: { ...progress, unit: 'items' } }),
})

function connectorOf(items: readonly ReadItem[], known: Partial<Connector> = {}): Connector {
  return {
    ...{ id: 'c', platform: 'test', supply: 'finite', latenessMs: 0, prefilter: true },
    check: async () => {},
    read: async function* () {
      yield* items
    },
    ...known,
  }
}

async function run(
  connector: Connector,
  log = new RecordingLog(),
  known: { once?: boolean; signal?: AbortSignal; from?: Cursor; clock?: Clock } = {},
) {
  const books = new Books()
  const objects = await openFileObjectStore(await temporaryFolder('payloads'))
  await runConnector(
    connector,
    known.from ?? null,
    async ({ value }) => void log.actions.push(`save ${value}`),
    {
      ...{
        log,
        raw: 'raw',
        dead: 'dead',
        partitions: 2,
        objects,
        payloads: 'ns/payloads',
        clock: known.clock ?? systemClock,
        books,
        metrics: createMetrics(),
      },
      ...{ logger: pino({ level: 'silent' }), once: known.once ?? false, gate: async () => {} },
      wanted: ({ text }) => text !== 'boring',
    },
    known.signal ?? new AbortController().signal,
  )
  return { log, books: books.snapshot(), objects }
}

describe('a connector', () => {
  it('is published up to a checkpoint before the checkpoint is saved', async () => {
    const { log } = await run(
      connectorOf([mention('a'), mention('b'), checkpoint('1', 10), mention('c'), checkpoint('2', 11)]),
    )
    const place = (action: string) => log.actions.indexOf(action)
    expect(place('raw <- test:b')).toBeLessThan(place('save 1'))
    expect(place('save 1')).toBeLessThan(place('raw <- test:c'))
    expect(place('raw <- test:c')).toBeLessThan(place('save 2'))
  })

  it('saves no checkpoint that its log did not take', async () => {
    const log = new RecordingLog()
    log.failures.push(new PipelineError(ErrorClass.Permanent, 'REFUSED', 'refused'))
    await expect(run(connectorOf([mention('a'), checkpoint('1', 10)]), log)).rejects.toMatchObject({ code: 'REFUSED' })
    expect(log.actions.filter((action) => action.startsWith('save'))).toEqual([])
  })

  it('leaves out new mentions that no brand wants, never an edit or a deletion', async () => {
    const items = [
      mention('boring'),
      mention('boring', { op: 'update', id: 'test:edited' }),
      mention('boring', { op: 'delete', id: 'test:deleted', mention: null }),
      checkpoint('1', 10),
    ]
    const { log, books } = await run(connectorOf(items))
    expect(
      log.produced
        .get('raw')
        ?.map(({ key }) => key)
        .filter((key) => key !== 'c'),
    ).toEqual(['test:edited', 'test:deleted'])
    expect(books.connectors.c).toMatchObject({ read: 3, unmatched: 1, accepted: 2 })
    const all = await run(connectorOf(items, { prefilter: false }))
    expect(all.books.connectors.c).toMatchObject({ read: 3, unmatched: 0, accepted: 3 })
  })

  it('buries what could not be read with its bytes, and counts what was left alone', async () => {
    const dead: ReadItem = {
      kind: 'dead',
      code: 'BROKEN',
      message: 'broken',
      bytes: Buffer.from('{oops'),
      contentType: 'application/json',
    }
    const { log, books } = await run(
      connectorOf([dead, { kind: 'ignored', reason: 'a like', count: 7 }, checkpoint('1', 10)]),
    )
    expect(books.connectors.c).toMatchObject({ read: 8, ignored: { 'a like': 7 }, dead: { BROKEN: 1 }, accepted: 0 })
    const letter = decode(log.produced.get('dead')?.[0]?.value as Uint8Array)
    expect(letter).toMatchObject({ value: { stage: 'c', code: 'BROKEN', contentType: 'application/json' } })
    expect(String((letter as { value: { bytes: Uint8Array } }).value.bytes)).toBe('{oops')
  })

  it('tells every partition of an author operation and how far it has come', async () => {
    const author: ReadItem = {
      kind: 'author',
      event: {
        platform: 'test',
        authorId: 'me',
        op: 'delete',
        rev: 1,
        observedAt: 1,
        block: false,
        source,
        reason: null,
      },
    }
    const { log } = await run(connectorOf([author, checkpoint('1', 10)]))
    const sent = log.produced.get('raw')?.map(({ partition, headers }) => `${headers[Header.Type]} ${partition}`)
    expect(sent).toEqual([
      'author.delete 0',
      'author.delete 1',
      'heartbeat 0',
      'heartbeat 1',
      'heartbeat 0',
      'heartbeat 1',
    ])
    const last = decode(log.produced.get('raw')?.at(-1)?.value as Uint8Array)
    expect(last).toMatchObject({ name: 'Heartbeat', value: { observedAt: 10, exhausted: true } })
  })

  it('keeps a large payload once a day in the object store, where retention finds it', async () => {
    const bytes = Buffer.alloc(300_000, 'x')
    const payload = { bytes, ref: null, sha256: 'abc', contentType: 'text/plain', mapper: 'test/1' }
    const clock = { ...systemClock, now: () => Date.UTC(2026, 0, 5, 23, 59) }
    const items = [mention('a', { payload }), mention('b', { payload }), checkpoint('1', 10)]
    const { log, objects } = await run(connectorOf(items), new RecordingLog(), { clock })
    const ref = 'ns/payloads/dt=2026-01-05/abc.gz'
    const event = decode(log.produced.get('raw')?.[0]?.value as Uint8Array)
    expect(event).toMatchObject({ value: { payload: { bytes: null, ref, sha256: 'abc' } } })
    expect(gunzipSync((await objects.get(ref)) as Uint8Array).equals(bytes)).toBe(true)
    const day = 86_400_000
    expect(await pruneArchive(objects, 'ns', Date.UTC(2026, 0, 5) + day - 1)).toBe(0)
    expect(await pruneArchive(objects, 'ns', Date.UTC(2026, 0, 5) + day)).toBe(1)
  })

  it('publishes what waits when its source pauses', async () => {
    const log = new RecordingLog()
    const ended = new AbortController()
    const paused = connectorOf([], {
      supply: 'streamed',
      read: async function* () {
        yield mention('a')
        await new Promise<void>((resolve) => ended.signal.addEventListener('abort', () => resolve()))
      },
    })
    const running = run(paused, log, { signal: ended.signal })
    while (!log.actions.includes('raw <- test:a')) await turn()
    ended.abort()
    await running
  })

  it('ends a polled source after its first full round when asked to', async () => {
    const rounds = connectorOf([], {
      supply: 'polled',
      read: async function* (_cursor, signal) {
        for (let round = 1; !signal.aborted; round++) {
          yield checkpoint(`${round}a`, round, { done: 1, total: 2 })
          yield checkpoint(`${round}b`, round, { done: 2, total: 2 })
        }
      },
    })
    const { log } = await run(rounds, new RecordingLog(), { once: true })
    expect(log.actions.filter((action) => action.startsWith('save'))).toEqual(['save 1a', 'save 1b'])
  })

  it('ends a stream when it has caught up, if asked to, and not before', async () => {
    const stream = connectorOf([], {
      supply: 'streamed',
      read: async function* (_cursor, signal) {
        yield checkpoint('started', 1)
        yield mention('missed')
        yield checkpoint('behind', 2, { done: 1, total: 2 })
        yield mention('live')
        yield checkpoint('live', 3, { done: 2, total: 2 })
        yield mention('later')
        while (!signal.aborted) await turn()
      },
    })
    const { log, books } = await run(stream, new RecordingLog(), { once: true })
    expect(log.actions.filter((action) => action.startsWith('save'))).toEqual([
      'save started',
      'save behind',
      'save live',
    ])
    expect(books.connectors.c).toMatchObject({ read: 2, accepted: 2 })
    const last = decode(log.produced.get('raw')?.at(-1)?.value as Uint8Array)
    expect(last).toMatchObject({ name: 'Heartbeat', value: { observedAt: 3, exhausted: true } })
  })

  it('reads on from the cursor it is given', async () => {
    let given: string | null = 'none'
    const connector = connectorOf([], {
      read: async function* (cursor) {
        given = cursor
        yield checkpoint('8', 4)
      },
    })
    await run(connector, new RecordingLog(), { from: { value: '7', observedAt: 3 } })
    expect(given).toBe('7')
  })

  it('lets no record wait for long, also when its source never pauses', async () => {
    const log = new RecordingLog()
    const ended = new AbortController()
    const trickle = connectorOf([], {
      supply: 'streamed',
      read: async function* (_cursor, signal) {
        yield mention('a')
        while (!signal.aborted) {
          await turn()
          yield { kind: 'ignored', reason: 'a like', count: 1 }
        }
      },
    })
    const running = run(trickle, log, { signal: ended.signal })
    while (!log.actions.includes('raw <- test:a')) await turn()
    ended.abort()
    await running
  })

  it('ends when what it published is refused, although its source is silent', async () => {
    const log = new RecordingLog()
    log.failures.push(new PipelineError(ErrorClass.Permanent, 'REFUSED', 'refused'))
    const silent = connectorOf([], {
      supply: 'streamed',
      read: async function* (_cursor, signal) {
        yield mention('a')
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      },
    })
    await expect(run(silent, log)).rejects.toMatchObject({ code: 'REFUSED' })
  })

  it('hides no failure of what is in flight when it is told to stop', async () => {
    const log = new RecordingLog()
    log.failures.push(new PipelineError(ErrorClass.Permanent, 'REFUSED', 'refused'))
    const ended = new AbortController()
    const full = connectorOf([], {
      read: async function* () {
        for (let i = 0; i < 500; i++) yield mention(String(i))
        ended.abort()
      },
    })
    await expect(run(full, log, { signal: ended.signal })).rejects.toMatchObject({ code: 'REFUSED' })
  })

  it('counts what became durable while it stopped', async () => {
    const ended = new AbortController()
    const full = connectorOf([], {
      read: async function* () {
        for (let i = 0; i < 501; i++) yield mention(String(i))
        ended.abort()
      },
    })
    const { log, books } = await run(full, new RecordingLog(), { signal: ended.signal })
    expect(log.produced.get('raw')).toHaveLength(500)
    expect(books.connectors.c).toMatchObject({ read: 500, accepted: 500 })
  })

  it('does not wait for a full log when it is told to stop, and saves nothing then', async () => {
    const log = new RecordingLog()
    log.isFull = true
    const ended = new AbortController()
    const items = connectorOf([], {
      read: async function* () {
        yield mention('a')
        ended.abort()
        yield checkpoint('1', 10)
      },
    })
    await run(items, log, { signal: ended.signal, clock: new SkippingClock() })
    expect(log.actions).toEqual([])
  })

  it('leaves no listener on the signal, however often it is started again', async () => {
    const { signal } = new AbortController()
    const broken = connectorOf([], {
      read: async function* () {
        yield mention('a')
        yield checkpoint('1', 10)
        throw new PipelineError(ErrorClass.Transient, 'AWAY', 'away')
      },
    })
    for (let i = 0; i < 3; i++) await expect(run(broken, undefined, { signal })).rejects.toMatchObject({ code: 'AWAY' })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
