import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { AggregateRequest, Aggregates, SearchRequest } from '#infra/contracts/search-index.ts'
import { pack } from '#infra/runtime/pack.ts'
import { comparePlaces, type PagePlace, parsePlace, printPlace } from '#infra/runtime/page-place.ts'
import { idOfRecord } from '#schemas/codec.ts'
import { placeOf } from './facts-chunk.ts'
import { FactsReader } from './facts-reader.ts'
import { Histogram } from './histogram.ts'
import { DatabaseKind, openDatabase } from './open-database.ts'
import { RowList } from './row-list.ts'
import { firstRowOf, hourOf, hourOfRow, lastRowOf } from './search-rows.ts'
import { SEARCH_MIGRATIONS } from './search-schema.ts'
import { type Filter, SelectionFilter } from './selection-filter.ts'
import { TermTally } from './term-tally.ts'

/** Enough of a record to hold its id. */
const HEAD_BYTES = 512
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

export interface PackedById extends PackedHits {
  /** Of each id that was asked for; the hits are those of the ids that are, in order. */
  readonly isShown: readonly boolean[]
}

/** A match, with its place in time. */
interface Found {
  readonly publishedAt: number
  readonly row: number
}

/** Answers questions about `index.db` from a read-only connection. Each answer is one snapshot; nothing stays open between two. */
export class SearchReader {
  readonly #database: DatabaseSync
  readonly #facts: FactsReader
  readonly #filter: SelectionFilter
  readonly #tally: TermTally
  readonly #statements = new Map<string, StatementSync>()
  readonly #gathered = new RowList()
  /** Once it is, it stays so. */
  #isRebuilt = false

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
      const last = shown.at(-1)
      const next = places.length > limit && last !== undefined ? printPlace(this.#placeOf(last)) : null
      return { ...this.#hits(shown.map(({ row }) => row)), total: total as number, next }
    })
  }

  /** The page's mentions in order, and at least one more when there are more. */
  #places({ where, parameters }: Filter, { sort, limit, after }: SearchRequest): Found[] {
    const start = after === null ? null : parsePlace(after)
    const bounds = { ...parameters }
    if (start !== null && sort === 'newest') bounds.last = lesser(bounds.last, lastRowOf(hourOf(start[0])))
    if (start !== null && sort === 'oldest') bounds.first = greater(bounds.first, firstRowOf(hourOf(start[0])))
    const direction = sort === 'newest' ? 'DESC' : 'ASC'
    const statement = this.#statement(`SELECT rowid AS row FROM fts WHERE ${where} ORDER BY rowid ${direction}`)
    const places: Found[] = []
    let hour = Number.NaN
    for (const found of statement.iterate(bounds)) {
      const row = found.row as number
      // Rows follow time from hour to hour, but not within one.
      if (hourOfRow(row) !== hour && places.length > limit) break
      hour = hourOfRow(row)
      const place = { publishedAt: this.#facts.chunk(row).publishedAt(placeOf(row)), row }
      if (start === null || this.#isBehind(start, place, sort)) places.push(place)
    }
    const sign = sort === 'oldest' ? 1 : -1
    places.sort((a, b) => sign * (a.publishedAt - b.publishedAt))
    return this.#withTiesInOrder(places, sort, limit)
  }

  #isBehind(start: PagePlace, place: Found, sort: SearchRequest['sort']): boolean {
    if (place.publishedAt === start[0]) return comparePlaces(sort, start, this.#placeOf(place)) < 0
    return place.publishedAt > start[0] === (sort === 'oldest')
  }

  /** Of one millisecond the ids decide, which lie with the records: looked up only where the page needs them. */
  #withTiesInOrder(places: readonly Found[], sort: SearchRequest['sort'], limit: number): Found[] {
    const ordered: Found[] = []
    while (ordered.length < places.length && ordered.length <= limit) {
      const from = ordered.length
      let end = from + 1
      while (places[end]?.publishedAt === places[from]!.publishedAt) end++
      const tied = places.slice(from, end)
      if (tied.length === 1) ordered.push(tied[0]!)
      else {
        const named = tied.map((found) => ({ found, place: this.#placeOf(found) }))
        named.sort((a, b) => comparePlaces(sort, a.place, b.place))
        for (const { found } of named) ordered.push(found)
      }
    }
    return ordered
  }

  #placeOf({ publishedAt, row }: Found): PagePlace {
    const { head } = this.#statement(`SELECT substr(event, 1, ${HEAD_BYTES}) AS head FROM body WHERE row = ?`).get(row)!
    return [publishedAt, idOfRecord(head as Uint8Array)]
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

  get({ ids }: { readonly ids: readonly string[] }): PackedById {
    return this.#snapshot(() => {
      const statement = this.#statement('SELECT row FROM mention WHERE id = ? AND visible')
      const rows = ids.map((id) => statement.get(id)?.row as number | undefined)
      return { ...this.#hits(rows.filter((row) => row !== undefined)), isShown: rows.map((row) => row !== undefined) }
    })
  }

  #snapshot<T>(work: () => T): T {
    this.#facts.reset()
    this.#database.exec('BEGIN')
    try {
      this.#checkRebuilt()
      return work()
    } finally {
      // A damaged file ends the transaction by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    }
  }

  #checkRebuilt(): void {
    if (this.#isRebuilt) return
    this.#isRebuilt = this.#statement('SELECT 1 FROM rebuild').get() === undefined
    if (this.#isRebuilt) return
    throw new PipelineError(
      ErrorClass.Transient,
      'INDEX_REBUILDING',
      'the index is being brought up to date by another process of this version: ask again when it is done',
    )
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
