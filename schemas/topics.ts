import type { WireRecords } from './generated.ts'

/** Topic names without the namespace; `topicName` adds it. */
export const Topic = {
  Raw: 'mentions.raw.v1',
  Enriched: 'mentions.enriched.v1',
  Dead: 'mentions.dead.v1',
  Alerts: 'alerts.v1',
  Cursors: 'cursors.v1',
} as const
export type Topic = (typeof Topic)[keyof typeof Topic]

/** What records stand on which topic; on `cursors.v1` it is JSON. */
export const topicRecords = {
  [Topic.Raw]: ['MentionEvent', 'AuthorEvent', 'Heartbeat'],
  [Topic.Enriched]: ['EnrichedEvent', 'AuthorEvent', 'Heartbeat'],
  [Topic.Dead]: ['DeadLetter'],
  [Topic.Alerts]: ['Alert'],
  [Topic.Cursors]: [],
} as const satisfies Readonly<Record<Topic, readonly (keyof WireRecords)[]>>

/** `namespace` lets two installations share servers. */
export const topicName = (namespace: string, topic: Topic): string => `${namespace}.${topic}`

/** Record headers: CloudEvents in binary mode, and what routes a record without decoding it. */
export const Header = {
  /** `mention.<op>`, `author.<op>` or `heartbeat`. */
  Type: 'ce_type',
  /** Set by a replay to its id: archive and notifiers ignore such records. */
  Replay: 'earshot_replay',
} as const
