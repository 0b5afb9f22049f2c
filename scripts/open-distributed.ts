import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import { currentEpoch } from '#index/archive/epoch.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { EventLog } from '#infra/contracts/event-log.ts'
import { checkElasticsearchClock } from '#infra/elasticsearch/check-clock.ts'
import type { ElasticsearchConnection } from '#infra/elasticsearch/connect.ts'
import { removeElasticsearchIndex } from '#infra/elasticsearch/remove-index.ts'
import { openElasticsearchSearchIndex } from '#infra/elasticsearch/search-index.ts'
import { openElasticsearchTable } from '#infra/elasticsearch/table.ts'
import { openKafkaCursors } from '#infra/kafka/cursors.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import type { KafkaOptions } from '#infra/kafka/kafka-options.ts'
import { RegistryClient } from '#infra/registry/registry-client.ts'
import { WireTranslation } from '#infra/registry/wire-translation.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openS3ObjectStore } from '#infra/s3/s3-object-store.ts'
import { Topic, topicName } from '#schemas/topics.ts'
import {
  archivePrefix,
  type Installation,
  lagsOf,
  type ReadOnlyInstallation,
  recordsOf,
  type Servers,
  type Topics,
  topicSpecs,
  topicsOf,
} from './installation.ts'

export interface DistributedPlace {
  readonly servers: Servers
  readonly namespace: string
  readonly logger: Logger
}

/** Opens what the servers hold for this namespace; with `setup` makes topics, index and bucket that are missing first. */
export async function openDistributed(place: DistributedPlace & { readonly setup: boolean }): Promise<Installation> {
  const { servers, namespace, setup } = place
  await using opened = new AsyncDisposableStack()
  const topics = topicsOf(namespace)
  const translation = await openTranslation(place, opened)
  await translation?.prepare(setup)
  const kafka = await kafkaOptions(place, translation)
  const log = opened.use(await openKafkaEventLog(kafka))
  const objects = opened.use(
    await openS3ObjectStore({ ...objectOptions(servers.s3), clock: systemClock, create: setup }),
  )
  const index = opened.use(await openIndex(place))
  const table = opened.use(await openTable(place))
  const cursors = opened.use(await openKafkaCursors({ ...kafka, ...cursorTopic(place) }))
  let created: readonly string[] = []
  if (setup) {
    created = await log.createTopics(topicSpecs(topics, servers.kafka.partitions))
    await index.prepare()
  }
  const connection = await connectionOf(servers.elasticsearch)
  await checkElasticsearchClock({ connection, namespace, clock: systemClock })
  const partitions = await agreedPartitions(log, topics)
  const epochOf = (topic: string) => currentEpoch(objects, archivePrefix(namespace, topic), created.includes(topic))
  const epochs = { raw: await epochOf(topics.raw), enriched: await epochOf(topics.enriched) }
  const all = opened.move()
  return {
    ...{
      namespace,
      process: `${hostname()}-${process.pid}`,
      topics,
      partitions,
      log,
      index,
      cursors,
      table,
      objects,
      epochs,
    },
    besides: {
      open: async (name) => {
        const beside = await openIndex(besidePlace(place, name))
        await beside.prepare()
        return beside
      },
      remove: async (name) =>
        removeElasticsearchIndex(await connectionOf(servers.elasticsearch), besidePlace(place, name).namespace),
    },
    freeBytes: async () => Number.POSITIVE_INFINITY,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** Opens the servers to be looked at. */
export async function readDistributed(place: DistributedPlace): Promise<ReadOnlyInstallation> {
  await using opened = new AsyncDisposableStack()
  const topics = topicsOf(place.namespace)
  const kafka = await kafkaOptions(place, await openTranslation(place, opened))
  const log = opened.use(await openKafkaEventLog(kafka))
  const index = opened.use(await openIndex(place))
  const table = opened.use(await openTable(place))
  const cursors = opened.use(await openKafkaCursors({ ...kafka, ...cursorTopic(place) }))
  const all = opened.move()
  return {
    ...{ namespace: place.namespace, topics, log, index, cursors, table, local: null },
    beside: (name) => openIndex(besidePlace(place, name)),
    objects: () => openS3ObjectStore({ ...objectOptions(place.servers.s3), clock: systemClock, create: false }),
    lags: () => lagsOf(log, topics),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** As they are, whatever the configuration says: changing the number would change where a mention goes. */
async function agreedPartitions(log: EventLog, { raw, enriched }: Topics): Promise<number> {
  const [ofRaw, ofEnriched] = await Promise.all([log.partitions(raw), log.partitions(enriched)])
  if (ofRaw === ofEnriched) return ofRaw
  const message =
    `${raw} has ${ofRaw} partitions, ${enriched} has ${ofEnriched}: a mention could not keep its partition. ` +
    'Give both the same number'
  throw new PipelineError(ErrorClass.Config, 'PARTITIONS_DIFFER', message)
}

/** null: records carry the ids of our own schemas. */
async function openTranslation(place: DistributedPlace, opened: AsyncDisposableStack): Promise<WireTranslation | null> {
  const { registry } = place.servers.kafka
  if (registry === null) return null
  const ca = registry.ca && (await readAuthority(registry.ca))
  const client = opened.use(new RegistryClient({ ...registry, ca, clock: systemClock }))
  return new WireTranslation(client, systemClock, recordsOf(place.namespace))
}

/** How the brokers of a configuration are reached. */
export async function kafkaOptions(
  { servers, namespace, logger }: DistributedPlace,
  translation: WireTranslation | null,
): Promise<KafkaOptions> {
  const { brokers, tls, ca, sasl, replicationFactor, retention, maxMessageBytes } = servers.kafka
  const topics = {
    ...(replicationFactor !== null && { replicationFactor }),
    ...(retention !== null && { retentionMs: retention }),
  }
  return {
    ...{ brokers, namespace, logger, maxMessageBytes, topics, clock: systemClock },
    ...((tls || ca !== null) && { tls: ca === null ? true : { ca: await readAuthority(ca) } }),
    ...(sasl !== null && { sasl }),
    ...(translation !== null && { translation }),
  }
}

const cursorTopic = ({ servers, namespace }: DistributedPlace) => ({
  topic: topicName(namespace, Topic.Cursors),
  partitions: servers.kafka.partitions,
})

/** How the cluster of a configuration is reached. */
export async function connectionOf({ url, auth, ca }: Servers['elasticsearch']): Promise<ElasticsearchConnection> {
  const login = auth?.type === 'api-key' ? { apiKey: auth.key } : auth
  return {
    nodes: [url],
    ...(login !== null && { auth: login }),
    ca: ca && (await readAuthority(ca)),
  }
}

async function openIndex({ servers: { elasticsearch }, namespace }: DistributedPlace) {
  const { shards, replicas } = elasticsearch
  const connection = await connectionOf(elasticsearch)
  return openElasticsearchSearchIndex({
    ...{ connection, namespace, clock: systemClock, layout: { primaries: shards, replicas } },
  })
}

/** No namespace holds a "_": the name of no other installation begins like that. */
const besidePlace = (place: DistributedPlace, name: string): DistributedPlace => ({
  ...place,
  namespace: `${place.namespace}_${name}`,
})

async function openTable({ servers: { elasticsearch }, namespace }: DistributedPlace) {
  const connection = await connectionOf(elasticsearch)
  const { replicas } = elasticsearch
  return openElasticsearchTable({ connection, namespace, name: 'installation', clock: systemClock, replicas })
}

/** How the store of a configuration is opened. */
export const objectOptions = ({ pathStyle, ...s3 }: Servers['s3']) => ({ ...s3, pathStyle: pathStyle === true })

async function readAuthority(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const message = `the certificate file ${path} cannot be read: correct "ca" in the configuration`
    throw new PipelineError(ErrorClass.Config, 'CA_UNREADABLE', message, { cause })
  }
}
