/** Which folder may import which (DESIGN §3). The first prefix that fits a file names its layer. */
export const layers: readonly { readonly prefix: string; readonly imports: readonly string[] | 'everything' }[] = [
  { prefix: 'schemas/', imports: [] },
  { prefix: 'query/', imports: ['schemas/'] },
  { prefix: 'infra/contracts/', imports: ['schemas/', 'query/'] },
  { prefix: 'infra/runtime/', imports: ['schemas/', 'query/', 'infra/contracts/'] },
  // Adapters, and the configuration: each stands alone.
  ...['sqlite', 'filesystem', 'kafka', 'registry', 'elasticsearch', 's3', 'config', 'kibana'].map((name) => ({
    prefix: `infra/${name}/`,
    imports: ['schemas/', 'query/', 'infra/contracts/', 'infra/runtime/'],
  })),
  ...['ingest/', 'enrich/', 'index/'].map((prefix) => ({
    prefix,
    imports: ['schemas/', 'query/', 'infra/contracts/', 'infra/runtime/'],
  })),
  { prefix: 'scripts/', imports: 'everything' },
  { prefix: 'test/', imports: 'everything' },
]

/** Libraries that stay at home, so that another one can take their place there. */
export const homes: Readonly<Record<string, readonly string[]>> = {
  kafkajs: ['infra/kafka/'],
  '@elastic/elasticsearch': ['infra/elasticsearch/'],
  '@aws-sdk/client-s3': ['infra/s3/'],
  // The process lock is one of the operating system, to which Node has no other way.
  'node:sqlite': ['infra/sqlite/', 'infra/filesystem/process-lock.ts'],
  avsc: ['schemas/', 'infra/runtime/archive-segment.ts'],
  zod: ['infra/config/'],
  yaml: ['infra/config/'],
  feedsmith: ['ingest/feed/'],
  'csv-parse': ['ingest/file/'],
  natural: ['enrich/'],
  standardwebhooks: ['index/alerts/'],
  'prom-client': ['infra/runtime/'],
  commander: [],
  fastify: ['index/api/'],
}

/** Pure layers reach the world by nothing but arithmetic. */
export const pure: readonly string[] = ['schemas/', 'query/']
export const pureBuiltins: readonly string[] = ['node:crypto', 'node:buffer', 'node:util']

/** Where the environment and the time may be read. Tests may read both. */
export const environmentReaders: readonly string[] = ['infra/config/', 'test/']
export const timeReaders: readonly string[] = ['infra/runtime/system-clock.ts', 'test/']

/** Packages whose root is too heavy, or does more than its parts: only files inside them may be imported. */
export const deepOnly: readonly string[] = ['natural']
