import type { Annotations, EnrichedEvent, Mention, RawPointer, Source } from './generated.ts'

/** The last known content of a mention and where it stands in the order of operations. */
export interface Content {
  readonly rev: number
  readonly generation: number
  readonly observedAt: number
  readonly ingestedAt: number | null
  readonly source: Source
  readonly mention: Mention
  readonly annotations: Annotations
  readonly tokens: string
  readonly raw: RawPointer | null
}

export interface Visibility {
  readonly rev: number
  readonly hidden: boolean
}

/** Everything an index knows of one mention id. A deleted one knows nothing but that. */
export interface MentionState {
  readonly id: string
  /** `rev` of the first delete known; null while it stands. */
  readonly deletedAt: number | null
  readonly visibility: Visibility | null
  readonly content: Content | null
  /** When any connector first saw it; kept through edits and replays. */
  readonly firstObservedAt: number | null
}

/** What one event says on its own. */
export function stateOf(event: EnrichedEvent): MentionState {
  const nothing = { id: event.id, deletedAt: null, visibility: null, content: null, firstObservedAt: null }
  switch (event.op) {
    case 'delete':
      return { ...nothing, deletedAt: event.rev }
    case 'hide':
    case 'restore':
      return { ...nothing, visibility: { rev: event.rev, hidden: event.op === 'hide' } }
    case 'create':
    case 'update': {
      const { id, op, reason, mention, annotations, tokens, ...place } = event
      if (mention === null || annotations === null || tokens === null) {
        throw new TypeError(`${op} of ${id} without its content`)
      }
      return { ...nothing, content: { ...place, mention, annotations, tokens }, firstObservedAt: event.observedAt }
    }
    case 'unknown':
      return nothing
    default:
      return event.op satisfies never
  }
}

/**
 * What stands after `incoming` met `stored`. Commutative, associative and idempotent, so that repeats and any order of
 * arrival end in the same state (a join of registers; Shapiro et al., "Conflict-free replicated data types", 2011):
 * a delete is terminal and needs no clock; otherwise the higher `(rev, generation)` wins; the first observation stays.
 */
export function merge(stored: MentionState | null, incoming: MentionState): MentionState {
  if (stored === null) return incoming
  if (stored.deletedAt !== null || incoming.deletedAt !== null) {
    const deletedAt = Math.min(
      stored.deletedAt ?? Number.POSITIVE_INFINITY,
      incoming.deletedAt ?? Number.POSITIVE_INFINITY,
    )
    return { id: stored.id, deletedAt, visibility: null, content: null, firstObservedAt: null }
  }
  return {
    id: stored.id,
    deletedAt: null,
    visibility: laterVisibility(stored.visibility, incoming.visibility),
    content: laterContent(stored.content, incoming.content),
    firstObservedAt: least(stored.firstObservedAt, incoming.firstObservedAt),
  }
}

/** Of two hides or restores the later one; also for those of authors. */
export function laterVisibility(a: Visibility | null, b: Visibility | null): Visibility | null {
  if (a === null || b === null) return a ?? b
  if (a.rev !== b.rev) return a.rev > b.rev ? a : b
  return a.hidden ? a : b // at the same moment the cautious reading wins
}

function laterContent(a: Content | null, b: Content | null): Content | null {
  if (a === null || b === null) return a ?? b
  if (a.rev !== b.rev) return a.rev > b.rev ? a : b
  if (a.generation !== b.generation) return a.generation > b.generation ? a : b
  return compareTied(a, b) >= 0 ? a : b
}

/**
 * The same place in the order: any rule will do that does not look at who came first. Of two records with the same payload,
 * as a repeat or a replay makes them, the earlier one on the log stays, so that they change nothing.
 */
function compareTied(a: Content, b: Content): number {
  if (a.observedAt !== b.observedAt) return a.observedAt - b.observedAt
  return (
    compareText(a.raw?.sha256 ?? '', b.raw?.sha256 ?? '') ||
    (b.raw?.partition ?? 0) - (a.raw?.partition ?? 0) ||
    (b.raw?.offset ?? 0) - (a.raw?.offset ?? 0) ||
    compareText(JSON.stringify(a), JSON.stringify(b))
  )
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a > b ? 1 : -1)

function least(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}
