import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type {
  AggregateRequest,
  Aggregates,
  Hit,
  IndexOperation,
  SearchIndex,
  SearchPage,
  SearchRequest,
  WriteOutcome,
} from '#infra/contracts/search-index.ts'
import { pack, unpack } from '#infra/runtime/pack.ts'
import { readStored } from '#infra/runtime/read-stored.ts'
import { stateOf } from '#schemas/merge.ts'
import type { PackedHits, SearchReader } from './search-reader.ts'
import type { SearchWriter } from './search-writer.ts'
import { WorkerClient } from './worker-client.ts'

export interface SqliteSearchIndexOptions {
  readonly path: string
  readonly clock: Clock
  /** Beside the process that writes: `write` and `prune` are refused. */
  readonly readOnly?: boolean
}

/**
 * The index in one SQLite file, for one writing process and any number of reading ones. One thread writes, another answers
 * from snapshots: neither waits for the other. Rejects with a config error when the file is foreign, damaged or newer than
 * this program, or, read-only, when there is none.
 */
export async function openSqliteSearchIndex(options: SqliteSearchIndexOptions): Promise<SearchIndex> {
  const { path, clock, readOnly = false } = options
  await using opened = new AsyncDisposableStack()
  // First the writer, which makes the file.
  const writer = readOnly
    ? null
    : opened.use(await WorkerClient.start<SearchWriter>(import.meta.url, 'search-writer-worker', { path }))
  const reader = opened.use(await WorkerClient.start<SearchReader>(import.meta.url, 'search-reader-worker', { path }))
  return new SqliteSearchIndex(clock, writer, reader, opened.move())
}

class SqliteSearchIndex implements SearchIndex {
  readonly #clock: Clock
  readonly #writer: WorkerClient<SearchWriter> | null
  readonly #reader: WorkerClient<SearchReader>
  readonly #workers: AsyncDisposableStack

  constructor(
    clock: Clock,
    writer: WorkerClient<SearchWriter> | null,
    reader: WorkerClient<SearchReader>,
    workers: AsyncDisposableStack,
  ) {
    this.#clock = clock
    this.#writer = writer
    this.#reader = reader
    this.#workers = workers
  }

  async prepare(): Promise<void> {
    // Opening has made, migrated or checked the file.
  }

  async write(operations: readonly IndexOperation[]): Promise<readonly WriteOutcome[]> {
    return this.#writing().call('write', {
      buffers: [pack(operations.map(({ bytes }) => bytes))],
      authors: operations.flatMap(({ kind }, i) => (kind === 'author' ? [i] : [])),
      now: this.#clock.now(),
    })
  }

  async search(request: SearchRequest): Promise<SearchPage> {
    const { total, next, ...hits } = await this.#reader.call('search', request)
    return { hits: unpackHits(hits), total, next }
  }

  aggregate(request: AggregateRequest): Promise<Aggregates> {
    return this.#reader.call('aggregate', request)
  }

  async get(ids: readonly string[]): Promise<readonly (Hit | null)[]> {
    const { isShown, ...packed } = await this.#reader.call('get', { ids })
    const hits = unpackHits(packed).values()
    return isShown.map((shown) => (shown ? hits.next().value! : null))
  }

  async prune(before: number, retainSince: number | null): Promise<number> {
    const writer = this.#writing()
    let removed = 0
    // A transaction at a time, so that writes get their turn.
    for (let after: number | null = Number.MIN_SAFE_INTEGER; after !== null; ) {
      const part: ReturnType<SearchWriter['prune']> = await writer.call('prune', { before, retainSince, after })
      removed += part.removed
      after = part.next
    }
    return removed
  }

  #writing(): WorkerClient<SearchWriter> {
    if (this.#writer !== null) return this.#writer
    throw new PipelineError(
      ErrorClass.Config,
      'INDEX_READ_ONLY',
      'this index was opened for reading; only `earshot run` writes it',
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workers.disposeAsync()
  }
}

function unpackHits({ buffers, firstObservedAt }: PackedHits): Hit[] {
  return unpack(buffers[0]).map((bytes, i) => {
    const event = readStored(bytes, 'a mention in the index')
    return { id: event.id, content: stateOf(event).content!, firstObservedAt: firstObservedAt[i]! }
  })
}
