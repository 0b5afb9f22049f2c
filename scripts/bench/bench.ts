/**
 * `npm run bench -- [NAME ...] [--mentions N] [--runs N] [--seconds N] [--json]`: the figures of docs/performance.md on this machine. Without a name
 * those that need no server. With `--json` what was measured goes to stdout, and the lines for people to stderr.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machineJson, machineLine } from '../machine.ts'
import { findServers } from '../servers/find-servers.ts'
import { NEEDED_SERVERS, type RealServer } from '../servers/real-server.ts'
import type { Bench } from './bench-run.ts'
import { benchHops } from './hops/hop-bench.ts'
import { benchIdle } from './idle-bench.ts'
import { benchKafka } from './kafka-bench.ts'
import { benchLatency } from './latency/latency-bench.ts'
import { benchMemory } from './memory-bench.ts'
import { benchQuery } from './query-bench.ts'
import { benchReplay } from './replay-bench.ts'
import { benchSearch } from './search-bench.ts'
import { benchSoak } from './soak-bench.ts'
import { benchThroughput } from './throughput-bench.ts'

const benches: Readonly<Record<string, (bench: Bench) => Promise<unknown>>> = {
  throughput: benchThroughput,
  memory: benchMemory,
  search: benchSearch,
  query: benchQuery,
  kafka: benchKafka,
  hops: benchHops,
  latency: benchLatency,
  idle: benchIdle,
  replay: benchReplay,
  soak: benchSoak,
}
const WITHOUT_SERVERS = ['throughput', 'memory', 'search', 'query']
/** Compilers, collectors and memory as in production. */
const AS_IN_PRODUCTION = { KAFKA_FAST_START: '0', KAFKA_HEAP: '1g', ES_FAST_START: '0', ES_HEAP: '2g' }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mentions: { type: 'string' },
    seconds: { type: 'string' },
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean' },
  },
})
const unknown = positionals.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) throw new Error(`there is no bench ${unknown.join(', ')}: ${Object.keys(benches).join(', ')}`)

const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`)
await using resources = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'earshot-bench-'))
resources.defer(() => rm(folder, { recursive: true, force: true }))
let started: Promise<readonly RealServer[]> | null = null
const start = async () =>
  (await findServers(say, NEEDED_SERVERS, AS_IN_PRODUCTION)).map((server) => resources.use(server))

say(machineLine())
const measured: Record<string, unknown> = {}
for (const name of positionals.length > 0 ? positionals : WITHOUT_SERVERS) {
  measured[name] = await benches[name]?.({
    mentions: (usual) => Number(values.mentions ?? usual),
    seconds: (usual) => Number(values.seconds ?? usual),
    runs: Number(values.runs),
    folder,
    say,
    servers: () => (started ??= start()),
  })
}
if (values.json) {
  const servers = ((await started) ?? []) as readonly RealServer[]
  const versions = servers.map(({ version }) => version)
  process.stdout.write(`${JSON.stringify({ machine: machineJson(), servers: versions, ...measured }, null, 2)}\n`)
}
