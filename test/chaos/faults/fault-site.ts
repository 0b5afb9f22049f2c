import { randomUUID } from 'node:crypto'
import { appendFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '#infra/config/environment.ts'
import type { Cursors } from '#infra/contracts/cursors.ts'
import type { EventLog } from '#infra/contracts/event-log.ts'
import { openKafkaCursors } from '#infra/kafka/cursors.ts'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { isTransient } from '#infra/runtime/retry.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { decodeFileCursor } from '#ingest/file/file-cursor.ts'
import { Topic, topicName } from '#schemas/topics.ts'
import { type Topics, topicsOf } from '#scripts/installation.ts'
import { kafkaAt } from '../../support/kafka-at.ts'
import { runCli } from '../../support/run-cli.ts'
import { Crew, type Role, type Worker } from './crew.ts'
import type { FaultServers } from './fault-servers.ts'

/** Also the number of files: each connector has a partition of cursors of its own, more or less. */
export const PARTITIONS = 4
const SECRET = 'earshot-secret'
const LOOK_MS = 100

const run = (name: string, configuration: string, ...args: string[]): Role => ({
  name,
  args: ['run', '--config', configuration, '--log-level', 'info', ...args],
})
export const roles = {
  ingest: run('ingest', 'source.yaml', '--only', 'ingest'),
  enrich: run('enrich', 'stage.yaml', '--only', 'enrich'),
  sinks: run('sinks', 'stage.yaml', '--only', 'index,archive,alerts'),
  archive: run('archive', 'stage.yaml', '--only', 'archive', '--until-idle'),
} as const

/** One installation on the servers: its configuration and files, its processes, and how far they have come. */
export class FaultSite implements AsyncDisposable {
  readonly folder: string
  readonly servers: FaultServers
  readonly namespace: string
  readonly bucket: string
  readonly topics: Topics
  readonly crew: Crew
  readonly log: EventLog
  readonly cursors: Cursors
  /** How often something was broken, by what it was. */
  readonly faults = new Map<string, number>()
  #keep = false

  private constructor(servers: FaultServers, folder: string, namespace: string, log: EventLog, cursors: Cursors) {
    this.servers = servers
    this.folder = folder
    this.namespace = namespace
    this.bucket = `archive-${namespace}`
    this.topics = topicsOf(namespace)
    this.log = log
    this.cursors = cursors
    this.crew = new Crew({ folder, environment: { ...processEnvironment(), FAULTS_S3_SECRET: SECRET } })
  }

  /** Writes the configuration and runs `earshot setup`. */
  static async make(servers: FaultServers): Promise<FaultSite> {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-site-'))
    const namespace = `faults-${randomUUID().slice(0, 8)}`
    for (const [name, port] of [
      ['source', servers.sourceWay.port],
      ['stage', servers.stageWay.port],
    ] as const) {
      const configuration = configurationOf(servers, namespace, port)
      await writeFile(join(folder, `${name}.yaml`), JSON.stringify(configuration))
    }
    for (let part = 0; part < PARTITIONS; part++) await writeFile(partPath(folder, part), '')
    process.env.FAULTS_S3_SECRET = SECRET
    const { code, errors } = await runCli(folder, 'setup', '--config', 'stage.yaml')
    if (code !== 0) throw new Error(`setup failed: ${errors}`)
    const kafka = { ...kafkaAt(servers.addressOf('kafka')), namespace }
    const log = await openKafkaEventLog(kafka)
    const cursors = await openKafkaCursors({
      ...kafka,
      topic: topicName(namespace, Topic.Cursors),
      partitions: PARTITIONS,
    })
    return new FaultSite(servers, folder, namespace, log, cursors)
  }

  broke(what: string): void {
    this.faults.set(what, (this.faults.get(what) ?? 0) + 1)
  }

  hire(role: keyof typeof roles, count = 1): Worker[] {
    return Array.from({ length: count }, () => this.crew.hire(roles[role]))
  }

  /** More lines for the sources; each part is a file of its own. */
  async append(parts: readonly (readonly string[])[]): Promise<void> {
    for (const [part, lines] of parts.entries())
      if (lines.length > 0) await appendFile(partPath(this.folder, part), `${lines.join('\n')}\n`)
  }

  /** Resolves when the saved cursors say that all files were read to their end. */
  async allRead(deadlineMs: number): Promise<void> {
    const sizes = await Promise.all(
      Array.from({ length: PARTITIONS }, async (_, part) => (await stat(partPath(this.folder, part))).size),
    )
    await this.until('the sources are read to their end', deadlineMs, async () => {
      const cursors = await this.cursors.list()
      return sizes.every((size, part) => {
        const cursor = cursors.get(partName(part))
        return size === 0 || (cursor !== undefined && decodeFileCursor(cursor.value).offset >= size)
      })
    })
  }

  /** Records that a group has committed; rejects with a passing failure while Kafka is away. */
  async done(group: 'enrich' | 'index'): Promise<number> {
    const lag = await this.log.lag(group, group === 'enrich' ? this.topics.raw : this.topics.enriched)
    return lag.reduce((sum, { committed }) => sum + committed, 0)
  }

  /** Resolves when both stages have committed everything. */
  async allHandled(deadlineMs: number): Promise<void> {
    for (const [group, topic] of [
      ['enrich', this.topics.raw],
      ['index', this.topics.enriched],
    ] as const) {
      await this.until(`${group} has committed everything`, deadlineMs, async () =>
        (await this.log.lag(group, topic)).every(({ committed, end }) => committed >= end),
      )
    }
  }

  /** Servers that are away are waited for. */
  async until(what: string, deadlineMs: number, isSo: () => Promise<boolean>): Promise<void> {
    const over = systemClock.now() + deadlineMs
    const looks = async () => {
      try {
        return await isSo()
      } catch (error) {
        if (!isTransient(error)) throw error
        return false
      }
    }
    while (!(await looks())) {
      if (systemClock.now() > over)
        throw new Error(`${deadlineMs / 1000} s have passed and it is not true that ${what}`)
      await systemClock.sleep(LOOK_MS)
    }
  }

  /** Waits for a promise, but not for ever. */
  async within(what: string, deadlineMs: number, promise: Promise<unknown>): Promise<void> {
    let isSo = false
    const settled = promise.then(() => {
      isSo = true
    })
    await Promise.race([settled, this.until(what, deadlineMs, async () => isSo)])
  }

  /** What the processes have said stays for who wants to read it. */
  keepFolder(): void {
    this.#keep = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.crew.disband()
    await this.cursors[Symbol.asyncDispose]()
    await this.log[Symbol.asyncDispose]()
    if (!this.#keep) await rm(this.folder, { recursive: true, force: true })
  }
}

const partName = (part: number): string => `part-${part}`
const partPath = (folder: string, part: number): string => join(folder, `${partName(part)}.ndjson`)

function configurationOf(servers: FaultServers, namespace: string, kafkaPort: number): object {
  return {
    ...{ mode: 'distributed', namespace, scores: false },
    brands: [{ id: 'acme', name: 'Acme', query: 'acme' }],
    connectors: Array.from({ length: PARTITIONS }, (_, part) => ({
      ...{ id: partName(part), type: 'file', path: `${partName(part)}.ndjson`, format: 'ndjson' },
    })),
    alerts: [{ id: 'mood', brand: 'acme', on: 'sentiment-spike' }],
    kafka: { brokers: [`127.0.0.1:${kafkaPort}`], partitions: PARTITIONS },
    elasticsearch: { url: servers.indexProxy.url, replicas: 0 },
    s3: {
      endpoint: servers.storeProxy.url,
      bucket: `archive-${namespace}`,
      pathStyle: true,
      credentials: { accessKeyId: 'earshot', secretAccessKey: '${FAULTS_S3_SECRET}' },
    },
  }
}
