import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { processEnvironment } from '#infra/config/environment.ts'

// What needs a real Kafka, Elasticsearch, S3 or schema registry. `npm run test:servers` starts them and runs this. Several addresses
// of Elasticsearch have commas between them: the first serves all suites, each other one those of Elasticsearch.
const [elasticsearch = '', ...others] = (processEnvironment().EARSHOT_ELASTICSEARCH ?? '').split(',')

/** Without that of the accounts, which starts a server of its own. */
const OF_THE_ADDRESS = 'test/**/!(accounts).elasticsearch.test.ts'

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('servers', 'test/**/*.{kafka,elasticsearch,s3,registry,servers}.test.ts', elasticsearch),
      ...others.map((other, i) => project(`elasticsearch ${i + 2}`, OF_THE_ADDRESS, other)),
    ],
  },
})

function project(name: string, include: string, address: string) {
  const env = {
    EARSHOT_ELASTICSEARCH: address,
    NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled'),
  }
  return {
    test: { name, include: [include], env, pool: 'forks' as const, testTimeout: 60_000, hookTimeout: 60_000 },
  }
}
