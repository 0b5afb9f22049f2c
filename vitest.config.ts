import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Forks, not threads: adapters start worker threads of their own and tests send signals to child processes.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/package/**'],
    // Tests start the program hundreds of times: it is compiled once.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
