import { describe, expect, it } from 'vitest'
import type { IndexProgress } from '#index/search/index-progress.ts'
import { IndexStage } from '#index/search/index-stage.ts'
import type { LogRecord, RecordBatch } from '#infra/contracts/event-log.ts'
import type { IndexOperation, SearchIndex, WriteOutcome } from '#infra/contracts/search-index.ts'
import { encode } from '#schemas/codec.ts'
import type { Heartbeat } from '#schemas/generated.ts'
import { Header } from '#schemas/topics.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (value: Uint8Array) => new TextDecoder().decode(value)

const heartbeat = (observedAt: number): Uint8Array => {
  const source = { connector: 'c', platform: 'test', instance: null, latenessMs: 0 }
  return encode('Heartbeat', { source, observedAt, exhausted: false } satisfies Heartbeat)
}

/** An index that answers what its operations ask for, and a stage over it; `actions` tells what happened, in order. */
function open(failure?: Error) {
  const actions: string[] = []
  const written: IndexOperation[] = []
  const index: Pick<SearchIndex, 'write'> = {
    async write(operations) {
      actions.push(`write ${operations.length}`)
      if (failure !== undefined) throw failure
      written.push(...operations)
      return operations.map((operation) => JSON.parse(text(operation.bytes)) as WriteOutcome)
    },
  }
  const progress: Pick<IndexProgress, 'record'> = {
    record: (_partition, { observedAt }) => void actions.push(`progress ${observedAt}`),
  }
  const stage = new IndexStage({
    index: index as SearchIndex,
    progress,
    onMention: (outcome) => actions.push(`book ${outcome.kind}`),
  })
  return { actions, written, stage }
}

function batchOf(...records: (readonly [type: string | null, value: Uint8Array])[]): RecordBatch {
  const given = records.map(
    ([type, value], offset): LogRecord => ({
      ...{ offset, key: 'k', value, timestamp: 0, headers: type === null ? {} : { [Header.Type]: type } },
    }),
  )
  return { topic: 't', partition: 0, records: given, end: given.length, signal: new AbortController().signal }
}

const asks = (outcome: WriteOutcome) => bytes(JSON.stringify(outcome))

describe('the index stage', () => {
  it('writes mentions and author operations in one call and in their order, everything else not at all', async () => {
    const { stage, written, actions } = open()
    const made = asks({ kind: 'new' })
    await stage.process(
      batchOf(
        ['mention.create', made],
        ['heartbeat', heartbeat(5)],
        ['author.delete', asks({ kind: 'removed' })],
        ['mention.delete', asks({ kind: 'stale' })],
      ),
    )
    expect(actions.filter((action) => action.startsWith('write'))).toEqual(['write 3'])
    expect(written.map(({ kind, bytes }) => `${kind} ${text(bytes)}`)).toEqual([
      ...['mention {"kind":"new"}', 'author {"kind":"removed"}', 'mention {"kind":"stale"}'],
    ])
    expect(written[0]?.bytes).toBe(made)
  })

  it('answers each record in its place: done, dropped with its reason, or buried with its code', async () => {
    const { stage } = open()
    const outcomes = await stage.process(
      batchOf(
        ['mention.create', asks({ kind: 'rejected', code: 'TOO_BAD', message: 'why' })],
        ['heartbeat', heartbeat(5)],
        ['mention.update', asks({ kind: 'dropped', reason: 'unmatched' })],
        ['mention.create', asks({ kind: 'new' })],
        ['mention.create', asks({ kind: 'replaced' })],
        ['mention.create', asks({ kind: 'stale' })],
        ['mention.delete', asks({ kind: 'removed' })],
      ),
    )
    const done = { kind: 'ok', value: [] }
    expect(outcomes).toEqual([
      { kind: 'dead', error: expect.objectContaining({ code: 'TOO_BAD', message: 'why', class: 'permanent' }) },
      done,
      { kind: 'drop', reason: 'unmatched' },
      ...[done, done, done, done],
    ])
  })

  it('books what became of mentions, not of authors, and only after the write; progress comes last', async () => {
    const { stage, actions } = open()
    await stage.process(
      batchOf(
        ['heartbeat', heartbeat(5)],
        ['author.hide', asks({ kind: 'removed' })],
        ['mention.create', asks({ kind: 'new' })],
        ['heartbeat', heartbeat(7)],
        ['mention.update', asks({ kind: 'dropped', reason: 'unmatched' })],
      ),
    )
    expect(actions).toEqual(['write 3', 'book new', 'book dropped', 'progress 5', 'progress 7'])
  })

  it('notes neither books nor progress when the write fails', async () => {
    const { stage, actions } = open(new Error('disk'))
    const batch = batchOf(['mention.create', asks({ kind: 'new' })], ['heartbeat', heartbeat(5)])
    await expect(stage.process(batch)).rejects.toThrow('disk')
    expect(actions).toEqual(['write 1'])
  })

  it('notes progress when there is nothing to write', async () => {
    const { stage, actions } = open()
    expect(await stage.process(batchOf(['heartbeat', heartbeat(5)]))).toEqual([{ kind: 'ok', value: [] }])
    expect(actions).toEqual(['progress 5'])
  })

  it('buries what does not belong here, and goes on', async () => {
    const { stage, actions } = open()
    const alien = encode('AuthorEvent', {
      ...{ platform: 'test', authorId: 'a', op: 'delete', rev: 1, observedAt: 1, block: false, reason: null },
      source: { connector: 'c', platform: 'test', instance: null, latenessMs: 0 },
    })
    const outcomes = await stage.process(
      batchOf(['heartbeat', bytes('nonsense')], [null, alien], ['heartbeat', heartbeat(5)]),
    )
    expect(outcomes).toEqual([
      { kind: 'dead', error: expect.objectContaining({ code: 'RECORD_UNREADABLE' }) },
      { kind: 'dead', error: expect.objectContaining({ message: 'AuthorEvent stands where Heartbeat belongs' }) },
      { kind: 'ok', value: [] },
    ])
    expect(actions).toEqual(['progress 5'])
  })
})
