import type { Configuration } from '#infra/config/configuration.ts'
import type { Cursors } from '#infra/contracts/cursors.ts'
import type { EventLog, TopicSpec } from '#infra/contracts/event-log.ts'
import type { ObjectStore } from '#infra/contracts/object-store.ts'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import type { Table } from '#infra/contracts/table.ts'
import type { LockOwner } from '#infra/filesystem/process-lock.ts'
import type { WireName } from '#schemas/codec.ts'
import { Topic, topicName, topicRecords } from '#schemas/topics.ts'

export interface Topics {
  readonly raw: string
  readonly enriched: string
  readonly dead: string
  readonly alerts: string
}

/** Everything that the pipeline stands on, opened. */
export interface Installation extends AsyncDisposable {
  readonly namespace: string
  /** Name of this process among those that may work on the installation. */
  readonly process: string
  readonly topics: Topics
  /** Raw and enriched topics have as many, so that a mention keeps its partition and the two work in parallel. */
  readonly partitions: number
  readonly log: EventLog
  readonly index: SearchIndex
  readonly cursors: Cursors
  readonly table: Table
  readonly objects: ObjectStore
  readonly besides: Besides
  /** Epochs of the archived topics (DESIGN §6). */
  readonly epochs: { readonly raw: string; readonly enriched: string }
  /** Left for the data of this installation; infinite where that is the business of servers. */
  freeBytes(): Promise<number>
}

/** Indices beside the live one, by name: no process but the one that fills them knows of them. */
export interface Besides {
  /** Makes it when it is missing. The caller closes it. */
  open(name: string): Promise<SearchIndex>
  /** Also when there is none. */
  remove(name: string): Promise<void>
}

/** What people look at, also beside a running pipeline. */
export interface ReadOnlyInstallation extends AsyncDisposable {
  readonly namespace: string
  readonly topics: Topics
  readonly log: EventLog
  readonly index: SearchIndex
  readonly cursors: Pick<Cursors, 'list'>
  readonly table: Table
  /** An index beside the live one, which must be there. The caller closes it. */
  beside(name: string): Promise<SearchIndex>
  /** The archive. The caller closes it. */
  objects(): Promise<ObjectStore>
  /** Records that each group has not handled yet. */
  lags(): Promise<readonly GroupLag[]>
  /** Only where everything is on this machine. */
  readonly local: LocalData | null
}

export interface GroupLag {
  readonly group: string
  readonly waiting: number
}

export interface LocalData {
  /** Bytes used by each part of the data directory, and left on its disk. */
  disk(): Promise<{ readonly used: Readonly<Record<string, number>>; readonly free: number }>
  /** The process that runs the pipeline on it now. */
  owner(): LockOwner | null
}

/** Where the servers of distributed mode are. */
export type Servers = { readonly [S in 'kafka' | 'elasticsearch' | 's3']: NonNullable<Configuration[S]> }

/** null in embedded mode. */
export function serversOf({ mode, kafka, elasticsearch, s3 }: Configuration): Servers | null {
  if (mode !== 'distributed' || kafka === null || elasticsearch === null || s3 === null) return null
  return { kafka, elasticsearch, s3 }
}

export const topicsOf = (namespace: string): Topics => ({
  raw: topicName(namespace, Topic.Raw),
  enriched: topicName(namespace, Topic.Enriched),
  dead: topicName(namespace, Topic.Dead),
  alerts: topicName(namespace, Topic.Alerts),
})

export const topicSpecs = ({ raw, enriched, dead, alerts }: Topics, partitions: number): readonly TopicSpec[] => [
  { name: raw, partitions },
  { name: enriched, partitions },
  { name: dead, partitions: 1 },
  { name: alerts, partitions: 1 },
]

/** What records stand on which of them. */
export const recordsOf = (namespace: string): Readonly<Record<string, readonly WireName[]>> =>
  Object.fromEntries(Object.values(Topic).map((topic) => [topicName(namespace, topic), topicRecords[topic]]))

/** Which groups must have a record before the log may forget it. */
export const groupsOf = ({ raw, enriched }: Topics): Readonly<Record<string, readonly string[]>> => ({
  [raw]: ['enrich', 'archive'],
  [enriched]: ['index', 'archive'],
})

/** Where each group stands on its topics. */
export async function lagsOf(log: EventLog, topics: Topics): Promise<readonly GroupLag[]> {
  const rows = Object.entries(groupsOf(topics)).flatMap(([topic, groups]) => groups.map((group) => ({ topic, group })))
  return Promise.all(
    rows.map(async ({ topic, group }) => {
      const lag = await log.lag(group, topic)
      const waiting = lag.reduce((total, { committed, end }) => total + end - committed, 0)
      return { group: group === 'archive' ? `archive ${topic === topics.raw ? 'raw' : 'enriched'}` : group, waiting }
    }),
  )
}

/** Where the segments of a topic lie in the object store. */
export const archivePrefix = (namespace: string, topic: string): string => `${namespace}/${topic}`
