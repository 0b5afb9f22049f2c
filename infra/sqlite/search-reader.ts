import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AggregateRequest, Aggregates, SearchRequest } from '#infra/contracts/search-index.ts'
import { pack } from '#infra/runtime/pack.ts'
import { placeOf } from './facts-chunk.ts'
import { FactsReader } from './facts-reader.ts'
import { Histogram } from './histogram.ts'
import { DatabaseKind, openDatabase } from './open-database.ts'
import { comparePlaces, type PagePlace, parsePlace, printPlace } from './page-cursor.ts'
import { RowList } from './row-list.ts'
import { firstRowOf, hourOf, hourOfRow, lastRowOf } from './search-rows.ts'
import { SEARCH_MIGRATIONS } from './search-schema.ts'
import { type Filter, SelectionFilter } from './selection-filter.ts'
import { TermTally } from './term-tally.ts'

const CACHE_KIB = 64 * 1024

/** Hits as they stand in the index; the caller's thread decodes them. */
export interface PackedHits {
  /** Wire bytes of the records, by `pack`. */
  readonly buffers: readonly [ArrayBuffer]
  readonly firstObservedAt: readonly number[]
}

export interface PackedPage extends PackedHits {
  readonly total: number
  readonly next: string | null
}

/** Answers questions about `index.db` from a read-only connection. Each answer is one snapshot; nothing stays open between two. */
export class SearchReader {
  readonly #database: DatabaseSync
  readonly #facts: FactsReader
  readonly #filter: SelectionFilter
  readonly #tally: TermTally
  readonly #statements = new Map<string, StatementSync>()
  readonly #gathered = new RowList()

  constructor({ path }: { readonly path: string }) {
    this.#database = openDatabase({ path, kind: DatabaseKind.Index, migrations: SEARCH_MIGRATIONS, readOnly: true })
    this.#database.exec(`PRAGMA cache_size = -${CACHE_KIB}`)
    this.#facts = new FactsReader(this.#database)
    this.#filter = new SelectionFilter(this.#database, this.#facts)
    this.#tally = new TermTally(this.#database)
    // SQLite calls us for each mention: several times cheaper than fetching a result row for each.
    this.#database.function('gather', (row) => this.#gathered.add(row as number) ?? null)
  }

  close(): void {
    this.#database.close()
  }

  search(request: SearchRequest): PackedPage {
    return this.#snapshot(() => {
      const { limit } = request
      const filter = this.#filter.select(request)
      const { total } = this.#statement(`SELECT count(*) AS total FROM fts WHERE ${filter.where}`).get(
        filter.parameters,
      )!
      const places = limit === 0 ? [] : this.#places(filter, request)
      const shown = places.slice(0, limit)
      const next = places.length > limit ? printPlace(shown.at(-1)!) : null
      return { ...this.#hits(shown.map(({ row }) => row)), total: total as number, next }
    })
  }

  /** The page's mentions in order, and at least one more when there are more. */
  #places({ where, parameters }: Filter, { sort, limit, after }: SearchRequest): PagePlace[] {
    const start = after === null ? null : parsePlace(after)
    const bounds = { ...parameters }
    if (start !== null && sort === 'newest') bounds.last = lesser(bounds.last, lastRowOf(hourOf(start.publishedAt)))
    if (start !== null && sort === 'oldest') bounds.first = greater(bounds.first, firstRowOf(hourOf(start.publishedAt)))
    const direction = sort === 'newest' ? 'DESC' : 'ASC'
    const statement = this.#statement(`SELECT rowid AS row FROM fts WHERE ${where} ORDER BY rowid ${direction}`)
    const places: PagePlace[] = []
    let hour = Number.NaN
    for (const found of statement.iterate(bounds)) {
      const row = found.row as number
      // Rows follow time from hour to hour, but not within one.
      if (hourOfRow(row) !== hour && places.length > limit) break
      hour = hourOfRow(row)
      const place = { publishedAt: this.#facts.chunk(row).publishedAt(placeOf(row)), row }
      if (start === null || comparePlaces(sort, start, place) < 0) places.push(place)
    }
    return places.sort((a, b) => comparePlaces(sort, a, b))
  }

  #hits(rows: readonly number[]): PackedHits {
    const statement = this.#statement('SELECT event, firstObservedAt FROM body WHERE row = ?')
    const found = rows.map((row) => statement.get(row)!)
    return {
      buffers: [pack(found.map(({ event }) => event as Uint8Array))],
      firstObservedAt: found.map(({ firstObservedAt }) => firstObservedAt as number),
    }
  }

  aggregate(request: AggregateRequest): Aggregates {
    return this.#snapshot(() => {
      const filter = this.#filter.select(request)
      const histogram = new Histogram()
      for (const row of this.#rows(filter)) histogram.add(this.#facts.chunk(row), placeOf(row))
      const { total, buckets } = histogram
      const counted = this.#tally.count(filter, request, total.mentions)
      return { total, buckets: request.buckets ? buckets : [], ...counted }
    })
  }

  /** All rows of a filter, in order. */
  #rows({ where, parameters }: Filter): Float64Array {
    this.#gathered.clear()
    this.#statement(`SELECT count(gather(fts.rowid)) FROM fts WHERE ${where}`).get(parameters)
    return this.#gathered.rows
  }

  /** No hit: unknown, hidden or deleted. */
  get({ id }: { readonly id: string }): PackedHits {
    return this.#snapshot(() => {
      const found = this.#statement('SELECT row FROM mention WHERE id = ? AND visible').get(id)
      return this.#hits(found === undefined ? [] : [found.row as number])
    })
  }

  #snapshot<T>(work: () => T): T {
    this.#facts.reset()
    this.#database.exec('BEGIN')
    try {
      return work()
    } finally {
      // A damaged file ends the transaction by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}

const lesser = (a: bigint, b: number): bigint => (a < BigInt(b) ? a : BigInt(b))
const greater = (a: bigint, b: number): bigint => (a > BigInt(b) ? a : BigInt(b))
