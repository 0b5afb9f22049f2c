import type { Client, estypes } from '@elastic/elasticsearch'
import type { Clock } from '#infra/contracts/clock.ts'
import type { IndexOperation, WriteOutcome } from '#infra/contracts/search-index.ts'
import { type AuthorRow, authorOf, covers } from '#infra/runtime/author-row.ts'
import { applyOperation, readAuthorOperation, readMentionOperation, tombstone } from '#infra/runtime/index-operation.ts'
import type { EnrichedEvent } from '#schemas/generated.ts'
import { authorKey } from '#schemas/mention-id.ts'
import type { MentionState } from '#schemas/merge.ts'
import type { AuthorStore } from './author-store.ts'
import { type BulkItem, BulkSender, type ReadVersion } from './bulk-sender.ts'
import { type MentionDocument, printDocument, readDocument, type StoredMention } from './mention-document.ts'
import type { IndexNames } from './names.ts'
import { asked, indexMissing } from './server-error.ts'

/** What Elasticsearch takes for an id; one longer one would fail its whole request. */
const MAX_ID_BYTES = 512
/** Documents of one read. */
const READ_ITEMS = 500
const WHAT = 'writing mentions'

export interface MentionWriterOptions {
  readonly client: Client
  readonly names: IndexNames
  readonly clock: Clock
  readonly authors: AuthorStore
  /** Makes everything written so far visible to searches. */
  readonly refresh: () => Promise<void>
}

/** An operation and its place among the outcomes. */
interface Placed {
  readonly place: number
  readonly event: EnrichedEvent
  readonly bytes: Uint8Array
}

/** The operations on one id, and what is taken for stored. */
interface Group {
  readonly id: string
  operations: readonly Placed[]
  stored: StoredMention | null
  version: ReadVersion | null
}

/**
 * Writes as DESIGN §5 says: operations are folded by id; what begins with a create is written as if the id were new, and
 * everything else, and what turns out not to be new, is read, merged and written if nobody was faster.
 */
export class MentionWriter {
  readonly #client: Client
  readonly #names: IndexNames
  readonly #clock: Clock
  readonly #authors: AuthorStore
  readonly #refresh: () => Promise<void>
  readonly #sender: BulkSender

  constructor({ client, names, clock, authors, refresh }: MentionWriterOptions) {
    this.#client = client
    this.#names = names
    this.#clock = clock
    this.#authors = authors
    this.#refresh = refresh
    this.#sender = new BulkSender({ client, alias: names.shown, clock })
  }

  async write(operations: readonly IndexOperation[]): Promise<readonly WriteOutcome[]> {
    await this.#authors.catchUp()
    const outcomes = new Array<WriteOutcome>(operations.length)
    let run: Placed[] = []
    for (const [place, { kind, bytes }] of operations.entries()) {
      if (kind === 'author') {
        await this.#writeRun(run, outcomes)
        run = []
        outcomes[place] = await this.#author(bytes)
        continue
      }
      const read = readMentionOperation(bytes)
      if (read.kind === 'rejected') outcomes[place] = read
      else if (isUsable(read.event.id)) run.push({ place, event: read.event, bytes })
      else outcomes[place] = ID_INVALID
    }
    await this.#writeRun(run, outcomes)
    return outcomes
  }

  async #writeRun(run: readonly Placed[], outcomes: WriteOutcome[]): Promise<void> {
    const all = groupsOf(run)
    const [fresh, others] = [all.filter(beginsWithCreate), all.filter((group) => !beginsWithCreate(group))]
    await this.#read(others)
    for (let groups = [...fresh, ...others]; groups.length > 0; ) groups = await this.#writeGroups(groups, outcomes)
  }

  /** Those that are to be tried again, with what is stored now. */
  async #writeGroups(groups: readonly Group[], outcomes: WriteOutcome[]): Promise<Group[]> {
    const items: BulkItem[] = []
    const writing: { readonly group: Group; readonly folded: Folded }[] = []
    const now = this.#clock.now()
    for (const group of groups) {
      const folded = fold(group, now, (key) => this.#authors.get(key))
      if (folded.changed === null) setOutcomes(group, folded, outcomes)
      else {
        items.push({ id: group.id, source: this.#print(folded.changed), replaces: group.version })
        writing.push({ group, folded })
      }
    }
    const results = await this.#sender.send(items)
    const again: Group[] = []
    const conflicts: Group[] = []
    for (const [i, { group, folded }] of writing.entries()) {
      const result = results[i]!
      if (result === 'written') setOutcomes(group, folded, outcomes)
      else if (result === 'conflict') conflicts.push(group)
      else {
        // Whose content it was; the others are folded again without it.
        const refused = group.operations.find(({ bytes }) => bytes === folded.changed?.record)
        if (refused === undefined) throw new Error(`${group.id}: ${result.message}, as it was stored before`)
        outcomes[refused.place] = { ...result, kind: 'rejected' }
        group.operations = group.operations.filter((operation) => operation !== refused)
        if (group.operations.length > 0) again.push(group)
      }
    }
    await this.#read(conflicts)
    return [...again, ...conflicts]
  }

  #print(mention: StoredMention): string {
    const { content, visibility } = mention.state
    const visible =
      content !== null &&
      visibility?.hidden !== true &&
      this.#authors.get(authorOf(content.mention))?.visibility?.hidden !== true
    return printDocument(mention, visible)
  }

  /** Reads what is stored, past every cache. */
  async #read(groups: readonly Group[]): Promise<void> {
    for (let from = 0; from < groups.length; from += READ_ITEMS) {
      const part = groups.slice(from, from + READ_ITEMS)
      const { docs } = await asked(
        WHAT,
        this.#client.mget<MentionDocument>({ index: this.#names.mentions, ids: part.map(({ id }) => id) }),
      )
      for (const [i, group] of part.entries()) {
        const found = docs[i] as estypes.GetGetResult<MentionDocument> | estypes.MgetMultiGetError
        if ('error' in found) throw indexMissing(WHAT, found.error)
        group.stored = found.found ? readDocument(group.id, found._source!) : null
        group.version = found.found ? { seqNo: found._seq_no!, primaryTerm: found._primary_term! } : null
      }
    }
  }

  async #author(bytes: Uint8Array): Promise<WriteOutcome> {
    const read = readAuthorOperation(bytes)
    if (read.kind === 'rejected') return read
    const { platform, authorId, op, rev } = read.event
    const key = authorKey(platform, authorId)
    let changed = await this.#authors.apply(key, read.event)
    // For each copy of the operation, also where the row is known: each partition has one, and in this one another process may
    // have written before it knew. Until a pass finds none, since others write meanwhile.
    for (;;) {
      const row = this.#authors.get(key)!
      const ids = await this.#unlike(key, row)
      if (ids.length === 0) break
      await this.#align(ids, row, rev)
      changed = true
    }
    if (!changed) return { kind: 'stale' }
    return { kind: op === 'delete' ? 'removed' : 'replaced' }
  }

  /** Some ids of the author's mentions that do not yet stand as the row says. */
  async #unlike(key: string, { until, block, visibility }: AuthorRow): Promise<readonly string[]> {
    await this.#refresh()
    const unlike: estypes.QueryDslQueryContainer[] =
      visibility?.hidden === true
        ? [{ term: { visible: true } }]
        : [{ bool: { filter: [{ term: { visible: false } }], must_not: [{ term: { hidden: true } }] } }]
    if (block) unlike.push({ match_all: {} })
    else if (until !== null) unlike.push({ range: { firstObservedAt: { lte: until } } })
    const { hits } = await asked(
      WHAT,
      this.#client.search({
        index: this.#names.mentions,
        size: READ_ITEMS,
        _source: false,
        query: { bool: { filter: [{ term: { authorKey: key } }], should: unlike, minimum_should_match: 1 } },
      }),
    )
    return hits.hits.map(({ _id }) => _id!)
  }

  async #align(ids: readonly string[], row: AuthorRow, rev: number): Promise<void> {
    const groups = ids.map((id): Group => ({ id, operations: [], stored: null, version: null }))
    await this.#read(groups)
    const items = groups.flatMap(({ id, stored, version }) => {
      if (stored?.state.content == null) return []
      const gone = covers(row, stored.state.firstObservedAt!)
      const mention = gone ? { state: tombstone(id, rev), record: null, unheldSince: null } : stored
      return [{ id, source: this.#print(mention), replaces: version }]
    })
    // Where somebody was faster the next pass looks again.
    for (const [i, result] of (await this.#sender.send(items)).entries()) {
      if (typeof result === 'object') throw new Error(`${items[i]!.id}: ${result.message}, as it was stored before`)
    }
  }
}

/** What a group's operations make of what is stored. */
interface Folded {
  readonly outcomes: readonly WriteOutcome[]
  /** null when nothing is to be written. */
  readonly changed: StoredMention | null
}

function fold(group: Group, now: number, rowOf: (author: string | null) => AuthorRow | undefined): Folded {
  const { stored, operations } = group
  const wasHeld = stored !== null && stored.unheldSince === null
  let state: MentionState | null = stored?.state ?? null
  let record = stored?.record ?? null
  let held = wasHeld
  let isChanged = false
  const outcomes = operations.map(({ event, bytes }) => {
    const { outcome, after } = applyOperation(event, state, rowOf)
    if (after === null) return outcome
    if (after.content === null) record = null
    else if (after.content !== state?.content) record = bytes
    held ||= after.content !== null
    state = after
    isChanged = true
    return outcome
  })
  if (!isChanged || state === null) return { outcomes, changed: null }
  return { outcomes, changed: { state, record, unheldSince: held ? null : now } }
}

function setOutcomes({ operations }: Group, folded: Folded, outcomes: WriteOutcome[]): void {
  for (const [i, { place }] of operations.entries()) outcomes[place] = folded.outcomes[i]!
}

function groupsOf(run: readonly Placed[]): Group[] {
  const groups = new Map<string, Placed[]>()
  for (const operation of run) {
    const known = groups.get(operation.event.id)
    if (known === undefined) groups.set(operation.event.id, [operation])
    else known.push(operation)
  }
  return [...groups].map(([id, operations]) => ({ id, operations, stored: null, version: null }))
}

const beginsWithCreate = ({ operations }: Group): boolean => operations[0]!.event.op === 'create'

const isUsable = (id: string): boolean =>
  id !== '' && (id.length <= MAX_ID_BYTES / 3 || Buffer.byteLength(id) <= MAX_ID_BYTES)

const ID_INVALID: WriteOutcome = {
  kind: 'rejected',
  code: 'ID_INVALID',
  message: `the id is empty or longer than ${MAX_ID_BYTES} bytes; mend the mapping of its connector`,
}
