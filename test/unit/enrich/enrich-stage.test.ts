import { describe, expect, it } from 'vitest'
import { EnrichStage } from '#enrich/enrich-stage.ts'
import type { LogRecord, NewRecord, RecordBatch } from '#infra/contracts/event-log.ts'
import type { Outcome } from '#infra/contracts/stage.ts'
import { decode, encode } from '#schemas/codec.ts'
import type { MentionEvent } from '#schemas/generated.ts'
import { newMention } from '#schemas/mention.ts'
import { Header } from '#schemas/topics.ts'
import { profileOf } from '../../support/brand-profile.ts'

const TOLD = new URL('./workers/told-worker.ts', import.meta.url)
const FIRST_OFFSET = 40

const openStage = (options: { workers?: number; deadlineMs?: number; worker?: URL } = {}) =>
  new EnrichStage({
    ...{ generation: 3, brands: [profileOf({ id: 'acme', name: 'Acme' })], scores: false, topic: 'raw' },
    ...{ workers: 2, deadlineMs: 60_000, ...options },
  })

const bytes = (text: string) => new TextEncoder().encode(text)

function batchOf(records: readonly { readonly type: string; readonly value: Uint8Array }[]): RecordBatch {
  const given = records.map(
    ({ type, value }, i): LogRecord => ({
      ...{ offset: FIRST_OFFSET + i, key: `key ${i}`, value, timestamp: 0 },
      headers: { [Header.Type]: type, [Header.Replay]: 'r' },
    }),
  )
  const signal = new AbortController().signal
  return { topic: 'raw', partition: 1, records: given, end: FIRST_OFFSET + records.length, signal }
}

const told = (...words: string[]) => batchOf(words.map((word) => ({ type: 'mention.create', value: bytes(word) })))

/** What became of each record: the text sent on, or the code it is buried under. */
const endsOf = (outcomes: readonly Outcome<readonly NewRecord[]>[]): string[] =>
  outcomes.map((outcome) => {
    if (outcome.kind === 'ok') return outcome.value.map(({ value }) => new TextDecoder().decode(value)).join()
    return outcome.kind === 'dead' ? outcome.error.code : outcome.reason
  })

describe('the enrich stage', () => {
  it('gives each record its answer, in order, whichever worker had it', async () => {
    await using stage = openStage({ worker: TOLD })
    const words = Array.from({ length: 1_234 }, (_, i) => `word${i}`)
    const outcomes = await stage.process(told(...words))
    expect(endsOf(outcomes)).toEqual(words.map((word, i) => `${word} raw/1/${FIRST_OFFSET + i}`))
  })

  it('keeps key, headers and partition', async () => {
    await using stage = openStage({ worker: TOLD })
    const [outcome] = await stage.process(told('a'))
    const headers = { [Header.Type]: 'mention.create', [Header.Replay]: 'r' }
    expect(outcome).toMatchObject({ kind: 'ok', value: [{ key: 'key 0', partition: 1, headers }] })
  })

  it.for([1, 2])('buries the one record that hangs; its neighbours get through (%i workers)', async (workers) => {
    await using stage = openStage({ worker: TOLD, workers, deadlineMs: 150 })
    const words = Array.from({ length: 6 }, (_, i) => (i === 2 ? 'hang' : `word${i}`))
    expect(endsOf(await stage.process(told(...words)))).toEqual(
      words.map((word, i) => (word === 'hang' ? 'TOO_SLOW' : `${word} raw/1/${FIRST_OFFSET + i}`)),
    )
  })

  it('buries each record under which a worker dies, in whatever slice', async () => {
    await using stage = openStage({ worker: TOLD })
    const words = Array.from({ length: 150 }, (_, i) => ([0, 149].includes(i) ? 'die' : `word${i}`))
    expect(endsOf(await stage.process(told(...words)))).toEqual(
      words.map((word, i) => (word === 'die' ? 'WORKER_DIED' : `${word} raw/1/${FIRST_OFFSET + i}`)),
    )
  })

  it('buries what its worker refused, and only that', async () => {
    await using stage = openStage({ worker: TOLD })
    expect(endsOf(await stage.process(told('a', 'refuse', 'b')))).toEqual(['a raw/1/40', 'REFUSED', 'b raw/1/42'])
  })

  it('passes a bug on: nothing of the batch is committed', async () => {
    await using stage = openStage({ worker: TOLD })
    await expect(stage.process(told('a', 'bug'))).rejects.toThrow('as told')
    expect(endsOf(await stage.process(told('a')))).toEqual(['a raw/1/40'])
  })

  it('says so, however late it is asked, when its workers cannot start', async () => {
    await using stage = openStage({ workers: 1, worker: new URL('./workers/there-is-none.ts', import.meta.url) })
    await expect(stage.process(told('a'))).rejects.toThrow(/there-is-none/)
    await expect(stage.process(told('b'))).rejects.toThrow(/there-is-none/)
  })

  it('hands heartbeats and author operations on as they are, in their places, to the same partition', async () => {
    await using stage = openStage({ worker: TOLD })
    const types = ['heartbeat', 'mention.create', 'author.delete', 'mention.delete', 'something.else']
    const batch = batchOf(types.map((type) => ({ type, value: bytes(type) })))
    const outcomes = await stage.process(batch)
    expect(endsOf(outcomes)).toEqual([
      ...['heartbeat', 'mention.create raw/1/41', 'author.delete', 'mention.delete raw/1/43', 'something.else'],
    ])
    expect(outcomes[0]).toEqual({
      kind: 'ok',
      value: [{ key: 'key 0', value: bytes('heartbeat'), headers: batch.records[0]?.headers, partition: 1 }],
    })
  })

  it('annotates in its real worker, and buries foreign bytes beside them', async () => {
    await using stage = openStage({ workers: 1 })
    const event: MentionEvent = {
      ...{ id: 'test:1', op: 'create', rev: 1, observedAt: 1, ingestedAt: null, reason: null, payload: null },
      source: { connector: 'c', platform: 'test', instance: null, latenessMs: 0 },
      mention: newMention({ platform: 'test', kind: 'post', publishedAt: 1, text: 'about acme' }),
    }
    const heartbeat = encode('Heartbeat', { source: event.source, observedAt: 1, exhausted: false })
    const values = [
      bytes('foreign'),
      encode('MentionEvent', event),
      heartbeat,
      encode('MentionEvent', event).slice(0, 20),
    ]
    const outcomes = await stage.process(batchOf(values.map((value) => ({ type: 'mention.create', value }))))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['dead', 'ok', 'dead', 'dead'])
    for (const dead of [outcomes[0], outcomes[2], outcomes[3]]) {
      expect(dead).toMatchObject({ error: { code: 'RECORD_UNREADABLE', class: 'permanent' } })
    }
    const sent = (outcomes[1] as Extract<(typeof outcomes)[number], { kind: 'ok' }>).value[0] as NewRecord
    expect(decode(sent.value)).toMatchObject({
      name: 'EnrichedEvent',
      value: { id: 'test:1', generation: 3, annotations: { brands: ['acme'], sentiment: null } },
    })
  })
})
