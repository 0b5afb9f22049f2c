import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LogRecord } from '#infra/contracts/event-log.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { readSegmentSummary } from '#infra/runtime/archive-segment.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { openS3ObjectStore } from '#infra/s3/s3-object-store.ts'
import { decode } from '#schemas/codec.ts'
import { Header } from '#schemas/topics.ts'
import { topicsOf } from '#scripts/installation.ts'
import { operationsCorpus } from '../chaos/operations-corpus.ts'
import { kafkaAt } from '../support/kafka-at.ts'
import { withServers } from '../support/real-server.ts'
import { runCli } from '../support/run-cli.ts'
import { s3At } from '../support/s3-at.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const MENTIONS = 400
const SETUP_MS = 120_000

// What we write is read by programs that share no code with ours: the archive by fastavro, the topics by Kafka's console consumer.
withServers(['kafka', 'elasticsearch', 's3'], ([kafka = '', elasticsearch, s3]) => {
  const namespace = `test-${randomUUID().slice(0, 8)}`
  const store = s3At(`${s3}/archive-${namespace}`)
  const topics = topicsOf(namespace)
  const archived = [
    [topics.raw, 'MentionEvent'],
    [topics.enriched, 'EnrichedEvent'],
  ] as const

  /** What our own client reads from every partition of a topic. */
  const recordsOf = async (topic: string): Promise<readonly (LogRecord & { readonly partition: number })[]> => {
    await using log = await openKafkaEventLog(kafkaAt(kafka))
    const partitions = Array.from({ length: await log.partitions(topic) }, (_, partition) => partition)
    const read = partitions.map(async (partition) =>
      (await log.read(topic, partition, 0, 100_000)).map((record) => ({ ...record, partition })),
    )
    return (await Promise.all(read)).flat()
  }

  beforeAll(async () => {
    const folder = await temporaryFolder('foreign')
    process.env.TEST_S3_SECRET = store.credentials?.secretAccessKey
    const configuration = {
      ...{ mode: 'distributed', namespace, brands: [{ id: 'acme', name: 'Acme', query: 'acme' }] },
      connectors: [{ id: 'export', type: 'file', path: 'mentions.ndjson' }],
      kafka: { brokers: [kafka], partitions: 3 },
      elasticsearch: { url: elasticsearch, replicas: 0 },
      s3: {
        ...{ endpoint: store.endpoint, bucket: store.bucket },
        credentials: { accessKeyId: store.credentials?.accessKeyId, secretAccessKey: '${TEST_S3_SECRET}' },
      },
    }
    await writeFile(join(folder, 'earshot.yaml'), JSON.stringify(configuration))
    await writeFile(join(folder, 'mentions.ndjson'), `${operationsCorpus(3, MENTIONS).text}{"a line": "of nothing"}\n`)
    for (const command of [['setup'], ['run', '--until-idle', '--log-level', 'error']]) {
      const { code, errors } = await runCli(folder, ...command)
      expect(code, errors).toBe(0)
    }
  }, SETUP_MS)

  describe('fastavro', () => {
    it.each(archived)(
      'reads the archive of %s as it stood on the topic',
      { timeout: SETUP_MS },
      async (topic, name) => {
        await using objects = await openS3ObjectStore({ ...store, clock: systemClock, create: false })
        const folder = await temporaryFolder('segments')
        const read: unknown[] = []
        for await (const { key } of objects.list(`${namespace}/${topic}/`)) {
          if (!key.endsWith('.avro')) continue
          const bytes = (await objects.get(key)) as Uint8Array
          const file = join(folder, `${read.length}.avro`)
          await writeFile(file, bytes)
          const [metadata, ...records] = (await tool('fastavro', 'read', file)).map((line) => JSON.parse(line))
          const summary = readSegmentSummary(key, bytes)
          expect(JSON.parse(metadata['earshot.segment'])).toEqual(summary)
          expect(metadata['avro.codec']).toBe('deflate')
          expect(records).toHaveLength(summary.records)
          expect([records[0].offset, records.at(-1).offset]).toEqual([summary.firstOffset, summary.lastOffset])
          read.push(...records)
        }
        const written = (await recordsOf(topic))
          .filter(({ headers }) => headers[Header.Type] !== 'heartbeat')
          .map(({ partition, offset, timestamp, headers, value }) => {
            const decoded = decode(value)
            if (decoded.name === 'foreign') throw new Error(decoded.reason)
            return { partition, offset, timestamp, headers, event: [`earshot.${decoded.name}`, plain(decoded.value)] }
          })
        expect(written.filter(({ event }) => event[0] === `earshot.${name}`).length).toBeGreaterThan(MENTIONS)
        expect(written.some(({ event }) => event[0] === 'earshot.AuthorEvent')).toBe(true)
        expect(inOrder(read as typeof written)).toEqual(inOrder(written))
      },
    )
  })

  describe("Kafka's console consumer", () => {
    it.each([topics.raw, topics.enriched, topics.dead])(
      'reads the records of %s',
      { timeout: SETUP_MS },
      async (topic) => {
        const written = await recordsOf(topic)
        expect(written.length).toBeGreaterThan(0)
        const printed = ['print.key', 'print.headers', 'print.partition', 'print.offset', 'print.timestamp']
        const properties = [...printed.map((name) => `${name}=true`), 'print.value=false', 'headers.separator=;']
        const lines = await tool(
          ...(['kafka', 'consume', '--bootstrap-server', kafka, '--topic', topic, '--from-beginning'] as const),
          ...['--max-messages', String(written.length), '--timeout-ms', '20000'],
          ...properties.flatMap((property) => ['--formatter-property', property]),
        )
        const wanted = written.map(({ partition, offset, timestamp, headers, key }) => {
          const pairs = Object.entries(headers).map(([header, value]) => `${header}:${value}`)
          const shown = pairs.length === 0 ? 'NO_HEADERS' : pairs.join(';')
          return [`CreateTime:${timestamp}`, `Partition:${partition}`, `Offset:${offset}`, shown, key ?? 'null'].join(
            '\t',
          )
        })
        expect(lines.toSorted()).toEqual(wanted.toSorted())
      },
    )
  })
})

/** Lines that a script of scripts/servers/ prints; it fetches its program when that is missing. */
async function tool(name: 'fastavro' | 'kafka', ...args: readonly string[]): Promise<readonly string[]> {
  const script = join(import.meta.dirname, `../../scripts/servers/${name}.sh`)
  const { stdout } = await promisify(execFile)(script, args, { maxBuffer: 1 << 28 })
  return stdout.split('\n').filter((line) => line !== '')
}

/** As the reader prints it: bytes as base64, and no class but Object. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]))
}

const inOrder = <T extends { readonly partition: number; readonly offset: number }>(records: readonly T[]): T[] =>
  records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
