/** The servers that distributed mode stands on, the registry where it is wanted. */
export const ServerName = { Kafka: 'kafka', Elasticsearch: 'elasticsearch', S3: 's3', Registry: 'registry' } as const
export type ServerName = (typeof ServerName)[keyof typeof ServerName]

/** A running server, ours until disposed. */
export interface RealServer extends AsyncDisposable {
  readonly name: ServerName
  /** `host:port` for Kafka, a URL for the others, with name and password where the server wants them. */
  readonly address: string
  /** What runs there and where it came from, for people. */
  readonly version: string
}

/** A server to be found or started. */
export interface WantedServer {
  readonly name: ServerName
  /** Where none is named: the newest that we know. */
  readonly version?: '8.19.13'
}

/** Without what is only there when it is wanted. */
export const NEEDED_SERVERS: readonly WantedServer[] = [
  { name: ServerName.Kafka },
  { name: ServerName.Elasticsearch },
  { name: ServerName.S3 },
]
