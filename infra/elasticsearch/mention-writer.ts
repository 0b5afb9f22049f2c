import type { Client, estypes } from '@elastic/elasticsearch'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { IndexOperation, WriteOutcome } from '#infra/contracts/search-index.ts'
import { type AuthorRow, authorOf, covers } from '#infra/runtime/author-row.ts'
import { applyOperation, readAuthorOperation, readMentionOperation, tombstone } from '#infra/runtime/index-operation.ts'
import type { EnrichedEvent } from '#schemas/generated.ts'
import { authorKey } from '#schemas/mention-id.ts'
import type { MentionState } from '#schemas/merge.ts'
import type { AuthorStore } from './author-store.ts'
import { type BulkItem, BulkSender, type ReadVersion } from './bulk-sender.ts'
import { checkAlias } from './check-alias.ts'
import { type MentionDocument, printDocument, readDocument, type StoredMention } from './mention-document.ts'
import type { IndexNames } from './names.ts'
import { asked, searchWhole, unread } from './server-error.ts'

/** What Elasticsearch takes for an id; one longer one would fail its whole request. */
const MAX_ID_BYTES = 512
/** Documents of one read. */
const READ_ITEMS = 500
/** Operations of one request, and how many requests are under way for one call. */
const SLICE = 500
const IN_FLIGHT = 2
/** In each round somebody else has written the same ids. More than this many is no contention but something else, as an alias with a routing. */
const MAX_ROUNDS = 200
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
  readonly bytes: Uint8Array
}

/** The operations on one id, and what is taken for stored. */
interface Group {
  readonly id: string
  operations: Placed[]
  /** Of the operations; null once they are folded, to be read again if need be: what lives through a request costs the collector much. */
  events: EnrichedEvent[] | null
  stored: StoredMention | null
  version: ReadVersion | null
}

/** A slice under way. */
interface Writing {
  readonly groups: ReadonlyMap<string, Group>
  readonly done: Promise<void>
}

/** A group whose document was sent. */
interface Sent {
  readonly group: Group
  readonly outcomes: readonly WriteOutcome[]
  /** Whose content the document holds. */
  readonly record: Uint8Array | null
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
    this.#sender = new BulkSender({
      ...{ client, alias: names.shown, clock },
      checkAlias: async () => void (await checkAlias(client, names)),
    })
  }

  async write(operations: readonly IndexOperation[]): Promise<readonly WriteOutcome[]> {
    await this.#authors.catchUp()
    const outcomes = new Array<WriteOutcome>(operations.length)
    let from = 0
    for (const [place, { kind, bytes }] of operations.entries()) {
      if (kind !== 'author') continue
      await this.#writeRun(operations, from, place, outcomes)
      outcomes[place] = await this.#author(bytes)
      from = place + 1
    }
    await this.#writeRun(operations, from, operations.length, outcomes)
    return outcomes
  }

  /** A slice is read when its request is next, so that what was decoded is soon forgotten. */
  async #writeRun(
    operations: readonly IndexOperation[],
    from: number,
    to: number,
    outcomes: WriteOutcome[],
  ): Promise<void> {
    const writing: Writing[] = []
    try {
      for (let start = from; start < to; start += SLICE) {
        const groups = groupsOf(operations, start, Math.min(start + SLICE, to), outcomes)
        // Operations on one id take effect in order.
        while (writing.length === IN_FLIGHT || writing.some((earlier) => shareIds(earlier.groups, groups))) {
          await writing.shift()!.done
        }
        const done = this.#writeSlice([...groups.values()], outcomes)
        done.catch(() => undefined) // awaited here or below
        writing.push({ groups, done })
      }
    } finally {
      await Promise.allSettled(writing.map(({ done }) => done))
    }
    for (const { done } of writing) await done
  }

  async #writeSlice(all: readonly Group[], outcomes: WriteOutcome[]): Promise<void> {
    await this.#read(all.filter((group) => !beginsWithCreate(group)))
    let groups = all
    for (let round = 1; groups.length > 0; round++) {
      if (round > MAX_ROUNDS) throw contended(groups.length)
      groups = await this.#writeGroups(groups, outcomes)
    }
  }

  /** Those that are to be tried again, with what is stored now. */
  async #writeGroups(groups: readonly Group[], outcomes: WriteOutcome[]): Promise<Group[]> {
    const sent: Sent[] = []
    const results = await this.#sender.send(this.#itemsOf(groups, sent, outcomes))
    const again: Group[] = []
    const conflicts: Group[] = []
    for (const [i, { group, outcomes: made, record }] of sent.entries()) {
      const result = results[i]!
      if (result === 'written') setOutcomes(group, made, outcomes)
      else if (result === 'conflict') conflicts.push(group)
      else {
        // Whose content it was; the others are folded again without it.
        const refused = group.operations.find(({ bytes }) => bytes === record)
        if (refused === undefined) throw new Error(`${group.id}: ${result.message}, as it was stored before`)
        outcomes[refused.place] = { ...result, kind: 'rejected' }
        group.operations = group.operations.filter((operation) => operation !== refused)
        if (group.operations.length > 0) again.push(group)
      }
    }
    await this.#read(conflicts)
    return [...again, ...conflicts]
  }

  /** What is to be sent for the groups, one by one; `sent` says for which. The others have their outcomes. */
  *#itemsOf(groups: readonly Group[], sent: Sent[], outcomes: WriteOutcome[]): Generator<BulkItem> {
    const now = this.#clock.now()
    for (const group of groups) {
      const { outcomes: made, changed } = fold(group, now, (key) => this.#authors.get(key))
      if (changed === null) setOutcomes(group, made, outcomes)
      else {
        sent.push({ group, outcomes: made, record: changed.record })
        yield { id: group.id, source: this.#print(changed), replaces: group.version }
      }
    }
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
        if ('error' in found) throw unread(WHAT, found.error)
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
    const { hits } = await searchWhole(this.#client, WHAT, {
      index: this.#names.mentions,
      size: READ_ITEMS,
      _source: false,
      query: { bool: { filter: [{ term: { authorKey: key } }], should: unlike, minimum_should_match: 1 } },
    })
    return hits.hits.map(({ _id }) => _id!)
  }

  async #align(ids: readonly string[], row: AuthorRow, rev: number): Promise<void> {
    const groups = ids.map(newGroup)
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
  const events = group.events ?? operations.map(({ bytes }) => eventOf(bytes))
  group.events = null
  const wasHeld = stored !== null && stored.unheldSince === null
  let state: MentionState | null = stored?.state ?? null
  let record = stored?.record ?? null
  let held = wasHeld
  let isChanged = false
  const outcomes = events.map((event, i) => {
    const { outcome, after } = applyOperation(event, state, rowOf)
    if (after === null) return outcome
    if (after.content === null) record = null
    else if (after.content !== state?.content) record = operations[i]!.bytes
    held ||= after.content !== null
    state = after
    isChanged = true
    return outcome
  })
  if (!isChanged || state === null) return { outcomes, changed: null }
  return { outcomes, changed: { state, record, unheldSince: held ? null : now } }
}

function setOutcomes({ operations }: Group, made: readonly WriteOutcome[], outcomes: WriteOutcome[]): void {
  for (const [i, { place }] of operations.entries()) outcomes[place] = made[i]!
}

/** By id. Operations that can never be written have their outcomes. */
function groupsOf(
  operations: readonly IndexOperation[],
  from: number,
  to: number,
  outcomes: WriteOutcome[],
): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (let place = from; place < to; place++) {
    const { bytes } = operations[place]!
    const read = readMentionOperation(bytes)
    if (read.kind === 'rejected') outcomes[place] = read
    else if (!isUsable(read.event.id)) outcomes[place] = ID_INVALID
    else {
      const { event } = read
      const group = groups.get(event.id)
      if (group === undefined) {
        groups.set(event.id, { ...newGroup(event.id), operations: [{ place, bytes }], events: [event] })
      } else {
        group.operations.push({ place, bytes })
        group.events!.push(event)
      }
    }
  }
  return groups
}

const newGroup = (id: string): Group => ({ id, operations: [], events: null, stored: null, version: null })

/** Of bytes that were read before. */
function eventOf(bytes: Uint8Array): EnrichedEvent {
  const read = readMentionOperation(bytes)
  if (read.kind === 'rejected') throw new Error(`the bytes of an operation changed: ${read.message}`)
  return read.event
}

function shareIds(earlier: ReadonlyMap<string, Group>, groups: ReadonlyMap<string, Group>): boolean {
  for (const id of groups.keys()) if (earlier.has(id)) return true
  return false
}

const beginsWithCreate = ({ events }: Group): boolean => events?.[0]?.op === 'create'

const contended = (ids: number): PipelineError =>
  new PipelineError(
    ErrorClass.Transient,
    'INDEX_CONTENDED',
    `${WHAT}: ${ids} documents changed each time before they could be written; see that the alias has no routing, and who else writes`,
  )

const isUsable = (id: string): boolean =>
  id !== '' && (id.length <= MAX_ID_BYTES / 3 || Buffer.byteLength(id) <= MAX_ID_BYTES)

const ID_INVALID: WriteOutcome = {
  kind: 'rejected',
  code: 'ID_INVALID',
  message: `the id is empty or longer than ${MAX_ID_BYTES} bytes; mend the mapping of its connector`,
}
