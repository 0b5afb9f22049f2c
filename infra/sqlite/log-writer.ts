import type { Clock } from '#infra/contracts/clock.ts'
import type { NewRecord, Position } from '#infra/contracts/event-log.ts'
import type { LogPartition } from './log-partition.ts'
import type { LogStore } from './log-store.ts'
import { ChunkWriter, sharedBytes } from './record-chunk.ts'
import type { WorkerClient } from './worker-client.ts'

/** A chunk is closed when it holds this much: the unit of reading and truncation. */
const CHUNK_BYTES = 256 * 1024

interface PendingChunk {
  readonly partition: LogPartition
  readonly writer: ChunkWriter
  /** Known once it is durable. */
  base: number
}

interface Flush {
  readonly chunks: PendingChunk[]
  /** Last chunk of each partition, which still takes records. */
  readonly open: Map<LogPartition, PendingChunk>
  readonly commits: Map<string, { readonly partition: LogPartition; readonly group: string; readonly next: number }>
  /** Where truncation has more to do. */
  readonly truncate: Set<LogPartition>
  readonly durable: PromiseWithResolvers<void>
}

/**
 * Groups everything that wants to be durable into one transaction: while one is being written the next one collects, so a slow
 * disk makes larger groups. Nothing waits on a timer.
 */
export class LogWriter {
  readonly #store: WorkerClient<LogStore>
  readonly #clock: Clock
  readonly #onFlush: () => void
  #next = newFlush()
  #running: Promise<void> | null = null

  /** `onFlush` is called after each transaction, also after one that failed. */
  constructor(store: WorkerClient<LogStore>, clock: Clock, onFlush: () => void) {
    this.#store = store
    this.#clock = clock
    this.#onFlush = onFlush
  }

  /** `partitions[i]` takes `records[i]`. All records of a call become durable together, or none. */
  async append(partitions: readonly LogPartition[], records: readonly NewRecord[]): Promise<readonly Position[]> {
    const flush = this.#next
    const placed = records.map((record, i) => {
      const chunk = openChunk(flush, partitions[i] as LogPartition)
      return { chunk, delta: chunk.writer.add(record) }
    })
    await this.#durable(flush)
    return placed.map(({ chunk, delta }) => ({ partition: chunk.partition.number, offset: chunk.base + delta }))
  }

  commit(partition: LogPartition, group: string, next: number): Promise<void> {
    this.#next.commits.set(`${partition.id} ${group}`, { partition, group, next })
    return this.#durable(this.#next)
  }

  #durable(flush: Flush): Promise<void> {
    this.#running ??= this.#run()
    return flush.durable.promise
  }

  async #run(): Promise<void> {
    // Also takes in what else this turn of the event loop brings.
    await new Promise(setImmediate)
    while (this.#next.chunks.length + this.#next.commits.size + this.#next.truncate.size > 0) {
      const flush = this.#next
      this.#next = newFlush()
      try {
        await this.#write(flush)
        flush.durable.resolve()
      } catch (error) {
        flush.durable.reject(error)
      }
      this.#onFlush()
    }
    this.#running = null
  }

  async #write({ chunks, commits, truncate }: Flush): Promise<void> {
    const timestamp = this.#clock.now()
    const answer = await this.#store.call('append', {
      timestamp,
      chunks: chunks.map(({ partition, writer }) => ({ partition: partition.id, span: writer.count })),
      buffers: chunks.map(({ writer }) => writer.finish()),
      commits: [...commits.values()].map((commit) => ({ ...commit, partition: commit.partition.id })),
      truncate: [...truncate].map(({ id }) => id),
    })
    const byId = new Map([...chunks, ...commits.values()].map(({ partition }) => [partition.id, partition]))
    for (const partition of truncate) byId.set(partition.id, partition)
    for (const { partition: id, bytes, unfinished } of answer.stored) {
      const partition = byId.get(id)!
      partition.stored = bytes
      if (unfinished) this.#next.truncate.add(partition)
    }
    for (const [i, chunk] of chunks.entries()) {
      chunk.base = answer.bases[i] as number
      const bytes = sharedBytes(answer.buffers[i] as ArrayBuffer)
      chunk.partition.append({ base: chunk.base, span: chunk.writer.count, timestamp, bytes })
    }
  }

  /** Resolves when everything handed over so far has been written or refused. */
  async idle(): Promise<void> {
    await this.#running
  }
}

const newFlush = (): Flush => {
  const durable = Promise.withResolvers<void>()
  durable.promise.catch(() => undefined) // those who wait for it report it
  return { chunks: [], open: new Map(), commits: new Map(), truncate: new Set(), durable }
}

function openChunk(flush: Flush, partition: LogPartition): PendingChunk {
  const open = flush.open.get(partition)
  if (open !== undefined && open.writer.length < CHUNK_BYTES) return open
  const chunk = { partition, writer: new ChunkWriter(), base: 0 }
  flush.chunks.push(chunk)
  flush.open.set(partition, chunk)
  return chunk
}
