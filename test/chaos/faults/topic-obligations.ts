import type { LogRecord } from '#infra/contracts/event-log.ts'
import { decode } from '#schemas/codec.ts'
import { authorKey } from '#schemas/mention-id.ts'
import { Header } from '#schemas/topics.ts'

/** What the lines of a corpus ask of a topic: the operations of each key, in the order of the lines. */
export interface TopicObligations {
  /** `<op> <rev>` by mention id. */
  readonly mentions: ReadonlyMap<string, readonly string[]>
  /** The same by author, wanted in every partition. */
  readonly authors: ReadonlyMap<string, readonly string[]>
}

interface Line {
  readonly id?: string
  readonly op: string
  readonly observedAt: string
  readonly author?: { readonly id: string }
}

export function topicObligations(lines: readonly string[]): TopicObligations {
  const mentions = new Map<string, string[]>()
  const authors = new Map<string, string[]>()
  for (const text of lines) {
    const { id, op, observedAt, author } = JSON.parse(text) as Line
    const [keys, key, name] = op.startsWith('author.')
      ? ([authors, authorKey('file', author?.id ?? ''), op.slice('author.'.length)] as const)
      : ([mentions, `file:${id}`, op] as const)
    const known = keys.get(key)
    const operation = `${name} ${Date.parse(observedAt)}`
    if (known === undefined) keys.set(key, [operation])
    else known.push(operation)
  }
  return { mentions, authors }
}

export interface TopicCount {
  readonly violations: readonly string[]
  /** Records that say what an earlier record of their key and partition said. */
  readonly repeats: number
}

/**
 * Every operation is there, none is invented, and those of a key come in the order of the lines when repeats are left out: at
 * least once, in order. `partitions` holds the records of each.
 */
export function countTopic(
  topic: string,
  partitions: readonly (readonly LogRecord[])[],
  { mentions, authors }: TopicObligations,
): TopicCount {
  const violations: string[] = []
  let repeats = 0
  const placeOf = new Map<string, number>()
  for (const [partition, records] of partitions.entries()) {
    const seen = new Map<string, Set<string>>()
    for (const { key, value, headers, offset } of records) {
      const type = headers[Header.Type] ?? ''
      if (type === 'heartbeat' || headers[Header.Replay] !== undefined) continue
      const operation = operationOf(value)
      if (key === null || operation === null) {
        violations.push(`${topic} ${partition}@${offset} is no operation of ours`)
        continue
      }
      const known = seen.get(key) ?? new Set()
      seen.set(key, known)
      if (known.has(operation)) repeats++
      known.add(operation)
    }
    for (const [key, operations] of seen) {
      const wanted = mentions.get(key) ?? authors.get(key)
      if (wanted === undefined) violations.push(`${topic}: ${key} was invented`)
      else if (wanted.join() !== [...operations].join())
        violations.push(`${topic}: ${key} has [${[...operations]}] where [${wanted}] were written`)
      if (!mentions.has(key)) continue
      if (placeOf.has(key)) violations.push(`${topic}: ${key} is in two partitions`)
      placeOf.set(key, partition)
    }
    for (const author of authors.keys())
      if (!seen.has(author)) violations.push(`${topic}: the operations of ${author} are not in partition ${partition}`)
  }
  for (const id of mentions.keys()) if (!placeOf.has(id)) violations.push(`${topic}: ${id} is missing`)
  return { violations, repeats }
}

function operationOf(value: Uint8Array): string | null {
  const decoded = decode(value)
  switch (decoded.name) {
    case 'MentionEvent':
    case 'EnrichedEvent':
    case 'AuthorEvent':
      return `${decoded.value.op} ${decoded.value.rev}`
    default:
      return null
  }
}

/** Whether the archive must hold a record: a replay's are there already, and heartbeats say nothing of mentions. */
export function isOwed(holds: 'MentionEvent' | 'EnrichedEvent', { headers, value }: LogRecord): boolean {
  if (headers[Header.Replay] !== undefined) return false
  const { name } = decode(value)
  return name === holds || name === 'AuthorEvent'
}
