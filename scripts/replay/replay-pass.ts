import type { Logger } from 'pino'
import { IndexStage } from '#index/search/index-stage.ts'
import type { Clock } from '#infra/contracts/clock.ts'
import type { EventLog, LogRecord, NewRecord, RecordBatch } from '#infra/contracts/event-log.ts'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import type { Stage } from '#infra/contracts/stage.ts'
import type { ArchivedRecord } from '#infra/runtime/archive-segment.ts'
import { type Books, isMention, newConnectorBook, sum, tally } from '#infra/runtime/books.ts'
import { deadLetter } from '#infra/runtime/dead-letter.ts'
import { retry } from '#infra/runtime/retry.ts'
import {
  type ArchivePart,
  type ArchivePosition,
  type ArchiveReading,
  type ArchiveReport,
  readArchive,
} from '#ingest/replay/read-archive.ts'
import { encode } from '#schemas/codec.ts'
import type { AuthorEvent, EnrichedEvent, MentionEvent } from '#schemas/generated.ts'
import { authorKey } from '#schemas/mention-id.ts'
import { Header } from '#schemas/topics.ts'

const BATCH_RECORDS = 2_000
/** Batches that are scored or wait to be written while one is read. */
const UNDERWAY = 2

export interface ReplayPassOptions {
  readonly reading: ArchiveReading
  readonly report: ArchiveReport
  readonly from: ArchivePosition | null
  /** Called when everything before a position is durable. */
  readonly save: (position: ArchivePosition) => Promise<void>
  /** What is archived: decides how a record is read. */
  readonly holds: 'MentionEvent' | 'EnrichedEvent'
  /** The topic that was archived. */
  readonly topic: string
  /** Scores raw mentions; null: they are enriched already. */
  readonly enrich: Stage | null
  readonly index: SearchIndex
  readonly log: Pick<EventLog, 'produce'>
  readonly dead: string
  readonly books: Books
  /** Name of this replay in the books. */
  readonly id: string
  /** Value of the header that marks what it buries: a retry must not archive it again. */
  readonly mark: string
  readonly clock: Clock
  readonly logger: Logger
  readonly onProgress: (done: number, total: number, read: number) => void
  /** Resolves when there is room for more. */
  readonly gate: (signal: AbortSignal) => Promise<void>
}

interface Batch {
  readonly parts: readonly ArchivePart[]
  readonly records: readonly LogRecord[]
  readonly partition: number
}

/** Enriched records as the index stage takes them, and what was buried instead. */
interface Enriched {
  readonly records: readonly LogRecord[]
  /** Place of each in the batch. */
  readonly places: readonly number[]
  readonly buried: readonly NewRecord[]
}

/**
 * Archive to index without the log, so that nobody else reads what passes: decode, score, write and bury, then save the
 * position. Batches are scored side by side and written one after the other in the order of the archive.
 */
export class ReplayPass {
  readonly #options: ReplayPassOptions
  readonly #index: IndexStage

  constructor(options: ReplayPassOptions) {
    this.#options = options
    const { index, books } = options
    this.#index = new IndexStage({
      index,
      progress: { record: () => {} }, // an archive says nothing of how far sources have been seen
      onMention: (outcome) => {
        if (outcome.kind === 'dropped') tally(books.index.dropped, outcome.reason)
        else if (outcome.kind === 'rejected') tally(books.index.dead, outcome.code)
        else books.index[outcome.kind]++
      },
    })
  }

  /** Resolves true at the end of the archive, false when the signal aborted before. */
  async run(signal: AbortSignal): Promise<boolean> {
    const underway: Promise<void>[] = []
    let written: Promise<void> = Promise.resolve()
    for await (const batch of this.#batches(signal)) {
      await this.#options.gate(signal)
      const enriched = this.#enrich(batch, signal)
      written = Promise.all([enriched, written]).then(([ready]) => this.#write(batch, ready, signal))
      written.catch(() => {}) // thrown where it is waited for
      underway.push(written)
      if (underway.length > UNDERWAY) await underway.shift()
    }
    await Promise.all(underway)
    return !signal.aborted
  }

  /** Parts of one partition together. */
  async *#batches(signal: AbortSignal): AsyncGenerator<Batch> {
    const { reading, report, from } = this.#options
    let parts: ArchivePart[] = []
    let archived: ArchivedRecord[] = []
    const taken = (): Batch => {
      const records = archived.map((one) => this.#recordOf(one))
      const batch = { parts, records, partition: archived[0]?.partition ?? 0 }
      parts = []
      archived = []
      return batch
    }
    for await (const part of readArchive(reading, from, report, signal)) {
      parts.push(part)
      for (const record of part.records) archived.push(record)
      if (archived.length >= BATCH_RECORDS || part.position.records === null || reading.rate !== null) yield taken()
    }
  }

  #recordOf({ offset, timestamp, headers, event }: ArchivedRecord): LogRecord {
    const { mark, holds } = this.#options
    const marked = { ...headers, [Header.Replay]: mark }
    if ('authorId' in event) {
      const value = encode('AuthorEvent', event as AuthorEvent)
      return { offset, timestamp, key: authorKey(event.platform, event.authorId), headers: marked, value }
    }
    const value =
      holds === 'MentionEvent'
        ? encode('MentionEvent', event as MentionEvent)
        : encode('EnrichedEvent', event as EnrichedEvent)
    return { offset, timestamp, key: event.id, headers: marked, value }
  }

  async #enrich(batch: Batch, signal: AbortSignal): Promise<Enriched> {
    const { enrich, books } = this.#options
    if (enrich === null) {
      books.enrich.passed += batch.records.filter(isMention).length
      return { records: batch.records, places: [...batch.records.keys()], buried: [] }
    }
    const records: LogRecord[] = []
    const places: number[] = []
    const buried: NewRecord[] = []
    for (const [i, outcome] of (await enrich.process(this.#asBatch(batch, batch.records, signal))).entries()) {
      const record = batch.records[i] as LogRecord
      if (outcome.kind === 'ok') {
        if (isMention(record)) books.enrich.passed++
        for (const { value } of outcome.value) {
          records.push({ ...record, value })
          places.push(i)
        }
      } else if (outcome.kind === 'drop') tally(books.enrich.dropped, outcome.reason)
      else {
        tally(books.enrich.dead, outcome.error.code)
        buried.push(this.#bury(enrich.name, outcome.error, batch, i))
      }
    }
    return { records, places, buried }
  }

  async #write(batch: Batch, { records, places, buried }: Enriched, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { log, dead, save } = this.#options
    const outcomes = await this.#again(() => this.#index.process(this.#asBatch(batch, records, signal)), signal)
    const letters = [...buried]
    for (const [k, outcome] of outcomes.entries()) {
      if (outcome.kind === 'dead') letters.push(this.#bury('index', outcome.error, batch, places[k] as number))
    }
    if (letters.length > 0) await this.#again(() => log.produce(dead, letters), signal)
    // Everything before it is durable: only now.
    const last = batch.parts.at(-1) as ArchivePart
    await this.#again(() => save(last.position), signal)
    this.#count(batch, last)
  }

  #count({ parts, records }: Batch, { done, total }: ArchivePart): void {
    const { books, id, onProgress } = this.#options
    const book = newConnectorBook()
    for (const { left } of parts) {
      for (const [reason, count] of Object.entries(left)) tally(book.ignored, reason, count)
    }
    book.accepted = records.filter(isMention).length
    book.authors = records.length - book.accepted
    book.read = book.accepted + sum(book.ignored)
    books.addRead(id, book)
    onProgress(done, total, records.length)
  }

  /** The letter names the archived record, and a retry puts that back: what this pass makes of it is for its own index alone. */
  #bury(stage: string, error: Parameters<typeof deadLetter>[1], { records, partition }: Batch, i: number): NewRecord {
    const { topic, clock } = this.#options
    return deadLetter(stage, error, { topic, partition, record: records[i] as LogRecord }, clock.now())
  }

  #asBatch({ partition }: Batch, records: readonly LogRecord[], signal: AbortSignal): RecordBatch {
    return { topic: this.#options.topic, partition, records, end: (records.at(-1)?.offset ?? -1) + 1, signal }
  }

  #again<T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { clock, logger } = this.#options
    const onRetry = (err: Error, attempt: number, pauseMs: number) =>
      logger.warn({ err, attempt, pauseMs }, 'batch retried')
    return retry(operation, { clock, signal, onRetry })
  }
}
