/**
 * `npm run faults -- [--only NAME[,NAME]] [--mentions N] [--rounds N] [--seed N] [--json]`: starts Kafka, Elasticsearch and S3 of
 * its own, runs the real program as several processes on them, breaks servers and processes on purpose, and counts what is left.
 */
import { parseArgs } from 'node:util'
import { FaultServers, faultyServers } from '#test/chaos/faults/fault-servers.ts'
import { runScenario, type ScenarioReport } from '#test/chaos/faults/run-scenario.ts'
import { everythingAtOnce, scenarios } from '#test/chaos/faults/scenarios.ts'
import { setUpLocalServer } from './servers/start-local-server.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    mentions: { type: 'string', default: '9000' },
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const HEAD = [
  ...['scenario', 'faults', 'mentions', 'operations', 'stand / gone', 'violations', 'restarts'],
  ...['repeats raw / enriched', 'seconds'],
]
const say = (text: string) => void process.stderr.write(`${text}\n`)
const known = [...scenarios, everythingAtOnce]
const names = values.only?.split(',')
const unknown = names?.find((name) => !known.some((scenario) => scenario.name === name))
if (unknown !== undefined) {
  say(`no scenario "${unknown}": expected some of ${known.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
const chosen = known.filter(({ name }) => names?.includes(name) ?? name !== everythingAtOnce.name)

for (const name of faultyServers) await setUpLocalServer(name, say)
await using servers = await FaultServers.start()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void servers[Symbol.asyncDispose]().finally(() => process.exit(130)))
}
say(servers.versions().join(', '))
const reports: ScenarioReport[] = []
for (const scenario of chosen) {
  const { mentions, rounds, seed } = values
  const options = { mentions: Number(mentions), rounds: Number(rounds), seed: Number(seed), say }
  const report = await runScenario(servers, scenario, options)
  reports.push(report)
  say(rowOf(report)) // at once: who interrupts the rest has what was done
  for (const violation of report.violations.slice(0, 20)) say(`  ${violation}`)
}
if (values.json) process.stdout.write(`${JSON.stringify({ servers: servers.versions(), reports })}\n`)
else process.stdout.write(`${[line(HEAD), line(HEAD.map(() => '---')), ...reports.map(rowOf)].join('\n')}\n`)
process.exitCode = reports.some(({ violations }) => violations.length > 0) ? 1 : 0

function rowOf(report: ScenarioReport): string {
  const { name, faults, mentions, operations, standing, gone, violations, restarts, repeats, seconds } = report
  const broken = Object.entries(faults).map(([what, times]) => `${times} × ${what}`)
  const of = [mentions, operations, `${standing} / ${gone}`, violations.length, restarts]
  return line([name, broken.join(', '), ...of, `${repeats.raw} / ${repeats.enriched}`, seconds])
}

function line(cells: readonly unknown[]): string {
  return `| ${cells.join(' | ')} |`
}
