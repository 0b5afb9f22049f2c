import { defineConfig } from 'vitest/config'

// Packs, installs and runs the published package: minutes, and the registry or npm's cache. `npm run test:package`.
export default defineConfig({
  test: {
    include: ['test/package/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
})
