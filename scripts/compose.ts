import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { currentEpoch } from '#index/archive/epoch.ts'
import type { Cursors } from '#infra/contracts/cursors.ts'
import type { EventLog } from '#infra/contracts/event-log.ts'
import type { ObjectStore } from '#infra/contracts/object-store.ts'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import type { Table } from '#infra/contracts/table.ts'
import { type DataDirectory, openDataDirectory } from '#infra/filesystem/data-directory.ts'
import { openFileObjectStore } from '#infra/filesystem/file-object-store.ts'
import { type LockOwner, lockOwner } from '#infra/filesystem/process-lock.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openSqliteEventLog } from '#infra/sqlite/event-log.ts'
import { openSqliteSearchIndex } from '#infra/sqlite/search-index.ts'
import { openSqliteState } from '#infra/sqlite/state.ts'
import { Topic, topicName } from '#schemas/topics.ts'

// The only place where adapters are chosen.

/** Raw and enriched topics have as many, so that a mention keeps its partition and the two work in parallel. */
export const PARTITIONS = 2

export interface Topics {
  readonly raw: string
  readonly enriched: string
  readonly dead: string
  readonly alerts: string
}

/** Everything that the pipeline stands on, opened. */
export interface Installation extends AsyncDisposable {
  readonly namespace: string
  readonly topics: Topics
  readonly log: EventLog
  readonly index: SearchIndex
  readonly cursors: Cursors
  readonly table: Table
  readonly objects: ObjectStore
  /** Epochs of the archived topics (DESIGN §6). */
  readonly epochs: { readonly raw: string; readonly enriched: string }
  freeBytes(): Promise<number>
}

/** What people look at, also beside a running pipeline. */
export interface ReadOnlyInstallation extends AsyncDisposable {
  readonly topics: Topics
  readonly log: EventLog
  readonly index: SearchIndex
  readonly cursors: Pick<Cursors, 'list'>
  readonly table: Table
  /** Records that each group has not handled yet. */
  lags(): Promise<readonly { readonly group: string; readonly waiting: number }[]>
  /** Bytes used by each part of the data directory, and left on its disk. */
  disk(): Promise<{ readonly used: Readonly<Record<string, number>>; readonly free: number }>
  /** The process that runs the pipeline on it now. */
  owner(): LockOwner | null
}

/** Without a configuration every command means the demo. */
export const dataPath = (given: string | undefined, configuration = 'earshot.yaml'): string =>
  given ?? (existsSync(configuration) ? '.earshot' : '.earshot-demo')

const topicsOf = (namespace: string): Topics => ({
  raw: topicName(namespace, Topic.Raw),
  enriched: topicName(namespace, Topic.Enriched),
  dead: topicName(namespace, Topic.Dead),
  alerts: topicName(namespace, Topic.Alerts),
})

/** Which groups must have a record before the log may forget it. */
const groupsOf = ({ raw, enriched }: Topics): Record<string, readonly string[]> => ({
  [raw]: ['enrich', 'archive'],
  [enriched]: ['index', 'archive'],
})

/** Makes what is missing and opens everything for this process alone. */
export async function openInstallation(options: {
  readonly data: string
  readonly namespace: string
  readonly maxLogBytes: number
}): Promise<Installation> {
  const { namespace, maxLogBytes } = options
  const clock = systemClock
  await using opened = new AsyncDisposableStack()
  const directory = opened.use(await openDataDirectory(options.data, { write: true, clock }))
  const topics = topicsOf(namespace)
  const log = opened.use(
    await openSqliteEventLog({ path: directory.log, clock, maxLogBytes, groups: groupsOf(topics) }),
  )
  const state = opened.use(await openSqliteState({ path: directory.state, clock }))
  const objects = opened.use(await openFileObjectStore(directory.objects))
  const index = opened.use(await openSqliteSearchIndex({ path: directory.index, clock }))
  await index.prepare()
  const created = await log.createTopics([
    { name: topics.raw, partitions: PARTITIONS },
    { name: topics.enriched, partitions: PARTITIONS },
    { name: topics.dead, partitions: 1 },
    { name: topics.alerts, partitions: 1 },
  ])
  const epochOf = (topic: string) => currentEpoch(objects, archivePrefix(namespace, topic), created.includes(topic))
  const epochs = { raw: await epochOf(topics.raw), enriched: await epochOf(topics.enriched) }
  const all = opened.move()
  return {
    ...{ namespace, topics, log, index, cursors: state.cursors, table: state.table('installation'), objects, epochs },
    freeBytes: () => directory.freeBytes(),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** Where the segments of a topic lie in the object store. */
export const archivePrefix = (namespace: string, topic: string): string => `${namespace}/${topic}`

/** Opens a data directory to be looked at. */
export async function openForReading(given: string | undefined, namespace = 'earshot'): Promise<ReadOnlyInstallation> {
  const clock = systemClock
  await using opened = new AsyncDisposableStack()
  const directory = opened.use(await openDataDirectory(dataPath(given), { write: false, clock }))
  const topics = topicsOf(namespace)
  const log = opened.use(await openSqliteEventLog({ path: directory.log, clock, readOnly: true }))
  const state = opened.use(await openSqliteState({ path: directory.state, clock }))
  const index = opened.use(await openSqliteSearchIndex({ path: directory.index, clock, readOnly: true }))
  const all = opened.move()
  return {
    ...{ topics, log, index, cursors: state.cursors, table: state.table('installation') },
    lags: async () => {
      const rows = Object.entries(groupsOf(topics)).flatMap(([topic, groups]) =>
        groups.map((group) => ({ topic, group })),
      )
      return Promise.all(
        rows.map(async ({ topic, group }) => {
          const lag = await log.lag(group, topic)
          const waiting = lag.reduce((total, { committed, end }) => total + end - committed, 0)
          return {
            group: group === 'archive' ? `archive ${topic === topics.raw ? 'raw' : 'enriched'}` : group,
            waiting,
          }
        }),
      )
    },
    disk: async () => ({ used: await usedBytes(directory), free: await directory.freeBytes() }),
    owner: () => lockOwner(join(directory.path, 'lock')),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function usedBytes(directory: DataDirectory): Promise<Record<string, number>> {
  const sizeOf = async (path: string) => (existsSync(path) ? (await stat(path)).size : 0)
  const database = async (path: string) => (await sizeOf(path)) + (await sizeOf(`${path}-wal`))
  await using objects = await openFileObjectStore(directory.objects)
  let archive = 0
  for await (const { size } of objects.list('')) archive += size
  return {
    log: await database(directory.log),
    index: await database(directory.index),
    state: await database(directory.state),
    archive,
  }
}
