import { existsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { currentEpoch } from '#index/archive/epoch.ts'
import { type DataDirectory, openDataDirectory } from '#infra/filesystem/data-directory.ts'
import { openFileObjectStore } from '#infra/filesystem/file-object-store.ts'
import { lockOwner } from '#infra/filesystem/process-lock.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openSqliteEventLog } from '#infra/sqlite/event-log.ts'
import { openSqliteSearchIndex } from '#infra/sqlite/search-index.ts'
import { openSqliteState } from '#infra/sqlite/state.ts'
import {
  archivePrefix,
  groupsOf,
  type Installation,
  lagsOf,
  type ReadOnlyInstallation,
  topicSpecs,
  topicsOf,
} from './installation.ts'

const PARTITIONS = 2

export interface EmbeddedPlace {
  readonly data: string
  readonly namespace: string
  readonly maxLogBytes: number
}

/** Makes what is missing and opens everything for this process alone. */
export async function openEmbedded({ data, namespace, maxLogBytes }: EmbeddedPlace): Promise<Installation> {
  const clock = systemClock
  await using opened = new AsyncDisposableStack()
  const directory = opened.use(await openDataDirectory(data, { write: true, clock }))
  const topics = topicsOf(namespace)
  const log = opened.use(
    await openSqliteEventLog({ path: directory.log, clock, maxLogBytes, groups: groupsOf(topics) }),
  )
  const state = opened.use(await openSqliteState({ path: directory.state, clock }))
  const objects = opened.use(await openFileObjectStore(directory.objects))
  const index = opened.use(await openSqliteSearchIndex({ path: directory.index, clock }))
  await index.prepare()
  const created = await log.createTopics(topicSpecs(topics, PARTITIONS))
  const epochOf = (topic: string) => currentEpoch(objects, archivePrefix(namespace, topic), created.includes(topic))
  const epochs = { raw: await epochOf(topics.raw), enriched: await epochOf(topics.enriched) }
  const all = opened.move()
  return {
    ...{ namespace, process: 'local', topics, partitions: PARTITIONS, log, index, objects, epochs },
    ...{ cursors: state.cursors, table: state.table('installation') },
    besides: {
      open: (name) => openSqliteSearchIndex({ path: besidePath(directory, name), clock }),
      remove: async (name) => {
        for (const ending of ['', '-wal', '-shm']) await rm(`${besidePath(directory, name)}${ending}`, { force: true })
      },
    },
    freeBytes: () => directory.freeBytes(),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** Opens a data directory to be looked at. */
export async function readEmbedded(data: string, namespace: string): Promise<ReadOnlyInstallation> {
  const clock = systemClock
  await using opened = new AsyncDisposableStack()
  const directory = opened.use(await openDataDirectory(data, { write: false, clock }))
  const topics = topicsOf(namespace)
  const log = opened.use(await openSqliteEventLog({ path: directory.log, clock, readOnly: true }))
  const state = opened.use(await openSqliteState({ path: directory.state, clock }))
  const index = opened.use(await openSqliteSearchIndex({ path: directory.index, clock, readOnly: true }))
  const all = opened.move()
  return {
    ...{ namespace, topics, log, index, cursors: state.cursors, table: state.table('installation') },
    beside: (name) => openSqliteSearchIndex({ path: besidePath(directory, name), clock, readOnly: true }),
    objects: () => openFileObjectStore(directory.objects),
    lags: () => lagsOf(log, topics),
    local: {
      disk: async () => ({ used: await usedBytes(directory), free: await directory.freeBytes() }),
      owner: () => lockOwner(join(directory.path, 'lock')),
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const besidePath = ({ path }: DataDirectory, name: string): string => join(path, `index-${name}.db`)

async function usedBytes(directory: DataDirectory): Promise<Record<string, number>> {
  const sizeOf = async (path: string) => (existsSync(path) ? (await stat(path)).size : 0)
  const database = async (path: string) => (await sizeOf(path)) + (await sizeOf(`${path}-wal`))
  await using objects = await openFileObjectStore(directory.objects)
  let archive = 0
  for await (const { size } of objects.list('')) archive += size
  const besides = (await readdir(directory.path)).filter((name) => /^index-.*\.db$/.test(name))
  let beside = 0
  for (const name of besides) beside += await database(join(directory.path, name))
  return {
    log: await database(directory.log),
    index: await database(directory.index),
    ...(besides.length > 0 && { 'beside it': beside }),
    state: await database(directory.state),
    archive,
  }
}
