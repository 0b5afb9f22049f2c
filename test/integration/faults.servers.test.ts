import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setUpLocalServer } from '../../scripts/servers/start-local-server.ts'
import { FaultServers, faultyServers } from '../chaos/faults/fault-servers.ts'
import { runScenario } from '../chaos/faults/run-scenario.ts'
import { everythingAtOnce } from '../chaos/faults/scenarios.ts'
import { withServers } from '../support/real-server.ts'

const SET_UP_WITHIN_MS = 900_000
const MENTIONS = 2_000

// On servers of its own, since they are killed: those of the ladder may be in Docker, or somebody's. The long form, a fault at a
// time and in several rounds, is `npm run faults`.
withServers(['kafka', 'elasticsearch', 's3'], () => {
  describe('distributed mode while its servers and processes are killed', () => {
    let servers: FaultServers | null = null
    beforeAll(async () => {
      try {
        for (const name of faultyServers) await setUpLocalServer(name, (line) => process.stderr.write(`${line}\n`))
      } catch (error) {
        if (process.env.REQUIRE_SERVERS === '1') throw error
        process.stderr.write(
          `SKIPPED no servers that could be killed: nothing is proved (${(error as Error).message})\n`,
        )
        return
      }
      servers = await FaultServers.start()
    }, SET_UP_WITHIN_MS)
    afterAll(async () => await servers?.[Symbol.asyncDispose]())

    it('keeps every mention once in its last state, and a replay brings nothing back', {
      timeout: 300_000,
    }, async (context) => {
      if (servers === null) return context.skip()
      const report = await runScenario(servers, everythingAtOnce, { mentions: MENTIONS, rounds: 1, seed: 5 })
      const { faults, violations, restarts, repeats, seconds } = report
      process.stdout.write(`faults in ${seconds} s: ${JSON.stringify({ faults, restarts, repeats })}\n`)
      expect(violations).toEqual([])
      expect(faults).toMatchObject({
        'broker killed': 1,
        'Elasticsearch killed': 1,
        'consumer killed during a rebalance': 1,
        'archiver killed between put and commit': 1,
      })
    })
  })
})
