import { Header } from '#schemas/topics.ts'
import type { LogRecord, RecordBatch } from '../contracts/event-log.ts'

/** Counts by reason. */
export type Tally = Readonly<Record<string, number>>

/** What became of everything that one connector read: read = ignored + unmatched + dead + accepted. */
export interface ConnectorBook {
  readonly read: number
  readonly ignored: Tally
  /** Matched no brand query. */
  readonly unmatched: number
  /** Could not be read; kept with its bytes. */
  readonly dead: Tally
  /** Mention operations that are durable in the log. */
  readonly accepted: number
  /** Operations on whole authors, beside the mentions. */
  readonly authors: number
  /** When the connector last saw its source, milliseconds. */
  readonly observedAt: number | null
}

/** What became of everything accepted: carried + accepted = new + replaced + stale + removed + dropped + dead, once nothing waits. */
export interface PipelineBook {
  readonly new: number
  readonly replaced: number
  readonly stale: number
  readonly removed: number
  readonly dropped: Tally
  readonly dead: Tally
}

export interface BooksSnapshot {
  readonly connectors: Readonly<Record<string, ConnectorBook>>
  /** Mention operations that an earlier run had left in the log, or that a stage was given again after a failure. */
  readonly carried: number
  readonly pipeline: PipelineBook
}

export const sum = (tally: Tally): number => Object.values(tally).reduce((total, n) => total + n, 0)

export const acceptedOf = (books: BooksSnapshot): number =>
  Object.values(books.connectors).reduce((total, book) => total + book.accepted, 0)

export const handledOf = ({ pipeline: p }: BooksSnapshot): number =>
  p.new + p.replaced + p.stale + p.removed + sum(p.dropped) + sum(p.dead)

/** Mention operations that are in the log and not yet handled; 0 when the pipeline is idle, else the books do not balance. */
export const waitingOf = (books: BooksSnapshot): number => books.carried + acceptedOf(books) - handledOf(books)

export type Mutable<T> = { -readonly [K in keyof T]: T[K] extends Tally ? Record<string, number> : T[K] }

export const newConnectorBook = (): Mutable<ConnectorBook> => ({
  read: 0,
  ignored: {},
  unmatched: 0,
  dead: {},
  accepted: 0,
  authors: 0,
  observedAt: null,
})

/** The books of one run (DESIGN §2). Each count is made once, after the thing has happened. */
export class Books {
  readonly #connectors = new Map<string, Mutable<ConnectorBook>>()
  readonly #pipeline: Mutable<PipelineBook> = { new: 0, replaced: 0, stale: 0, removed: 0, dropped: {}, dead: {} }
  #carried = 0
  /** Last offset that each stage has handled in each partition. */
  readonly #delivered = new Map<string, number>()

  /** Adds what one connector has read since the last call. */
  addRead(id: string, read: ConnectorBook): void {
    const book = this.#connectors.get(id) ?? newConnectorBook()
    this.#connectors.set(id, book)
    book.read += read.read
    book.unmatched += read.unmatched
    book.accepted += read.accepted
    book.authors += read.authors
    for (const [reason, count] of Object.entries(read.ignored)) tally(book.ignored, reason, count)
    for (const [code, count] of Object.entries(read.dead)) tally(book.dead, code, count)
    if (read.observedAt !== null) book.observedAt = Math.max(book.observedAt ?? read.observedAt, read.observedAt)
  }

  get pipeline(): Mutable<PipelineBook> {
    return this.#pipeline
  }

  carry(mentions: number): void {
    this.#carried += mentions
  }

  /** A stage whose commit fails is given the same records again; what becomes of them is counted again, and so are they. */
  delivered(stage: string, { partition, records }: Pick<RecordBatch, 'partition' | 'records'>): void {
    const place = `${stage}/${partition}`
    const last = this.#delivered.get(place) ?? -1
    this.carry(records.filter((record) => record.offset <= last && isMention(record)).length)
    this.#delivered.set(place, Math.max(last, records.at(-1)?.offset ?? last))
  }

  snapshot(): BooksSnapshot {
    return structuredClone({
      connectors: Object.fromEntries(this.#connectors),
      carried: this.#carried,
      pipeline: this.#pipeline,
    })
  }
}

/** Only these are in the books; heartbeats and author operations travel beside them. */
export const isMention = ({ headers }: Pick<LogRecord, 'headers'>): boolean =>
  headers[Header.Type]?.startsWith('mention.') === true

export function tally(counts: Record<string, number>, reason: string, by = 1): void {
  counts[reason] = (counts[reason] ?? 0) + by
}
