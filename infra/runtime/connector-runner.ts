import { gzipSync } from 'node:zlib'
import type { Logger } from 'pino'
import { encode } from '#schemas/codec.ts'
import type { DeadLetter, Mention, MentionEvent, Source } from '#schemas/generated.ts'
import { authorKey } from '#schemas/mention-id.ts'
import { Header } from '#schemas/topics.ts'
import type { Clock } from '../contracts/clock.ts'
import type { Connector, Progress, ReadItem } from '../contracts/connector.ts'
import type { Cursor } from '../contracts/cursors.ts'
import type { EventLog, NewRecord } from '../contracts/event-log.ts'
import type { ObjectStore } from '../contracts/object-store.ts'
import { type Books, type ConnectorBook, type Mutable, newConnectorBook, sum, tally } from './books.ts'
import type { Metrics } from './metrics.ts'
import { retry } from './retry.ts'
import { isStopped, withGrace } from './stopping.ts'

const MAX_BATCH_RECORDS = 500
const MAX_BATCH_BYTES = 4 << 20
/** A record of a quiet stream waits at most this long for company. */
const MAX_WAIT_MS = 200
/** Payloads above this go to the object store. */
const MAX_INLINE_PAYLOAD_BYTES = 256 * 1024
/** A heartbeat is due when the source has been seen this much further. */
const HEARTBEAT_EVERY_MS = 5_000

export interface ConnectorWiring {
  readonly log: EventLog
  readonly raw: string
  readonly dead: string
  readonly partitions: number
  readonly objects: ObjectStore
  /** Object key under which large payloads stand. */
  readonly payloads: string
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly books: Books
  /** Does any brand query match? Asked for new mentions of connectors that pre-filter. */
  readonly wanted: (mention: Mention) => boolean
  /** Resolves when there is room for more. */
  readonly gate: (signal: AbortSignal) => Promise<void>
  /** Headers that mark everything this connector produces, for example a replay. */
  readonly headers?: Readonly<Record<string, string>>
  readonly onProgress?: (connector: string, progress: Progress) => void
  /** Stop a polled source after its first full round, and a stream when it has caught up. */
  readonly once: boolean
}

/** What waits to be published, with the counts that become true when it is durable. */
interface Batch {
  records: NewRecord[]
  dead: NewRecord[]
  bytes: number
  book: Mutable<ConnectorBook>
  /** Resolves when its first record has waited long enough; null while there is none. */
  due: Promise<'due'> | null
  /** Aborted when it is published: nobody waits for it any more. */
  readonly left: AbortController
}

const emptyBatch = (): Batch => ({
  ...{ records: [], dead: [], bytes: 0, book: newConnectorBook() },
  ...{ due: null, left: new AbortController() },
})

/**
 * Pre-filter and publish, then checkpoint: reads a connector from `cursor` until it ends or the signal aborts. Everything
 * before a checkpoint is durable in the log before `save` is called with it. One batch is in flight while the next is read.
 */
export async function runConnector(
  connector: Connector,
  cursor: Cursor | null,
  save: (cursor: Cursor) => Promise<void>,
  wiring: ConnectorWiring,
  signal: AbortSignal,
): Promise<void> {
  const runner = new ConnectorRunner(connector, wiring, signal)
  const ended = new AbortController()
  const items = connector.read(cursor?.value ?? null, AbortSignal.any([signal, ended.signal]))[Symbol.asyncIterator]()
  let lastObservedAt = cursor?.observedAt ?? null
  try {
    for (;;) {
      const next = await runner.next(items)
      if (next.done) break
      const item = next.value
      if (item.kind !== 'checkpoint') {
        await runner.take(item)
        continue
      }
      lastObservedAt = item.observedAt
      runner.heartbeat(item.observedAt, false)
      await runner.flush()
      await save({ value: item.cursor, observedAt: item.observedAt })
      if (item.progress) wiring.onProgress?.(connector.id, item.progress)
      if (wiring.once && connector.supply !== 'finite' && item.progress && item.progress.done === item.progress.total)
        break
    }
    if (signal.aborted) await runner.arrival()
    else if (connector.supply === 'finite' || wiring.once) {
      runner.heartbeat(lastObservedAt ?? wiring.clock.now(), true)
      await runner.flush()
    }
  } catch (error) {
    if (!isStopped(error, signal)) throw error
  } finally {
    ended.abort()
    await runner.end()
    await items.return?.()
  }
}

class ConnectorRunner {
  readonly #connector: Connector
  readonly #wiring: ConnectorWiring
  readonly #signal: AbortSignal
  #batch = emptyBatch()
  /** The batch that is being made durable; stays when that has failed. */
  #inFlight: Promise<void> | null = null
  #heartbeatAt = Number.NEGATIVE_INFINITY

  constructor(connector: Connector, wiring: ConnectorWiring, signal: AbortSignal) {
    this.#connector = connector
    this.#wiring = wiring
    this.#signal = signal
  }

  /** The next item. Meanwhile publishes what has waited long enough, and rejects when what is in flight has failed. */
  async next(items: AsyncIterator<ReadItem>): Promise<IteratorResult<ReadItem>> {
    const reading = items.next()
    reading.catch(() => {}) // nobody looks at it when publishing fails first
    for (;;) {
      const { due } = this.#batch
      const inFlight = this.#inFlight
      if (due === null && inFlight === null) return reading
      const first = await Promise.race([due, inFlight, reading].filter((event) => event !== null))
      if (first === 'due') await this.#publish()
      else if (first !== undefined) return first
    }
  }

  async take(item: Exclude<ReadItem, { kind: 'checkpoint' }>): Promise<void> {
    const { book } = this.#batch
    switch (item.kind) {
      case 'ignored':
        book.read += item.count
        tally(book.ignored, item.reason, item.count)
        return
      case 'dead':
        book.read++
        tally(book.dead, item.code)
        this.#batch.dead.push(this.#deadLetter(item))
        this.#batch.bytes += item.bytes.length
        this.#wiring.logger.warn({ code: item.code, connector: this.#connector.id }, 'item buried')
        break
      case 'author': {
        const { event } = item
        book.authors++
        const record = { key: authorKey(event.platform, event.authorId), value: encode('AuthorEvent', event) }
        this.#toEveryPartition(record, `author.${event.op}`)
        break
      }
      case 'mention': {
        const { event } = item
        book.read++
        if (
          this.#connector.prefilter &&
          event.op === 'create' &&
          event.mention &&
          !this.#wiring.wanted(event.mention)
        ) {
          book.unmatched++
          return
        }
        book.accepted++
        const value = encode('MentionEvent', await this.#withoutLargePayload(event))
        this.#batch.records.push({ key: event.id, value, headers: this.#headers(`mention.${event.op}`) })
        this.#batch.bytes += value.length
        break
      }
      default:
        item satisfies never
    }
    const { records, dead, bytes } = this.#batch
    this.#batch.due ??= this.#dueAfterWait()
    if (records.length + dead.length >= MAX_BATCH_RECORDS || bytes >= MAX_BATCH_BYTES) await this.#publish()
  }

  /** The source has been seen up to here; a copy to every partition, in the order of the records around it. */
  heartbeat(observedAt: number, exhausted: boolean): void {
    this.#batch.book.observedAt = observedAt
    if (!exhausted && observedAt - this.#heartbeatAt < HEARTBEAT_EVERY_MS) return
    this.#heartbeatAt = observedAt
    const value = encode('Heartbeat', { source: this.#source(), observedAt, exhausted })
    this.#toEveryPartition({ key: this.#connector.id, value }, 'heartbeat')
  }

  #dueAfterWait(): Promise<'due'> {
    const due = () => 'due' as const
    return this.#wiring.clock.sleep(MAX_WAIT_MS, this.#batch.left.signal).then(due, due)
  }

  /** Resolves when everything taken so far is durable. */
  async flush(): Promise<void> {
    await this.#publish()
    await this.arrival()
  }

  /** Resolves when everything published so far is durable. */
  async arrival(): Promise<void> {
    await this.#inFlight
  }

  /** Resolves when nothing is under way any more, so that another run comes after this one. */
  async end(): Promise<void> {
    this.#batch.left.abort()
    await this.#inFlight?.catch(() => {})
  }

  /** Sends the batch once the one before it is durable, so that order holds and at most one waits. */
  async #publish(): Promise<void> {
    const { log, raw, dead, clock, logger, metrics, books } = this.#wiring
    const batch = this.#batch
    await this.arrival()
    await this.#wiring.gate(this.#signal)
    batch.left.abort()
    this.#batch = emptyBatch()
    const again = (topic: string, records: NewRecord[]) =>
      retry(() => log.produce(topic, records), {
        clock,
        signal: this.#signal,
        onRetry: (error, attempt, pauseMs) => {
          metrics.stageRetries.inc({ stage: 'ingest', code: error.code })
          logger.warn(
            { err: error, code: error.code, connector: this.#connector.id, attempt, pauseMs },
            'produce retried',
          )
        },
      })
    const durable = Promise.all([
      batch.records.length > 0 && again(raw, batch.records),
      batch.dead.length > 0 && again(dead, batch.dead),
    ])
    const inFlight = withGrace(durable, this.#signal, clock).then(() => {
      books.addRead(this.#connector.id, batch.book)
      this.#measure(batch.book)
      this.#inFlight = null
    })
    // Awaited by whoever reads, publishes or flushes next; without this a failure in between would count as unhandled.
    inFlight.catch(() => {})
    this.#inFlight = inFlight
  }

  #measure(book: ConnectorBook): void {
    const { connectorRecords, sourceObservedAt } = this.#wiring.metrics
    const connector = this.#connector.id
    const { unmatched, accepted, authors } = book
    const outcomes = { ignored: sum(book.ignored), dead: sum(book.dead), unmatched, accepted, authors }
    for (const [outcome, count] of Object.entries(outcomes)) {
      if (count > 0) connectorRecords.inc({ connector, outcome }, count)
    }
    if (book.observedAt !== null) sourceObservedAt.set({ connector }, book.observedAt / 1000)
  }

  #headers(type: string): Readonly<Record<string, string>> {
    return { ...this.#wiring.headers, [Header.Type]: type }
  }

  #toEveryPartition(record: { key: string; value: Uint8Array }, type: string): void {
    const headers = this.#headers(type)
    for (let partition = 0; partition < this.#wiring.partitions; partition++) {
      this.#batch.records.push({ ...record, headers, partition })
      this.#batch.bytes += record.value.length
    }
  }

  /** Large payloads stand once a day, under their hash, so that a record stays within what every log takes and retention finds them. */
  async #withoutLargePayload(event: MentionEvent): Promise<MentionEvent> {
    const { payload } = event
    if (!payload?.bytes || payload.bytes.length <= MAX_INLINE_PAYLOAD_BYTES) return event
    const { objects, payloads, clock } = this.#wiring
    const day = new Date(clock.now()).toISOString().slice(0, 10)
    const ref = `${payloads}/dt=${day}/${payload.sha256}.gz`
    await objects.put(ref, gzipSync(payload.bytes), { ifAbsent: true })
    return { ...event, payload: { ...payload, bytes: null, ref } }
  }

  #source(): Source {
    const { id, platform, latenessMs } = this.#connector
    return { connector: id, platform, instance: null, latenessMs }
  }

  #deadLetter(item: Extract<ReadItem, { kind: 'dead' }>): NewRecord {
    const letter: DeadLetter = {
      stage: this.#connector.id,
      code: item.code,
      message: item.message,
      at: this.#wiring.clock.now(),
      source: this.#source(),
      contentType: item.contentType,
      topic: null,
      partition: null,
      offset: null,
      key: null,
      headers: {},
      bytes: Buffer.from(item.bytes),
    }
    return { key: null, value: encode('DeadLetter', letter), headers: {} }
  }
}
