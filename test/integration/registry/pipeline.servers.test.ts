import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LogRecord } from '#infra/contracts/event-log.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { RegistryClient } from '#infra/registry/registry-client.ts'
import { subjectOf } from '#infra/registry/wire-translation.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { currentId, decode, encode } from '#schemas/codec.ts'
import { type MentionEvent, wireSchemas } from '#schemas/generated.ts'
import { newMention } from '#schemas/mention.ts'
import { Header, Topic, topicName } from '#schemas/topics.ts'
import { idOf, schemaId, WireCodec, withId } from '#schemas/wire-codec.ts'
import { kafkaAt } from '#test/support/kafka-at.ts'
import { withServers } from '#test/support/real-server.ts'
import { type CliEnd, runCli, runNewerCli } from '#test/support/run-cli.ts'
import { s3At } from '#test/support/s3-at.ts'
import { temporaryFolder } from '#test/support/temporary-folder.ts'

const execute = promisify(execFile)
const FASTAVRO = fileURLToPath(new URL('../../../scripts/servers/fastavro.sh', import.meta.url))

const MENTIONS = 100
const TIMEOUT = { timeout: 120_000 }
const RUN = ['run', '--until-idle', '--json'] as const

const isMention = ({ headers }: LogRecord): boolean => headers[Header.Type]?.startsWith('mention.') === true

interface Letter {
  readonly id: number
  readonly stage: string
  readonly code: string
  readonly message: string
}

withServers(['kafka', 'elasticsearch', 's3', 'registry'], ([kafka, elasticsearch, s3, registry]) => {
  const namespace = `test-${randomUUID().slice(0, 8)}`
  const raw = topicName(namespace, Topic.Raw)
  const enriched = topicName(namespace, Topic.Enriched)
  let folder: string

  beforeAll(async () => {
    folder = await temporaryFolder('registry')
    const { endpoint, credentials } = s3At(`${s3}/any`)
    process.env.TEST_S3_SECRET = credentials?.secretAccessKey
    const configuration = {
      ...{ mode: 'distributed', namespace },
      brands: [{ id: 'acme', name: 'Acme', query: 'acme' }],
      connectors: [{ id: 'export', type: 'file', path: 'mentions.ndjson' }],
      kafka: { brokers: [kafka], partitions: 2, registry: { url: registry } },
      elasticsearch: { url: elasticsearch, replicas: 0 },
      s3: {
        ...{ endpoint, bucket: `archive-${namespace}` },
        credentials: { accessKeyId: credentials?.accessKeyId, secretAccessKey: '${TEST_S3_SECRET}' },
      },
    }
    const mention = (n: number) => ({ id: `m${n}`, text: `acme parcel ${n}`, publishedAt: '2026-05-01T12:00:00Z' })
    const lines = Array.from({ length: MENTIONS }, (_, n) => `${JSON.stringify(mention(n))}\n`)
    await writeFile(join(folder, 'earshot.yaml'), JSON.stringify(configuration))
    await writeFile(join(folder, 'mentions.ndjson'), lines.join(''))
  })

  const booksOf = ({ code, output, errors }: CliEnd) => {
    expect(code, errors).toBe(0)
    return JSON.parse(output)
  }

  /** As it stands there, for every program. */
  async function recordsOn(topic: string): Promise<readonly LogRecord[]> {
    await using log = await openKafkaEventLog(kafkaAt(kafka as string))
    const partitions = Array.from({ length: await log.partitions(topic) }, (_, partition) => partition)
    return (await Promise.all(partitions.map((partition) => log.read(topic, partition, 0, 10_000)))).flat()
  }

  async function register(subject: string, schema: string): Promise<number> {
    await using client = new RegistryClient({ url: registry as string, auth: null, ca: null, clock: systemClock })
    return await client.register(subject, schema)
  }

  /** What the registry says of the ids that stand on a topic. */
  async function schemasOn(topic: string): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    for (const id of new Set((await recordsOn(topic)).map(({ value }) => idOf(value)))) {
      const answer = (await (await fetch(`${registry}/schemas/ids/${id}`)).json()) as { readonly schema: string }
      found.set(JSON.parse(answer.schema).name, answer.schema)
    }
    return found
  }

  describe('a pipeline whose ids come from a schema registry', () => {
    it('says what to do before its schemas are registered', TIMEOUT, async () => {
      const { code, errors } = await runCli(folder, ...RUN)
      expect([code, errors]).toEqual([
        2,
        expect.stringMatching(/registry does not hold.*earshot\.Heartbeat.*earshot setup/),
      ])
    })

    it('is set up once, and once more without harm, also beside a newer one', TIMEOUT, async () => {
      for (const setup of [runCli, runNewerCli, runCli]) {
        const { code, errors } = await setup(folder, 'setup', '--json')
        expect([code, errors]).toEqual([0, ''])
      }
    })

    it('is not set up where another program has taken its subject', TIMEOUT, async () => {
      const taken = `${namespace}-taken`
      const subject = subjectOf(topicName(taken, Topic.Raw), 'MentionEvent')
      const foreign = {
        type: 'record',
        name: 'MentionEvent',
        namespace: 'earshot',
        fields: [{ name: 'id', type: 'int' }],
      }
      await register(subject, JSON.stringify(foreign))
      const configuration = { ...JSON.parse(await readFile(join(folder, 'earshot.yaml'), 'utf8')), namespace: taken }
      await writeFile(join(folder, 'taken.yaml'), JSON.stringify(configuration))
      const { code, errors } = await runCli(folder, 'setup', '--config', 'taken.yaml')
      expect([code, errors]).toEqual([
        2,
        expect.stringMatching(/our subject.*remove them there, or choose another namespace/),
      ])
    })

    it('reads on what a newer one writes', TIMEOUT, async () => {
      const { connectors } = booksOf(await runNewerCli(folder, ...RUN, '--only', 'ingest'))
      expect(connectors.export).toMatchObject({ accepted: MENTIONS })
      const books = booksOf(await runCli(folder, ...RUN))
      expect(books).toMatchObject({ enrich: { dead: {} }, index: { new: MENTIONS, dead: {} } })
    })

    it('leaves on its topics what every tool can read through the registry', TIMEOUT, async () => {
      const [onRaw, onEnriched] = [await schemasOn(raw), await schemasOn(enriched)]
      expect([...onRaw.keys()].toSorted()).toEqual(['Heartbeat', 'MentionEvent'])
      expect([...onEnriched.keys()].toSorted()).toEqual(['EnrichedEvent', 'Heartbeat'])
      expect(JSON.parse(onRaw.get('MentionEvent') as string).fields).toContainEqual(
        expect.objectContaining({ name: 'weather' }),
      )
      expect(onEnriched.get('EnrichedEvent')).toBe(wireSchemas.EnrichedEvent)
    })

    it('is read by a consumer in another language, the newer version beside ours', TIMEOUT, async () => {
      for (const topic of [raw, enriched]) {
        const sent = (await recordsOn(topic)).find(isMention) as LogRecord
        const path = join(folder, topic)
        await writeFile(path, sent.value)
        const { stdout } = await execute(FASTAVRO, ['read-wire', registry as string, path])
        expect(JSON.parse(stdout)).toMatchObject({
          id: sent.key,
          op: 'create',
          mention: { text: expect.stringMatching(/^acme parcel \d/) },
        })
      }
    })

    it('has archived it', TIMEOUT, async () => {
      const replayed = booksOf(await runCli(folder, 'replay', '--from', '2d', '--to', '0d', '--json'))
      expect(Object.values(replayed.connectors)).toMatchObject([{ read: MENTIONS, accepted: MENTIONS }])
    })
  })

  describe('a foreign record on a topic', () => {
    const source = { connector: 'c', platform: 'test', instance: null, latenessMs: 0 }
    const mention = newMention({
      platform: 'test',
      kind: 'post',
      publishedAt: 1_700_000_000_000,
      text: 'acme was late',
    })
    const event: MentionEvent = {
      ...{
        id: 'test:late',
        op: 'create',
        rev: 1,
        observedAt: 1_700_000_000_000,
        ingestedAt: null,
        source,
        reason: null,
      },
      ...{ mention, payload: null },
    }
    const grown = JSON.parse(wireSchemas.MentionEvent)
    grown.fields.push({ name: 'weather', type: ['null', 'string'], default: null })
    const newer = new WireCodec({ MentionEvent: [JSON.stringify(grown)] })
    /** Of a newer Earshot that uses no registry. */
    const ofTheFuture = newer.encode('MentionEvent', { ...event, weather: 'rain' })
    const ours = encode('MentionEvent', event)
    let strange: readonly (readonly [topic: string, value: Uint8Array, stage: string, code: string])[]

    beforeAll(async () => {
      const id = await register(`${namespace}-foreign`, '"string"')
      const known = (await recordsOn(enriched)).find(({ headers }) =>
        headers[Header.Type]?.startsWith('mention.'),
      )?.value
      strange = [
        [raw, Buffer.from('of somebody else'), 'enrich', 'RECORD_UNREADABLE'],
        [raw, withId(ours, 0x7fff_fff0), 'enrich', 'SCHEMA_UNKNOWN'],
        [raw, withId(Buffer.from('\0\0\0\0\0\u0008acme'), id), 'enrich', 'SCHEMA_UNKNOWN'],
        [raw, ofTheFuture, 'enrich', 'SCHEMA_UNKNOWN'],
        [raw, ours.subarray(0, 40), 'enrich', 'RECORD_UNREADABLE'],
        [enriched, Buffer.from('{"id":"acme"}'), 'index', 'RECORD_UNREADABLE'],
        [enriched, withId(ours, 0xffff_fff0), 'index', 'SCHEMA_UNKNOWN'],
        [enriched, (known as Uint8Array).subarray(0, 60), 'index', 'RECORD_UNREADABLE'],
      ]
      await using log = await openKafkaEventLog(kafkaAt(kafka as string))
      for (const [topic, value] of strange) {
        await log.produce(topic, [{ key: 'test:late', value, headers: { [Header.Type]: 'mention.create' } }])
      }
    }, 60_000)

    let letters: readonly Letter[]

    it('is buried by the stage that reads it, and counted', TIMEOUT, async () => {
      const { enrich, index, waiting } = booksOf(await runCli(folder, ...RUN))
      expect([enrich.dead, index.dead, index.new]).toEqual([
        { RECORD_UNREADABLE: 2, SCHEMA_UNKNOWN: 3 },
        { RECORD_UNREADABLE: 2, SCHEMA_UNKNOWN: 1 },
        0,
      ])
      expect(waiting).toEqual({ enrich: 0, index: 0 })
      const { output } = await runCli(folder, 'dead-letters', 'list', '--json')
      letters = output.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []))
      expect(letters.map(({ stage, code }) => `${stage} ${code}`).toSorted()).toEqual(
        strange.map(([, , stage, code]) => `${stage} ${code}`).toSorted(),
      )
    })

    it('keeps its bytes', TIMEOUT, async () => {
      const buried = (await recordsOn(topicName(namespace, Topic.Dead))).flatMap(({ value }) => {
        const letter = decode(withId(value, currentId('DeadLetter')))
        return letter.name === 'DeadLetter' && letter.value.topic === raw ? [letter.value.bytes] : []
      })
      const expected = strange.filter(([topic]) => topic === raw).map(([, value]) => Buffer.from(value))
      const hex = (all: readonly Uint8Array[]) => all.map((bytes) => Buffer.from(bytes).toString('hex')).toSorted()
      expect(hex(buried)).toEqual(hex(expected))
    })

    it('comes in after an update, when a newer Earshot wrote it', TIMEOUT, async () => {
      const wanted = letters.find(({ message }) => message.includes(String(schemaId(JSON.stringify(grown)))))
      expect(wanted?.message).toMatch(/written by a newer Earshot\? update this one/)
      const retried = await runNewerCli(folder, 'dead-letters', 'retry', String(wanted?.id), '--json')
      expect(JSON.parse(retried.output)).toEqual([{ id: wanted?.id, result: 'put back' }])
      const books = booksOf(await runNewerCli(folder, ...RUN))
      expect(books).toMatchObject({ enrich: { dead: {} }, index: { new: 1, dead: {} } })
      const { output } = await runNewerCli(folder, 'search', 'late', '--json')
      expect(JSON.parse(output)).toMatchObject({ id: 'test:late' })
      // An older one would lose what it does not know of it.
      const { code, errors } = await runCli(folder, 'search', 'late')
      expect([code, errors]).toEqual([2, expect.stringMatching(/written by a newer Earshot: update this one/)])
    })
  })
})
