import type { BooksSnapshot } from '#infra/runtime/books.ts'
import { acceptedOf, sum } from '#infra/runtime/books.ts'
import type { KeptArchive, KeptTopic } from './kept-records.ts'

/** What lies at each hop of one installation, counted there and not taken from its books. */
export interface KeptHops {
  readonly raw: KeptTopic
  readonly enriched: KeptTopic
  readonly dead: KeptTopic
  readonly rawArchive: KeptArchive
  readonly enrichedArchive: KeptArchive
}

export interface HopCheck {
  readonly what: string
  /** null: nothing says how many it must be. */
  readonly wanted: number | null
  /** null: the log has forgotten what every group has handled. */
  readonly found: number | null
}

/** What the books promise of each hop beside what lies there. */
export function hopChecks(books: BooksSnapshot, kept: KeptHops, partitions: number): readonly HopCheck[] {
  const connectors = Object.values(books.connectors)
  const authors = connectors.reduce((total, book) => total + book.authors, 0) * partitions
  const unread = connectors.reduce((total, book) => total + sum(book.dead), 0)
  const buried = sum(books.enrich.dead) + sum(books.index.dead)
  const accepted = acceptedOf(books)
  const { passed } = books.enrich
  const { raw, enriched, dead, rawArchive, enrichedArchive } = kept
  const of = (topic: KeptTopic, found: number) => (topic.partial ? null : found)
  return [
    { what: 'raw topic: mention operations', wanted: accepted, found: of(raw, raw.mentions) },
    { what: 'raw topic: author operations, one a partition', wanted: authors, found: of(raw, raw.authors) },
    { what: 'raw topic: heartbeats', wanted: null, found: of(raw, raw.heartbeats) },
    { what: 'raw archive: records', wanted: accepted + authors, found: rawArchive.records },
    { what: 'raw archive: offsets not covered exactly once', wanted: 0, found: rawArchive.faults },
    { what: 'raw archive: segments', wanted: null, found: rawArchive.segments },
    { what: 'raw archive: bytes', wanted: null, found: rawArchive.bytes },
    { what: 'enriched topic: mention operations', wanted: passed, found: of(enriched, enriched.mentions) },
    { what: 'enriched topic: author operations', wanted: authors, found: of(enriched, enriched.authors) },
    { what: 'enriched topic: heartbeats', wanted: of(raw, raw.heartbeats), found: of(enriched, enriched.heartbeats) },
    { what: 'enriched archive: records', wanted: passed + authors, found: enrichedArchive.records },
    { what: 'enriched archive: offsets not covered exactly once', wanted: 0, found: enrichedArchive.faults },
    { what: 'enriched archive: segments', wanted: null, found: enrichedArchive.segments },
    { what: 'enriched archive: bytes', wanted: null, found: enrichedArchive.bytes },
    { what: 'dead letters', wanted: unread + buried, found: total(dead) },
  ]
}

const total = ({ mentions, authors, heartbeats, other }: KeptTopic): number => mentions + authors + heartbeats + other
