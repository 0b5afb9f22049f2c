import type { Clock } from '#infra/contracts/clock.ts'
import type { Ack, LogRecord, RecordBatch, SubscribeOptions, Subscription } from '#infra/contracts/event-log.ts'
import type { LogPartition } from './log-partition.ts'
import type { LogStore } from './log-store.ts'
import type { LogWriter } from './log-writer.ts'
import { type Chunk, sharedBytes, takeRecords } from './record-chunk.ts'
import type { WorkerClient } from './worker-client.ts'

export interface LogParts {
  readonly store: WorkerClient<LogStore>
  readonly writer: LogWriter
  readonly clock: Clock
  /** Called once when the subscription has ended, before `done` settles. */
  readonly onEnd: () => void
}

/** One consumer group on one topic: a loop per partition, each with one batch in its handler at a time. */
export class LogSubscription implements Subscription {
  readonly done: Promise<void>
  readonly #parts: LogParts
  readonly #options: SubscribeOptions
  readonly #onBatch: (batch: RecordBatch) => Promise<Ack>
  readonly #ending = new AbortController()
  #failure: { readonly error: unknown } | null = null

  /** `starts[i]` is the first offset of `partitions[i]` that the group has not committed. */
  constructor(
    parts: LogParts,
    options: SubscribeOptions,
    onBatch: (batch: RecordBatch) => Promise<Ack>,
    partitions: readonly LogPartition[],
    starts: readonly number[],
  ) {
    this.#parts = parts
    this.#options = options
    this.#onBatch = onBatch
    this.done = this.#run(partitions, starts)
  }

  async #run(partitions: readonly LogPartition[], starts: readonly number[]): Promise<void> {
    const loops = partitions.map(async (partition, i) => {
      try {
        await this.#consume(partition, starts[i] as number)
      } catch (error) {
        if (!(this.#ending.signal.aborted && (error as Error | undefined)?.name === 'AbortError')) this.fail(error)
      }
    })
    await Promise.all(loops)
    this.#parts.onEnd()
    if (this.#failure !== null) throw this.#failure.error
  }

  /** Ends the subscription with this error once the handlers in flight have answered. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#ending.abort()
  }

  async #consume(partition: LogPartition, start: number): Promise<void> {
    const { signal } = this.#ending
    const { topic, idleMs } = this.#options
    let fetched: readonly Chunk[] = []
    let position = start
    let holds = false
    let committing = Promise.resolve()
    try {
      while (!signal.aborted) {
        partition.advance(this, position)
        const end = partition.end
        const records: LogRecord[] = []
        if (position < end) {
          fetched = await this.#chunksFrom(partition, position, fetched)
          position = this.#take(fetched, position, records)
          if (records.length === 0) continue // compaction has taken out what stood here
        } else if ((await this.#arrival(partition, position, holds ? idleMs : null)) !== 'idle') {
          continue
        }
        if (signal.aborted) return
        const ack = await this.#onBatch({ topic, partition: partition.number, records, end, signal })
        holds = ack === 'hold'
        if (ack !== 'commit') continue
        // The next batch need not wait for this commit, the one after it does: a crash repeats two batches at most.
        await committing
        committing = this.#commit(partition, position)
      }
    } finally {
      await committing
      partition.leave(this)
    }
  }

  /** Chunks in memory that begin with the one that holds `position`, read from the file where they are nowhere else. */
  async #chunksFrom(partition: LogPartition, position: number, fetched: readonly Chunk[]): Promise<readonly Chunk[]> {
    const tail = partition.tailFrom(position)
    if (tail.length > 0) return tail
    const left = fetched.filter(({ base, span }) => position < base + span)
    if (left.length > 0 && position >= (left[0] as Chunk).base) return left
    const { maxRecords, maxBytes } = this.#options
    return readChunks(this.#parts.store, { partition: partition.id, from: position, maxRecords, maxBytes })
  }

  #take(chunks: readonly Chunk[], from: number, records: LogRecord[]): number {
    const room = { records: this.#options.maxRecords, bytes: this.#options.maxBytes }
    let position = from
    for (const chunk of chunks) {
      position = takeRecords(chunk, position, room, records)
      if (position < chunk.base + chunk.span || room.records < 1 || room.bytes < 1) break
    }
    return position
  }

  async #commit(partition: LogPartition, next: number): Promise<void> {
    try {
      await this.#parts.writer.commit(partition, this.#options.group, next)
    } catch (error) {
      this.fail(error)
    }
  }

  /** Resolves when there is something at `position`, the pause is over, or the subscription ends. */
  async #arrival(
    partition: LogPartition,
    position: number,
    pauseMs: number | null,
  ): Promise<'records' | 'idle' | 'ended'> {
    const { promise, resolve } = Promise.withResolvers<'records' | 'idle' | 'ended'>()
    const { signal } = this.#ending
    const onAbort = () => resolve('ended')
    const stopWaking = partition.onArrival(() => {
      if (partition.end > position) resolve('records')
    })
    const pause = new AbortController()
    signal.addEventListener('abort', onAbort)
    if (pauseMs !== null) {
      const ended = () => undefined // the pause ended because something else came first
      this.#parts.clock.sleep(pauseMs, pause.signal).then(() => resolve('idle'), ended)
    }
    try {
      return await promise
    } finally {
      stopWaking()
      signal.removeEventListener('abort', onAbort)
      pause.abort()
    }
  }

  /** Resolves when the handlers in flight have answered and their commits are durable. `done` tells how it ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
    await this.done.catch(() => undefined)
  }
}

/** Chunks of the file from the one that holds `from` on. */
export async function readChunks(
  store: WorkerClient<LogStore>,
  request: Parameters<LogStore['read']>[0],
): Promise<readonly Chunk[]> {
  const { chunks, buffers } = await store.call('read', request)
  return chunks.map((head, i) => ({ ...head, bytes: sharedBytes(buffers[i] as ArrayBuffer) }))
}
