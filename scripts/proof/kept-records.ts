import type { EventLog } from '#infra/contracts/event-log.ts'
import type { ObjectStore } from '#infra/contracts/object-store.ts'
import { readSegmentSummary } from '#infra/runtime/archive-segment.ts'
import { Header } from '#schemas/topics.ts'
import { archivePrefix } from '../installation.ts'

const READ_AT_ONCE = 20_000

/** What lies on a topic, counted by reading it. */
export interface KeptTopic {
  /** Some of it has been forgotten: an embedded log keeps nothing that every group has handled. */
  readonly partial: boolean
  readonly mentions: number
  readonly authors: number
  readonly heartbeats: number
  readonly other: number
  /** Offsets of mentions and author operations by partition: what an archive must hold. */
  readonly archivable: readonly (readonly number[])[]
}

export async function readTopic(log: Pick<EventLog, 'lag' | 'read'>, topic: string): Promise<KeptTopic> {
  const kept = { partial: false, mentions: 0, authors: 0, heartbeats: 0, other: 0 }
  const archivable: number[][] = []
  for (const { partition, start } of await log.lag('archive', topic)) {
    if (start > 0) kept.partial = true
    const offsets: number[] = []
    archivable.push(offsets)
    for (let from = start; ; from = (offsets.at(-1) ?? from) + 1) {
      const records = await log.read(topic, partition, from, READ_AT_ONCE)
      for (const { headers, offset } of records) {
        const [kind = ''] = (headers[Header.Type] ?? '').split('.')
        if (kind === 'mention') kept.mentions++
        else if (kind === 'author') kept.authors++
        else if (kind === 'heartbeat') kept.heartbeats++
        else kept.other++
        if (kind === 'mention' || kind === 'author') offsets.push(offset)
      }
      if (records.length < READ_AT_ONCE) break
    }
  }
  return { ...kept, archivable }
}

/** What lies in the archive of a topic, as its segments say. */
export interface KeptArchive {
  readonly segments: number
  readonly records: number
  readonly bytes: number
  /** Records of the topic that no segment or several cover, and segments that hold another number than they cover; null: nothing is left to compare with. */
  readonly faults: number | null
}

export async function readArchive(
  objects: Pick<ObjectStore, 'list' | 'get'>,
  namespace: string,
  topic: string,
  { archivable, partial }: KeptTopic,
): Promise<KeptArchive> {
  const ranges = archivable.map((): { readonly first: number; readonly last: number; readonly records: number }[] => [])
  const kept = { segments: 0, records: 0, bytes: 0, faults: 0 }
  for await (const { key, size } of objects.list(`${archivePrefix(namespace, topic)}/`)) {
    if (!key.endsWith('.avro')) continue
    const { firstOffset, lastOffset, records } = readSegmentSummary(key, (await objects.get(key)) as Uint8Array)
    kept.segments++
    kept.records += records
    kept.bytes += size
    const partition = Number(/\/(\d+)\+\d+\.avro$/.exec(key)?.[1])
    ranges[partition]?.push({ first: firstOffset, last: lastOffset, records })
  }
  for (const [partition, offsets] of archivable.entries()) {
    const own = ranges[partition] ?? []
    const covering = own.map(() => 0)
    for (const offset of offsets) {
      const places = own.flatMap(({ first, last }, i) => (first <= offset && offset <= last ? [i] : []))
      for (const place of places) (covering[place] as number)++
      if (places.length !== 1) kept.faults++
    }
    for (const [i, { records }] of own.entries()) if (records !== covering[i]) kept.faults++
  }
  return partial ? { ...kept, faults: null } : kept
}
