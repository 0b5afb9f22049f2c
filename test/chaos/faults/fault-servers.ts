import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '#scripts/servers/free-port.ts'
import { ServerName } from '#scripts/servers/real-server.ts'
import { type LocalServer, startLocalServer } from '#scripts/servers/start-local-server.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'

export const faultyServers = [ServerName.Kafka, ServerName.Elasticsearch, ServerName.S3] as const
type FaultyServer = (typeof faultyServers)[number]

/** So small that several writers at once are refused by the server itself. */
const SMALL_QUEUE = 'thread_pool.write.queue_size: 2\nthread_pool.write.size: 1'

/**
 * Kafka, Elasticsearch and S3 of our own, to be killed, and what stands before them: two ways to Kafka, so that sources can be
 * made slow without the stages, and one to each of the others.
 */
export class FaultServers implements AsyncDisposable {
  readonly sourceWay: TcpProxy
  readonly stageWay: TcpProxy
  readonly indexProxy: FaultProxy
  readonly storeProxy: FaultProxy
  readonly #start: (name: FaultyServer, port: number) => Promise<LocalServer>
  readonly #servers: Record<FaultyServer, LocalServer>
  readonly #opened: AsyncDisposableStack

  private constructor(
    start: (name: FaultyServer, port: number) => Promise<LocalServer>,
    servers: Record<FaultyServer, LocalServer>,
    ways: Pick<FaultServers, 'sourceWay' | 'stageWay' | 'indexProxy' | 'storeProxy'>,
    opened: AsyncDisposableStack,
  ) {
    this.#start = start
    this.#servers = servers
    this.#opened = opened
    this.sourceWay = ways.sourceWay
    this.stageWay = ways.stageWay
    this.indexProxy = ways.indexProxy
    this.storeProxy = ways.storeProxy
  }

  static async start(): Promise<FaultServers> {
    await using opened = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'earshot-faults-'))
    opened.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
    const ports = { kafka: await freePort(), source: await freePort(), stage: await freePort() }
    const sourceWay = opened.use(await TcpProxy.start(() => ports.source))
    const stageWay = opened.use(await TcpProxy.start(() => ports.stage))
    const environments: Readonly<Partial<Record<FaultyServer, Readonly<Record<string, string>>>>> = {
      kafka: { KAFKA_PROPERTIES: listeners(ports, sourceWay.port, stageWay.port) },
      elasticsearch: { ES_SETTINGS: SMALL_QUEUE },
    }
    const start = (name: FaultyServer, port: number) =>
      startLocalServer(name, { folder: join(folder, name), port, environment: environments[name] ?? {} })
    const servers: Partial<Record<FaultyServer, LocalServer>> = {}
    opened.defer(async () => {
      await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()))
    })
    const starting = faultyServers.map(async (name) => {
      servers[name] = await start(name, name === ServerName.Kafka ? ports.kafka : await freePort())
    })
    for (const started of await Promise.allSettled(starting)) if (started.status === 'rejected') throw started.reason
    const all = servers as Record<FaultyServer, LocalServer>
    const indexProxy = opened.use(await FaultProxy.start(all.elasticsearch.address))
    const storeProxy = opened.use(await FaultProxy.start(new URL(all.s3.address).origin))
    return new FaultServers(start, all, { sourceWay, stageWay, indexProxy, storeProxy }, opened.move())
  }

  /** Where the harness itself looks, past everything that fails on purpose. */
  addressOf(name: FaultyServer): string {
    return this.#servers[name].address
  }

  versions(): readonly string[] {
    return Object.values(this.#servers).map(({ version }) => version)
  }

  kill(name: FaultyServer): Promise<void> {
    return this.#servers[name].end('SIGKILL')
  }

  /** Starts a killed server on the data that it has left. */
  async restart(name: FaultyServer): Promise<void> {
    this.#servers[name] = await this.#start(name, this.#servers[name].port)
  }

  /** Everything passes again. */
  heal(): void {
    this.sourceWay.way = this.stageWay.way = 'open'
    this.sourceWay.delayMs = this.stageWay.delayMs = 0
    this.indexProxy.plan = this.storeProxy.plan = () => 'pass'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync()
  }
}

/** Clients are sent to the address of the listener that they came in by. */
function listeners(
  ports: { readonly kafka: number; readonly source: number; readonly stage: number },
  sourceWay: number,
  stageWay: number,
): string {
  const at = (port: number) => `://127.0.0.1:${port}`
  return [
    `listeners=PLAINTEXT${at(ports.kafka)},CONTROLLER${at(ports.kafka + 1)},SOURCE${at(ports.source)},STAGE${at(ports.stage)}`,
    `advertised.listeners=PLAINTEXT${at(ports.kafka)},SOURCE${at(sourceWay)},STAGE${at(stageWay)}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SOURCE:PLAINTEXT,STAGE:PLAINTEXT',
  ].join('\n')
}
