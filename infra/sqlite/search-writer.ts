import type { DatabaseSync } from 'node:sqlite'
import type { WriteOutcome } from '#infra/contracts/search-index.ts'
import { authorOf, covers } from '#infra/runtime/author-row.ts'
import { applyOperation, readAuthorOperation, readMentionOperation, tombstone } from '#infra/runtime/index-operation.ts'
import { isTimely } from '#infra/runtime/mention-terms.ts'
import { unpack } from '#infra/runtime/pack.ts'
import { readStored } from '#infra/runtime/read-stored.ts'
import { factString, numberFacts, textFacts } from '#query/facts.ts'
import { authorKey } from '#schemas/mention-id.ts'
import { type Content, type MentionState, stateOf } from '#schemas/merge.ts'
import { AuthorRows } from './author-rows.ts'
import type { Facts } from './facts-chunk.ts'
import { type FtsMarks, ftsDocument, hiddenDocument } from './fts-document.ts'
import { DatabaseKind, openDatabase, truncateWal } from './open-database.ts'
import { firstRowOf, hourOf, hourOfRow } from './search-rows.ts'
import { SEARCH_MIGRATIONS } from './search-schema.ts'
import { SearchStore, type StoredMention, type StoredText } from './search-store.ts'
import { storedTerms } from './stored-terms.ts'

/** Operations of one transaction: enough to share its fsync, few enough for a short wait. */
const MAX_OPERATIONS = 4_000
/** Mentions that one pass over an author or a range holds in memory. */
const PASS_ROWS = 500
const CACHE_KIB = 64 * 1024

export interface WriteRequest {
  /** Bytes of the operations, by `pack`. */
  readonly buffers: readonly [ArrayBuffer]
  /** Places of the author operations among them, ascending. */
  readonly authors: readonly number[]
  readonly now: number
}

export interface PruneRequest {
  readonly before: number
  readonly retainSince: number | null
  /** Rows up to here have been looked at. */
  readonly after: number
}

/** A mention that the running transaction has read, as it will stand. */
interface Entry {
  readonly id: string
  readonly stored: StoredMention | null
  state: MentionState | null
  /** The record whose content shall stand, when it is not the stored one. */
  bytes: Uint8Array | null
  unheldSince: number | null
  changed: boolean
}

/** The one writer of `index.db`. Every call is one or more transactions and blocks its thread. */
export class SearchWriter {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #store: SearchStore
  readonly #authors: AuthorRows
  readonly #entries = new Map<string, Entry>()
  #now = 0

  constructor({ path }: { readonly path: string }) {
    this.#path = path
    this.#database = openDatabase({ path, kind: DatabaseKind.Index, migrations: SEARCH_MIGRATIONS })
    this.#database.exec(`PRAGMA cache_size = -${CACHE_KIB}`)
    this.#store = new SearchStore(this.#database)
    this.#authors = new AuthorRows(this.#database)
    this.#rebuild()
  }

  /** An index of an earlier format lacks what newer queries ask; the records hold it. A crash goes on where it was. */
  #rebuild(): void {
    for (let after = this.#store.rebuiltUpTo(); after !== null; after = this.#store.rebuiltUpTo()) {
      const rows = this.#store.rows(after, Number.MAX_SAFE_INTEGER, PASS_ROWS)
      this.#transaction(() => {
        for (const row of rows) {
          const { id, content } = this.#content(row)
          const asked = askedOf(content)
          this.#store.putText(row, storedText(content, asked))
          const isVisible = this.#store.mention(id)!.visible
          this.#store.putDocument(row, documentOf(content, isVisible, asked), true)
        }
        this.#store.putRebuiltUpTo(rows.at(-1) ?? null)
      })
    }
  }

  close(): void {
    this.#database.close()
  }

  /** Durable when it returns. A throw leaves whole transactions of the request written: a repeat is harmless. */
  write({ buffers, authors, now }: WriteRequest): WriteOutcome[] {
    this.#now = now
    const operations = unpack(buffers[0])
    const ofAuthors = new Set(authors)
    const outcomes: WriteOutcome[] = []
    for (let from = 0; from < operations.length; from += MAX_OPERATIONS) {
      const slice = operations.slice(from, from + MAX_OPERATIONS)
      const written = this.#transaction(() =>
        slice.map((bytes, i) => (ofAuthors.has(from + i) ? this.#author(bytes) : this.#mention(bytes))),
      )
      for (const outcome of written) outcomes.push(outcome)
    }
    return outcomes
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#flush()
      this.#database.exec('COMMIT')
      truncateWal(this.#database, this.#path)
      return result
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      this.#entries.clear()
      this.#store.reset()
      this.#authors.reload()
      throw error
    }
  }

  #mention(bytes: Uint8Array): WriteOutcome {
    const read = readMentionOperation(bytes)
    if (read.kind === 'rejected') return read
    const entry = this.#entry(read.event.id)
    const before = entry.state?.content ?? null
    const { outcome, after } = applyOperation(read.event, entry.state, (author) => this.#authors.get(author))
    if (after === null) return outcome
    if (after.content !== before && after.content !== null) entry.bytes = bytes
    this.#change(entry, after)
    return outcome
  }

  #author(bytes: Uint8Array): WriteOutcome {
    const read = readAuthorOperation(bytes)
    if (read.kind === 'rejected') return read
    const { event } = read
    const key = authorKey(event.platform, event.authorId)
    if (!this.#authors.apply(key, event)) return { kind: 'stale' }
    this.#flush()
    for (let rows = this.#store.rowsOfAuthor(key, Number.MIN_SAFE_INTEGER, PASS_ROWS); rows.length > 0; ) {
      for (const row of rows) {
        const entry = this.#entryAt(row)
        if (this.#isCovered(entry.state)) this.#change(entry, tombstone(entry.id, event.rev))
        else entry.changed = event.op !== 'delete'
      }
      this.#flush()
      rows = this.#store.rowsOfAuthor(key, rows.at(-1)!, PASS_ROWS)
    }
    return { kind: event.op === 'delete' ? 'removed' : 'replaced' }
  }

  #isCovered(state: MentionState | null): boolean {
    if (!state?.content) return false
    return covers(this.#authors.get(authorOf(state.content.mention)), state.firstObservedAt!)
  }

  #change(entry: Entry, after: MentionState): void {
    const heldBefore = entry.state !== null && entry.unheldSince === null
    entry.unheldSince = heldBefore || after.content !== null ? null : this.#now
    entry.state = after
    entry.changed = true
  }

  #entry(id: string): Entry {
    const known = this.#entries.get(id)
    if (known !== undefined) return known
    const stored = this.#store.mention(id)
    const content = stored === null || stored.row === null ? null : this.#content(stored.row).content
    const entry = newEntry(id, stored, content)
    this.#entries.set(id, entry)
    return entry
  }

  #entryAt(row: number): Entry {
    const { id } = this.#content(row)
    return this.#entry(id)
  }

  #content(row: number): { readonly id: string; readonly content: Content } {
    const event = readStored(this.#store.body(row), `row ${row} of ${this.#path}`)
    return { id: event.id, content: stateOf(event).content! }
  }

  #flush(): void {
    for (const entry of this.#entries.values()) if (entry.changed) this.#save(entry)
    this.#entries.clear()
    this.#store.flush()
  }

  #save({ id, stored, state, bytes, unheldSince }: Entry): void {
    const { content, visibility, firstObservedAt, deletedAt } = state!
    const oldRow = stored?.row ?? null
    let row: number | null = null
    let visible = false
    if (content !== null) {
      const author = authorOf(content.mention)
      const { publishedAt } = content.mention
      visible = visibility?.hidden !== true && this.#authors.get(author)?.visibility?.hidden !== true
      row = oldRow !== null && hourOfRow(oldRow) === hourOf(publishedAt) ? oldRow : this.#store.newRow(publishedAt)
      const observed = firstObservedAt!
      const asked = askedOf(content)
      if (bytes !== null) this.#store.putContent(row, observed, bytes, storedText(content, asked))
      else if (observed !== stored?.firstObservedAt) this.#store.putFirstObservedAt(row, observed)
      if (bytes !== null || visible !== stored?.visible) {
        this.#store.putDocument(row, documentOf(content, visible, asked), row === oldRow)
      }
      if (bytes !== null || observed !== stored?.firstObservedAt) {
        this.#store.putFacts(row, factsOf(content, observed))
      }
    }
    if (oldRow !== null && row !== oldRow) this.#store.removeContent(oldRow)
    this.#store.putMention(id, { row, visible, firstObservedAt, deletedAt, visibility, unheldSince })
  }

  /** One transaction's share of the work; `next` is null when it was the last. */
  prune({ before, retainSince, after }: PruneRequest): { readonly removed: number; readonly next: number | null } {
    return this.#transaction(() => {
      const forgotten = this.#store.unheld(before, MAX_OPERATIONS)
      for (const id of forgotten) this.#store.forget(id)
      let removed = forgotten.length
      const end = retainSince === null ? Number.MIN_SAFE_INTEGER : firstRowOf(hourOf(retainSince) + 1)
      const rows = this.#store.rows(after, end, PASS_ROWS)
      for (const row of rows) {
        const { id, content } = this.#content(row)
        if (content.mention.publishedAt >= retainSince!) continue
        this.#store.removeContent(row)
        this.#store.forget(id)
        removed++
      }
      const more = rows.length === PASS_ROWS || forgotten.length === MAX_OPERATIONS
      return { removed, next: more ? (rows.at(-1) ?? after) : null }
    })
  }
}

function newEntry(id: string, stored: StoredMention | null, content: Content | null): Entry {
  const base = { id, stored, bytes: null, changed: false }
  if (stored === null) return { ...base, state: null, unheldSince: null }
  const { deletedAt, visibility, firstObservedAt, unheldSince } = stored
  return { ...base, state: { id, deletedAt, visibility, content, firstObservedAt }, unheldSince }
}

type Asked = Pick<FtsMarks, 'facts' | 'numbers'>

const askedOf = (content: Content): Asked => ({ facts: textFacts(content), numbers: numberFacts(content) })

function documentOf(content: Content, isVisible: boolean, asked: Asked): string {
  const author = authorOf(content.mention)
  return isVisible ? ftsDocument(content.tokens, { author, ...asked }) : hiddenDocument(author)
}

const storedText = (content: Content, { facts, numbers }: Asked): StoredText => ({
  terms: storedTerms(content),
  tokens: content.tokens,
  facts: factString(facts, numbers),
})

function factsOf(content: Content, firstObservedAt: number): Facts {
  const { sentiment } = content.annotations
  return {
    publishedAt: content.mention.publishedAt,
    negative: sentiment?.negative ?? Number.NaN,
    neutral: sentiment?.neutral ?? Number.NaN,
    positive: sentiment?.positive ?? Number.NaN,
    timely: isTimely(content, firstObservedAt),
  }
}
