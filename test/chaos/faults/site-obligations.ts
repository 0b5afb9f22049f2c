import type { LogRecord } from '#infra/contracts/event-log.ts'
import type { ObjectStore } from '#infra/contracts/object-store.ts'
import { openElasticsearchSearchIndex } from '#infra/elasticsearch/search-index.ts'
import { readSegment } from '#infra/runtime/archive-segment.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openS3ObjectStore } from '#infra/s3/s3-object-store.ts'
import { archivePrefix } from '#scripts/installation.ts'
import { connectionAt } from '../../support/elasticsearch-at.ts'
import { s3At } from '../../support/s3-at.ts'
import { archivedLineViolations, indexViolations } from '../count-obligations.ts'
import type { Obligations } from '../operations-corpus.ts'
import type { FaultSite } from './fault-site.ts'
import { countTopic, isOwed, type TopicObligations } from './topic-obligations.ts'

export interface SiteCount {
  readonly violations: readonly string[]
  readonly repeats: { readonly raw: number; readonly enriched: number }
}

/** Everything that the servers must hold of a corpus, looked at past the proxies. */
export async function countSite(site: FaultSite, wanted: Obligations, ofTopics: TopicObligations): Promise<SiteCount> {
  const { topics, log, namespace, bucket, servers } = site
  await using objects = await openS3ObjectStore({
    ...s3At(`${servers.addressOf('s3')}/${bucket}`),
    ...{ clock: systemClock, create: false },
  })
  const raw = await recordsOf(site, topics.raw)
  const enriched = await recordsOf(site, topics.enriched)
  const ofRaw = countTopic(topics.raw, raw, ofTopics)
  const ofEnriched = countTopic(topics.enriched, enriched, ofTopics)
  const dead = await log.read(topics.dead, 0, 0, 1_000)
  const alerts = await log.read(topics.alerts, 0, 0, 1_000)
  const rawPrefix = `${archivePrefix(namespace, topics.raw)}/`
  const violations = [
    ...(await indexCount(site, wanted)),
    ...ofRaw.violations,
    ...ofEnriched.violations,
    ...(await offsetViolations(objects, rawPrefix, raw, 'MentionEvent')),
    ...(await offsetViolations(objects, `${archivePrefix(namespace, topics.enriched)}/`, enriched, 'EnrichedEvent')),
    ...(await archivedLineViolations(objects, rawPrefix, wanted)),
    ...(dead.length > 0 ? [`${dead.length} dead letters, and every line can be read`] : []),
    ...(alerts.length > 0 ? [`${alerts.length} alerts of what is long past`] : []),
  ]
  return { violations, repeats: { raw: ofRaw.repeats, enriched: ofEnriched.repeats } }
}

async function indexCount(site: FaultSite, wanted: Obligations): Promise<string[]> {
  const connection = connectionAt(site.servers.addressOf('elasticsearch'))
  await using index = openElasticsearchSearchIndex({ connection, namespace: site.namespace, clock: systemClock })
  return await indexViolations(index, wanted)
}

async function recordsOf({ log }: FaultSite, topic: string): Promise<readonly (readonly LogRecord[])[]> {
  const partitions = Array.from({ length: await log.partitions(topic) }, (_, partition) => partition)
  return Promise.all(partitions.map((partition) => log.read(topic, partition, 0, Number.POSITIVE_INFINITY)))
}

/** Each record of the topic that is owed to the archive is in one segment, once, and nothing else is. */
async function offsetViolations(
  objects: Pick<ObjectStore, 'list' | 'get'>,
  prefix: string,
  partitions: readonly (readonly LogRecord[])[],
  holds: 'MentionEvent' | 'EnrichedEvent',
): Promise<string[]> {
  const violations: string[] = []
  const archived = partitions.map(() => new Map<number, string>())
  for await (const { key } of objects.list(prefix)) {
    if (!key.endsWith('.avro')) continue
    for (const { partition, offset } of await readSegment(key, (await objects.get(key)) as Uint8Array)) {
      const before = archived[partition]?.get(offset)
      if (before !== undefined) violations.push(`${partition}@${offset} is archived twice, in ${before} and ${key}`)
      archived[partition]?.set(offset, key)
    }
  }
  for (const [partition, records] of partitions.entries()) {
    const owed = new Set(records.filter((record) => isOwed(holds, record)).map(({ offset }) => offset))
    const stored = new Set(archived[partition]?.keys())
    const [missing, more] = [owed.difference(stored), stored.difference(owed)]
    if (missing.size > 0) violations.push(`${prefix} partition ${partition}: not archived: offsets ${some(missing)}`)
    if (more.size > 0) violations.push(`${prefix} partition ${partition}: archived and not owed: offsets ${some(more)}`)
  }
  return violations
}

const some = (offsets: ReadonlySet<number>): string =>
  `${[...offsets].slice(0, 5).join(', ')}${offsets.size > 5 ? ` and ${offsets.size - 5} more` : ''}`
