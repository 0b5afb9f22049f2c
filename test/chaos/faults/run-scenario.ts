import { createHash } from 'node:crypto'
import { Random } from '#scripts/random.ts'
import { runCli } from '../../support/run-cli.ts'
import { operationsCorpus } from '../operations-corpus.ts'
import type { FaultServers } from './fault-servers.ts'
import { FaultSite, PARTITIONS } from './fault-site.ts'
import type { Moment, Scenario } from './scenarios.ts'
import { countSite } from './site-obligations.ts'
import { topicObligations } from './topic-obligations.ts'

export interface ScenarioOptions {
  readonly mentions: number
  /** The corpus comes in so many parts, and in each the scenario breaks something. */
  readonly rounds: number
  readonly seed: number
  readonly say?: (line: string) => void
}

export interface ScenarioReport {
  readonly name: string
  readonly proves: string
  readonly faults: Readonly<Record<string, number>>
  readonly mentions: number
  /** Lines of the corpus: each an operation that both topics and the archive must hold. */
  readonly operations: number
  /** Mentions that must stand in their last state, and that must be gone; looked for before and after a replay. */
  readonly standing: number
  readonly gone: number
  /** Processes that ended unasked, and were started again. */
  readonly restarts: number
  readonly repeats: { readonly raw: number; readonly enriched: number }
  readonly seconds: number
  /** Each is a promise broken, in words. */
  readonly violations: readonly string[]
}

/** Far more than a round takes on a slow machine. */
const ROUND_WITHIN_MS = 180_000

/**
 * Runs the real program as several processes over a corpus while the scenario breaks things, replays all of it and then its first
 * half, and counts what the servers hold before and after.
 */
export async function runScenario(
  servers: FaultServers,
  scenario: Scenario,
  { mentions, rounds, seed, say = () => {} }: ScenarioOptions,
): Promise<ScenarioReport> {
  const startedAt = performance.now()
  const random = new Random(seed)
  const { text, obligations } = operationsCorpus(seed, mentions, scenario.padding)
  const lines = text.trimEnd().split('\n')
  await using site = await FaultSite.make(servers)
  const violations: string[] = []
  let repeats = { raw: 0, enriched: 0 }
  try {
    for (let round = 0; round < rounds; round++) {
      const share = lines.slice((round * lines.length) / rounds, ((round + 1) * lines.length) / rounds)
      say(`${scenario.name}: round ${round + 1} of ${rounds}, ${share.length} operations`)
      await runRound(site, scenario, share, round, random)
    }
    say(`${scenario.name}: counting`)
    const counted = await countSite(site, obligations, topicObligations(lines))
    repeats = counted.repeats
    violations.push(...counted.violations)
    say(`${scenario.name}: replaying`)
    if (scenario.replayPlan) servers.storeProxy.plan = scenario.replayPlan
    await replay(site, '2027-01-01')
    // What stands was edited since the middle: old content comes after new.
    await replay(site, (JSON.parse(lines[lines.length >> 1] as string) as { observedAt: string }).observedAt)
    servers.heal()
    const after = await countSite(site, obligations, topicObligations(lines))
    violations.push(...after.violations.map((violation) => `after the replays: ${violation}`))
  } catch (error) {
    violations.push(`it did not come to its end: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    servers.heal()
    await site.crew.disband()
  }
  violations.push(...site.crew.violations)
  if (violations.length > 0) {
    site.keepFolder()
    say(`${scenario.name}: what its processes said is in ${site.folder}`)
  }
  return {
    ...{ name: scenario.name, proves: scenario.proves, faults: Object.fromEntries(site.faults), mentions },
    ...{ operations: lines.length, standing: obligations.standing.size, gone: obligations.gone.size },
    ...{ restarts: site.crew.restarts, repeats, violations },
    seconds: Math.round((performance.now() - startedAt) / 1_000),
  }
}

async function runRound(
  site: FaultSite,
  scenario: Scenario,
  lines: readonly string[],
  round: number,
  random: Random,
): Promise<void> {
  const { servers } = site
  const { crew } = scenario
  servers.sourceWay.delayMs = scenario.paceMs
  const before = { enrich: 0, index: 0 }
  await site.until('Kafka answers', ROUND_WITHIN_MS, async () => {
    before.enrich = await site.done('enrich')
    before.index = await site.done('index')
    return true
  })
  await site.append(partsOf(lines))
  const moment: Moment = {
    ...{ site, random, round },
    ingest: site.hire('ingest', crew.ingest),
    enrich: site.hire('enrich', crew.enrich),
    sinks: site.hire('sinks', crew.sinks),
    reached: (group, share) =>
      site.until(`${group} has done ${share} of the round`, ROUND_WITHIN_MS, async () => {
        return (await site.done(group)) - before[group] >= share * lines.length
      }),
  }
  await scenario.work(moment)
  await site.allRead(ROUND_WITHIN_MS)
  await Promise.all(moment.ingest.map((worker) => worker.dismiss()))
  await site.allHandled(ROUND_WITHIN_MS)
  await Promise.all([...moment.enrich, ...moment.sinks].map((worker) => worker.dismiss()))
  servers.heal()
  // Segments are stored every five minutes, and when a run ends by itself. Two at once: they share the partitions.
  scenario.settle?.(site)
  const archivers = site.hire('archive', 2)
  await site.within(
    'the archive stores what is left',
    ROUND_WITHIN_MS,
    Promise.all(archivers.map(({ ended }) => ended)),
  )
  servers.heal()
}

/** By what they speak of: the lines of one mention stay in order. */
function partsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = Array.from({ length: PARTITIONS }, () => [])
  for (const line of lines) {
    const { id, author } = JSON.parse(line) as { readonly id?: string; readonly author?: { readonly id: string } }
    const hash = createHash('sha256')
      .update(id ?? author?.id ?? '')
      .digest()
    parts[hash.readUInt32BE(0) % PARTITIONS]?.push(line)
  }
  return parts
}

async function replay(site: FaultSite, to: string): Promise<void> {
  const range = ['--from', '2025-12-31', '--to', to]
  const { code, output, errors } = await runCli(site.folder, 'replay', '--config', 'stage.yaml', ...range, '--json')
  const books = code === 0 ? (JSON.parse(output) as { readonly waiting: Readonly<Record<string, number>> }) : null
  if (books === null || Object.values(books.waiting).some((records) => records > 0))
    throw new Error(`the replay ended with ${code}: ${output}${errors.slice(-2_000)}`)
}
