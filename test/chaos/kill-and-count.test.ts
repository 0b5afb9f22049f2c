import { expect, it } from 'vitest'
import { killAndCount } from './kill-and-count.ts'

// The long form, fifty kills in 20,000 mentions, is `npm run chaos`.
it('keeps every mention once in its last state through five kills', { timeout: 100_000 }, async () => {
  const report = await killAndCount({ mentions: 3_000, kills: 5, seed: 11 })
  expect(report.violations).toEqual([])
  expect(report.kills).toBeGreaterThanOrEqual(5)
  expect(report.standing).toBeGreaterThan(1_000)
})
