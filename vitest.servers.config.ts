import { defineConfig } from 'vitest/config'

// What needs a real Kafka, Elasticsearch, S3 or schema registry. `npm run test:servers` starts them and runs this.
export default defineConfig({
  test: {
    include: ['test/**/*.{kafka,elasticsearch,s3,registry,servers}.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
