import type { Logger } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { Ack, EventLog, LogRecord, RecordBatch } from '#infra/contracts/event-log.ts'
import type { ObjectStore } from '#infra/contracts/object-store.ts'
import {
  type ArchivedDelete,
  deleteKey,
  deleteOfAuthor,
  deleteOfMention,
  encodeDeletes,
} from '#infra/runtime/archive-deletes.ts'
import {
  type ArchivedRecord,
  dayOfKey,
  readBlocks,
  readSegmentSummary,
  SegmentWriter,
  segmentKey,
} from '#infra/runtime/archive-segment.ts'
import { consume } from '#infra/runtime/consume.ts'
import { retry } from '#infra/runtime/retry.ts'
import { waitForGroup } from '#infra/runtime/wait-for-group.ts'
import { decode, toCurrent } from '#schemas/codec.ts'
import { authorKey } from '#schemas/mention-id.ts'
import { Header } from '#schemas/topics.ts'

const GROUP = 'archive'
/** A segment closes at the first of these; what it holds until then is read again after a crash. */
const MAX_RECORDS = 20_000
const MAX_BYTES = 32 << 20
/** By the wall clock, and then committed at once. */
const MAX_AGE_MS = 5 * 60_000

export interface ArchiverOptions {
  readonly log: Pick<EventLog, 'subscribe' | 'lag'>
  readonly topic: string
  readonly holds: 'MentionEvent' | 'EnrichedEvent'
  readonly objects: ObjectStore
  /** `<namespace>/<topic>`. */
  readonly prefix: string
  readonly epoch: string
  readonly clock: Clock
  readonly logger: Logger
}

interface OpenSegment {
  readonly writer: SegmentWriter
  readonly firstOffset: number
  readonly firstTimestamp: number
  readonly openedAt: number
  readonly deletes: ArchivedDelete[]
}

/**
 * Keeps one topic as immutable segments: collects (`hold`), uploads, then commits. A segment that is already there was stored by
 * an attempt that died before its commit: its end is adopted and the rest goes on from there (DESIGN §6).
 */
export class Archiver {
  readonly #options: ArchiverOptions
  readonly #open = new Map<number, OpenSegment>()
  /** Last offset that is in the store, by partition; what comes again up to it is skipped. */
  readonly #stored = new Map<number, number>()
  /** Partitions in which an earlier attempt has left nothing more to adopt. */
  readonly #looked = new Set<number>()
  #settling = false

  constructor(options: ArchiverOptions) {
    this.#options = options
  }

  /** Archives until the signal aborts. Rejects when the archive and the log contradict each other, or on a failure that lasts. */
  async run(signal: AbortSignal): Promise<void> {
    const { log, topic } = this.#options
    this.#open.clear() // a run that failed left these, and the log gives them again
    const options = {
      group: GROUP,
      topic,
      maxRecords: 2_000,
      maxBytes: 8 << 20,
      idleMs: 200,
      onRevoke: (partition: number) => this.#forget(partition),
    }
    await consume(log, options, (batch) => this.#take(batch), signal)
  }

  /** Resolves when everything that the topic holds now is stored and committed. */
  async settle(signal: AbortSignal): Promise<void> {
    this.#settling = true
    try {
      await waitForGroup({ ...this.#options, group: GROUP }, signal)
    } finally {
      this.#settling = false
    }
  }

  async #take({ partition, records, signal, end }: RecordBatch): Promise<Ack> {
    for (const record of records) {
      if (record.offset <= (this.#stored.get(partition) ?? -1)) continue
      const type = record.headers[Header.Type] ?? ''
      const isAuthor = type.startsWith('author.')
      // Heartbeats say nothing of mentions, and a replay comes from here.
      if (!(isAuthor || type.startsWith('mention.')) || record.headers[Header.Replay] !== undefined) continue
      // One foreign record would make its whole segment unreadable; the stage that reads the topic buries it with its bytes.
      const value = toCurrent(isAuthor ? 'AuthorEvent' : this.#options.holds, record.value)
      if (value === null) continue
      if (!this.#open.has(partition) && !this.#looked.has(partition)) await this.#adopt(partition, record, end, signal)
      if (record.offset <= (this.#stored.get(partition) ?? -1)) continue
      this.#add(partition, { ...record, value }, isAuthor)
      if (this.#isFull(partition)) await this.#close(partition, signal)
    }
    const open = this.#open.get(partition)
    if (open === undefined) return 'commit'
    const now = this.#options.clock.now()
    const caughtUp = records.length === 0 || (records.at(-1)?.offset ?? 0) + 1 >= end
    if (now - open.openedAt < MAX_AGE_MS && !(this.#settling && caughtUp)) return 'hold'
    await this.#close(partition, signal)
    return 'commit'
  }

  #add(partition: number, record: LogRecord, isAuthor: boolean): void {
    let open = this.#open.get(partition)
    if (open === undefined) {
      open = {
        writer: new SegmentWriter(this.#options.holds),
        firstOffset: record.offset,
        firstTimestamp: record.timestamp,
        openedAt: this.#options.clock.now(),
        deletes: [],
      }
      this.#open.set(partition, open)
    }
    open.writer.add(partition, record, isAuthor)
    if (this.#options.holds === 'MentionEvent' && record.headers[Header.Type]?.endsWith('.delete')) {
      const decoded = decode(record.value)
      if (decoded.name === 'MentionEvent') open.deletes.push(deleteOfMention(decoded.value))
      if (decoded.name === 'AuthorEvent') open.deletes.push(deleteOfAuthor(decoded.value))
    }
  }

  #isFull(partition: number): boolean {
    const writer = this.#open.get(partition)?.writer
    return writer !== undefined && (writer.records >= MAX_RECORDS || writer.bytes >= MAX_BYTES)
  }

  /** Deletions first: from the moment a segment is there, whoever replays it must find them. */
  async #close(partition: number, signal: AbortSignal): Promise<void> {
    const { writer, deletes, ...segment } = this.#open.get(partition) as OpenSegment
    const { objects } = this.#options
    const key = this.#keyOf(partition, segment.firstTimestamp, segment.firstOffset)
    const { bytes, summary } = await writer.finish()
    if (deletes.length > 0) {
      const list = encodeDeletes(deletes)
      await this.#again(() => objects.put(deleteKey(key, list), list), signal)
    }
    const answer = await this.#again(() => objects.put(key, bytes, { ifAbsent: true }), signal)
    this.#open.delete(partition)
    if (answer === 'exists') {
      // Somebody stored it since we looked. Reading again from the commit adopts it.
      this.#looked.delete(partition)
      throw new PipelineError(ErrorClass.Transient, 'ARCHIVE_RACE', `${key} was stored by another process meanwhile`)
    }
    this.#stored.set(partition, summary.lastOffset)
  }

  /** What an attempt stored before it could commit counts as stored; looks on until a segment that would start here is missing. */
  async #adopt(partition: number, record: LogRecord, end: number, signal: AbortSignal): Promise<void> {
    const key = this.#keyOf(partition, record.timestamp, record.offset)
    const bytes = await this.#again(() => this.#options.objects.get(key), signal)
    if (bytes === null) {
      this.#looked.add(partition)
      return
    }
    const { lastOffset } = readSegmentSummary(key, bytes)
    if (lastOffset >= end) throw foreign(`${key} ends at offset ${lastOffset}, but the log ends at ${end}`)
    // A topic that was made anew may have outgrown it: what it holds instead was never archived.
    const [first] = (await readBlocks(key, bytes).next()).value?.records ?? []
    const { value } = decode(record.value) as { readonly value: ArchivedRecord['event'] } // readable, as `toCurrent` said
    if (first?.timestamp !== record.timestamp || subjectOf(first.event) !== subjectOf(value)) {
      throw foreign(`${key} begins with another record than the log holds at offset ${record.offset}`)
    }
    this.#stored.set(partition, lastOffset)
  }

  #keyOf(partition: number, firstTimestamp: number, firstOffset: number): string {
    return segmentKey(this.#options.prefix, this.#options.epoch, firstTimestamp, partition, firstOffset)
  }

  #again<T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { clock, logger, topic } = this.#options
    return retry(operation, {
      clock,
      signal,
      onRetry: (error, attempt, pauseMs) => {
        logger.warn({ err: error, code: error.code, topic, attempt, pauseMs }, 'archive retried')
      },
    })
  }

  #forget(partition: number): void {
    this.#open.delete(partition)
    this.#stored.delete(partition)
    this.#looked.delete(partition)
  }
}

const foreign = (what: string): PipelineError =>
  new PipelineError(
    ErrorClass.Config,
    'ARCHIVE_FOREIGN',
    `${what}: the topic was made anew. Give this installation another namespace, or move the old archive away`,
  )

/** Whom or what an event is about. */
const subjectOf = (event: ArchivedRecord['event']): string =>
  'id' in event ? event.id : authorKey(event.platform, event.authorId)

/** Removes what was archived before that day; answers how many objects. */
export async function pruneArchive(objects: ObjectStore, prefix: string, retainSince: number): Promise<number> {
  const DAY_MS = 86_400_000
  let removed = 0
  for await (const { key } of objects.list(`${prefix}/`)) {
    const day = dayOfKey(key)
    if (day === null || day + DAY_MS > retainSince) continue
    await objects.delete(key)
    removed++
  }
  return removed
}
