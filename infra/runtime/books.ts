import { Header } from '#schemas/topics.ts'
import type { LogRecord, PartitionLag, RecordBatch } from '../contracts/event-log.ts'

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

/** What became of everything that the enrich stage took: taken = passed + dropped + dead. */
export interface EnrichBook {
  /** Written to the enriched topic. */
  readonly passed: number
  readonly dropped: Tally
  readonly dead: Tally
}

/** What became of everything that the index stage took: taken = new + replaced + stale + removed + dropped + dead. */
export interface IndexBook {
  readonly new: number
  readonly replaced: number
  readonly stale: number
  readonly removed: number
  readonly dropped: Tally
  readonly dead: Tally
}

/** Mention operations before each stage. */
export interface StageCounts {
  readonly enrich: number
  readonly index: number
}

export interface BooksSnapshot {
  readonly connectors: Readonly<Record<string, ConnectorBook>>
  /** Of what a stage took: what was in the log before the run began, or was given again after a failure. */
  readonly carried: StageCounts
  readonly enrich: EnrichBook
  readonly index: IndexBook
}

export const sum = (tally: Tally): number => Object.values(tally).reduce((total, n) => total + n, 0)

export const acceptedOf = (books: BooksSnapshot): number =>
  Object.values(books.connectors).reduce((total, book) => total + book.accepted, 0)

/** What each stage has taken. */
export const takenOf = ({ enrich, index: i }: BooksSnapshot): StageCounts => ({
  enrich: enrich.passed + sum(enrich.dropped) + sum(enrich.dead),
  index: i.new + i.replaced + i.stale + i.removed + sum(i.dropped) + sum(i.dead),
})

/** Of which nothing more is expected: indexed, or buried or dropped on the way. */
export const handledOf = (books: BooksSnapshot): number =>
  takenOf(books).index + sum(books.enrich.dropped) + sum(books.enrich.dead)

/** What is in the log before each stage; 0 when the pipeline is idle, else the books of a process that runs all of it do not balance. */
export function waitingOf(books: BooksSnapshot): StageCounts {
  const { carried, enrich } = books
  const taken = takenOf(books)
  return {
    enrich: carried.enrich + acceptedOf(books) - taken.enrich,
    index: carried.index + enrich.passed - taken.index,
  }
}

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

/** The books of one process (DESIGN §2). Each count is made once, after the thing has happened. */
export class Books {
  readonly #connectors = new Map<string, Mutable<ConnectorBook>>()
  readonly enrich: Mutable<EnrichBook> = { passed: 0, dropped: {}, dead: {} }
  readonly index: Mutable<IndexBook> = { new: 0, replaced: 0, stale: 0, removed: 0, dropped: {}, dead: {} }
  readonly #carried: Mutable<StageCounts> = { enrich: 0, index: 0 }
  /** By stage and partition: before this offset everything is carried, left by an earlier run or handled in this one. */
  readonly #carriedBefore = new Map<string, number>()

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

  carry(stage: keyof StageCounts, mentions: number): void {
    this.#carried[stage] += mentions
  }

  /** Where the stage's topic ends as the run begins: what stands before that came from elsewhere. */
  begin(stage: keyof StageCounts, ends: readonly Pick<PartitionLag, 'partition' | 'end'>[]): void {
    for (const { partition, end } of ends) this.#carriedBefore.set(`${stage}/${partition}`, end)
  }

  /** Counts what is carried of a batch; a stage whose commit fails is given the same records again, and what becomes of them is counted again. */
  delivered(stage: keyof StageCounts, { partition, records }: Pick<RecordBatch, 'partition' | 'records'>): void {
    const place = `${stage}/${partition}`
    const before = this.#carriedBefore.get(place) ?? 0
    this.carry(stage, records.filter((record) => record.offset < before && isMention(record)).length)
    this.#carriedBefore.set(place, Math.max(before, (records.at(-1)?.offset ?? -1) + 1))
  }

  snapshot(): BooksSnapshot {
    return structuredClone({
      connectors: Object.fromEntries(this.#connectors),
      carried: this.#carried,
      enrich: this.enrich,
      index: this.index,
    })
  }
}

/** The books of several processes as one. */
export function addBooks(all: readonly BooksSnapshot[]): BooksSnapshot {
  const together = new Books()
  for (const { connectors, carried, enrich, index } of all) {
    for (const [id, book] of Object.entries(connectors)) together.addRead(id, book)
    together.carry('enrich', carried.enrich)
    together.carry('index', carried.index)
    addCounts(together.enrich, enrich)
    addCounts(together.index, index)
  }
  return together.snapshot()
}

function addCounts<B extends EnrichBook | IndexBook>(to: Mutable<B>, from: B): void {
  const counts = to as Record<string, number | Record<string, number>>
  for (const [name, counted] of Object.entries<number | Tally>({ ...from })) {
    if (typeof counted === 'number') counts[name] = (counts[name] as number) + counted
    else for (const [reason, n] of Object.entries(counted)) tally(counts[name] as Record<string, number>, reason, n)
  }
}

/** Only these are in the books; heartbeats and author operations travel beside them. */
export const isMention = ({ headers }: Pick<LogRecord, 'headers'>): boolean =>
  headers[Header.Type]?.startsWith('mention.') === true

export function tally(counts: Record<string, number>, reason: string, by = 1): void {
  counts[reason] = (counts[reason] ?? 0) + by
}
