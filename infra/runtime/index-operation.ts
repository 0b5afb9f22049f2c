import type { WriteOutcome } from '#infra/contracts/search-index.ts'
import { decode } from '#schemas/codec.ts'
import type { Annotations, AuthorEvent, EnrichedEvent } from '#schemas/generated.ts'
import { type MentionState, merge, stateOf } from '#schemas/merge.ts'
import { type AuthorRow, authorOf, covers } from './author-row.ts'
import { unreadable } from './unreadable.ts'

type Rejected = Extract<WriteOutcome, { readonly kind: 'rejected' }>
export type Read<T> = { readonly kind: 'event'; readonly event: T } | Rejected

/** The event of an operation on a mention, or why it can never be written. */
export function readMentionOperation(bytes: Uint8Array): Read<EnrichedEvent> {
  const decoded = decode(bytes)
  if (decoded.name !== 'EnrichedEvent') return { kind: 'rejected', ...unreadable(decoded, 'EnrichedEvent') }
  const event = decoded.value
  if (event.op === 'unknown') return UNKNOWN_OPERATION
  const withContent = event.op === 'create' || event.op === 'update'
  if (withContent && (event.mention === null || event.annotations === null || event.tokens === null)) {
    return { kind: 'rejected', code: 'CONTENT_MISSING', message: `${event.op} of a mention without its content` }
  }
  return { kind: 'event', event }
}

/** The event of an operation on an author, or why it can never be written. */
export function readAuthorOperation(bytes: Uint8Array): Read<AuthorEvent> {
  const decoded = decode(bytes)
  if (decoded.name !== 'AuthorEvent') return { kind: 'rejected', ...unreadable(decoded, 'AuthorEvent') }
  if (decoded.value.op === 'unknown') return UNKNOWN_OPERATION
  return decoded.value.authorId === '' ? AUTHOR_MISSING : { kind: 'event', event: decoded.value }
}

export interface Applied {
  readonly outcome: WriteOutcome
  /** What stands now; null when nothing is to be written. */
  readonly after: MentionState | null
}

/** What an operation on a mention makes of what stood, by the rules of DESIGN §5. `rowOf` answers what stands about an author. */
export function applyOperation(
  event: EnrichedEvent,
  before: MentionState | null,
  rowOf: (author: string | null) => AuthorRow | undefined,
): Applied {
  if (event.op === 'update' && isUnmatched(event.annotations) && !before?.content) {
    return { outcome: { kind: 'dropped', reason: 'unmatched' }, after: null }
  }
  const incoming = stateOf(event)
  const { content, firstObservedAt } = incoming
  if (content !== null && covers(rowOf(authorOf(content.mention)), firstObservedAt!)) {
    // A later edit of the same mention must not bring it back: what was covered once is gone.
    const gone = before === null || before.deletedAt === null
    return { outcome: AUTHOR_DELETED, after: gone ? tombstone(event.id, event.rev) : null }
  }
  const after = merge(before, incoming)
  if (isSame(before, after)) return { outcome: STALE, after: null }
  return { outcome: outcomeOf(event, before, after), after }
}

/** No query of a brand is true for it, whatever its name means there. */
const isUnmatched = (annotations: Annotations | null): boolean =>
  annotations?.brands.length === 0 && annotations.brandSense.length === 0

/** A mention of which nothing is left but that it was deleted. */
export const tombstone = (id: string, deletedAt: number): MentionState => ({
  id,
  deletedAt,
  visibility: null,
  content: null,
  firstObservedAt: null,
})

const STALE: WriteOutcome = { kind: 'stale' }
const AUTHOR_DELETED: WriteOutcome = { kind: 'dropped', reason: 'author deleted' }

const isSame = (a: MentionState | null, b: MentionState): boolean =>
  a !== null &&
  a.content === b.content &&
  a.deletedAt === b.deletedAt &&
  a.firstObservedAt === b.firstObservedAt &&
  a.visibility?.rev === b.visibility?.rev &&
  a.visibility?.hidden === b.visibility?.hidden

/** For a state that has changed. An earlier delete or first observation changes the state, but nothing that anybody sees. */
function outcomeOf({ op }: EnrichedEvent, before: MentionState | null, after: MentionState): WriteOutcome {
  switch (op) {
    case 'delete':
      return before === null || before.deletedAt === null ? { kind: 'removed' } : STALE
    case 'hide':
    case 'restore':
      return { kind: 'replaced' }
    default:
      if (!before?.content) return { kind: 'new' }
      return after.content === before.content ? STALE : { kind: 'replaced' }
  }
}

const UNKNOWN_OPERATION: Rejected = {
  kind: 'rejected',
  code: 'OPERATION_UNKNOWN',
  message: 'an operation that this version does not know: update Earshot, then retry the dead letter',
}

const AUTHOR_MISSING: Rejected = {
  kind: 'rejected',
  code: 'AUTHOR_MISSING',
  message: 'an operation on an author that it does not name; mend the mapping of its connector',
}
