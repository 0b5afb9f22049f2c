/** `npm run chaos -- [--kills N] [--mentions N] [--seed N]`: kills the real program at random moments and counts what is left. */
import { parseArgs } from 'node:util'
import { killAndCount } from '#test/chaos/kill-and-count.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    mentions: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
})
const startedAt = performance.now()
const report = await killAndCount({
  ...{ kills: Number(values.kills), mentions: Number(values.mentions), seed: Number(values.seed) },
  onKill: (kill, afterMs) => process.stderr.write(`kill ${kill} after ${afterMs} ms\n`),
})
const { kills, rounds, standing, gone, violations } = report
const seconds = Math.round((performance.now() - startedAt) / 1000)
console.log(`${kills} kills in ${rounds} rounds of ${values.mentions} mentions, ${seconds} s`)
console.log(
  `${standing} mentions had to stand in their last state, ${gone} had to be gone: ${violations.length} violations`,
)
for (const violation of violations.slice(0, 50)) console.log(`  ${violation}`)
process.exitCode = violations.length === 0 ? 0 : 1
