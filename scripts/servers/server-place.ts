import { randomBytes } from 'node:crypto'
import type { Environment } from '#infra/config/environment.ts'
import { parseConfiguration } from '#infra/config/load-configuration.ts'
import { type Servers, serversOf } from '../installation.ts'
import { type RealServer, ServerName } from './real-server.ts'

const SECRET = 'EARSHOT_PLACE_SECRET'
const PASSWORD = 'EARSHOT_PLACE_PASSWORD'

/** A namespace of its own on three servers. */
export interface ServerPlace {
  readonly namespace: string
  /** What a configuration file says of them, secrets as names of variables. */
  readonly configuration: Readonly<Record<string, unknown>>
  /** Those variables. */
  readonly environment: Environment
  /** The same for those who open them without a file. */
  readonly servers: Servers
}

/** A place that nobody has used, on servers that were found. */
export function freshPlace(found: readonly RealServer[], purpose: string, partitions: number): ServerPlace {
  const namespace = `${purpose}-${randomBytes(4).toString('hex')}`
  const addressOf = (name: ServerName): string => {
    const server = found.find((one) => one.name === name)
    if (server === undefined) throw new Error(`there is no ${name}`)
    return server.address
  }
  const elasticsearch = new URL(addressOf(ServerName.Elasticsearch))
  const s3 = new URL(addressOf(ServerName.S3))
  const login = { type: 'basic', username: decodeURIComponent(elasticsearch.username), password: `\${${PASSWORD}}` }
  const configuration = {
    ...{ mode: 'distributed', namespace },
    kafka: { brokers: addressOf(ServerName.Kafka).split(','), partitions },
    elasticsearch: { url: elasticsearch.origin, replicas: 0, ...(elasticsearch.username !== '' && { auth: login }) },
    s3: {
      ...{ endpoint: s3.origin, bucket: namespace },
      credentials: { accessKeyId: decodeURIComponent(s3.username), secretAccessKey: `\${${SECRET}}` },
    },
  }
  const environment = {
    [SECRET]: decodeURIComponent(s3.password),
    [PASSWORD]: decodeURIComponent(elasticsearch.password),
  }
  const text = JSON.stringify({ ...configuration, brands: [{ id: 'any', name: 'Any', query: 'any' }], connectors: [] })
  const servers = serversOf(parseConfiguration(text, { environment, name: purpose, folder: '.' })) as Servers
  return { namespace, configuration, environment, servers }
}
