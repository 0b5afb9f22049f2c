import type { IncomingMessage } from 'node:http'
import { systemClock } from '#infra/runtime/system-clock.ts'
import type { Random } from '#scripts/random.ts'
import type { Fault, FaultPlan } from '../../support/fault-proxy.ts'
import type { Worker } from './crew.ts'
import type { FaultSite } from './fault-site.ts'

/** While a part of the corpus is on its way. */
export interface Moment {
  readonly site: FaultSite
  readonly random: Random
  /** From 0. */
  readonly round: number
  readonly ingest: Worker[]
  readonly enrich: Worker[]
  readonly sinks: Worker[]
  /** Resolves when the group has committed this share of the round's records. */
  reached(group: 'enrich' | 'index', share: number): Promise<void>
}

export interface Scenario {
  readonly name: string
  readonly proves: string
  readonly crew: { readonly ingest: number; readonly enrich: number; readonly sinks: number }
  /** Breaks something while a round is worked on. */
  work(moment: Moment): Promise<void>
  /** Breaks something while the archive stores what the round has left; afterwards everything passes again. */
  settle?(site: FaultSite): void
  /** Sources send so much later, so that they are at work when something breaks. */
  readonly paceMs: number
  /** Bytes that each line of the sources is longer: a source saves its place once in a megabyte. */
  readonly padding?: number
  /** What the store does while a replay reads it. */
  readonly replayPlan?: FaultPlan
}

const CREW = { ingest: 1, enrich: 2, sinks: 2 }
const PACE_MS = 250
/** Longer than the session of a member, 10 s. */
const SILENCE_MS = 13_000
const JOINS_WITHIN_MS = 60_000
const ASSIGNED = 'partitions assigned'

async function killBroker({ site, random, reached }: Moment): Promise<void> {
  await reached('enrich', 0.1 + 0.5 * random.next())
  site.broke('broker killed')
  await site.servers.kill('kafka')
  await site.servers.restart('kafka')
}

async function killIndex({ site, random, reached }: Moment): Promise<void> {
  await reached('index', 0.1 + 0.4 * random.next())
  site.broke('Elasticsearch killed')
  await site.servers.kill('elasticsearch')
  await site.servers.restart('elasticsearch')
}

/** A newcomer makes the group deal out its partitions anew, and while it does somebody dies. */
async function killInRebalance({ site, random, enrich, reached }: Moment, share: number): Promise<void> {
  await reached('enrich', share)
  const [newcomer] = site.hire('enrich') as [Worker]
  enrich.push(newcomer)
  await newcomer.says('pipeline started', JOINS_WITHIN_MS)
  await systemClock.sleep(random.below(1_000)) // where in the round it dies is for chance to say
  site.broke('consumer killed during a rebalance')
  random.pick(enrich).kill()
}

async function joinAndLeave(
  { site, random, ...moment }: Moment,
  role: 'enrich' | 'sinks',
  share: number,
): Promise<void> {
  await moment.reached('enrich', share)
  const [newcomer] = site.hire(role) as [Worker]
  await newcomer.says(ASSIGNED, JOINS_WITHIN_MS)
  const team = moment[role]
  const leaving = team.splice(random.below(team.length), 1, newcomer)
  await Promise.all(leaving.map((worker) => worker.dismiss()))
  site.broke(`one of ${role} joined, another left`)
}

/** `others`: resolves when those who took over have finished. */
async function freeze(site: FaultSite, worker: Worker, others: () => Promise<void>): Promise<void> {
  worker.freeze()
  await others()
  const assigned = worker.said(ASSIGNED)
  site.broke('stopped, overtaken, woken')
  worker.thaw()
  await worker.says(ASSIGNED, JOINS_WITHIN_MS, assigned)
}

const isBulk = ({ url }: IncomingMessage): boolean => url?.includes('_bulk') === true
const isSegment = ({ method, url }: IncomingMessage): boolean => method === 'PUT' && url?.includes('.avro') === true

const TOO_MANY = {
  status: 429,
  headers: { 'content-type': 'application/json' },
  body: '{"error":{"type":"es_rejected_execution_exception","reason":"queue full"},"status":429}',
}
const SLOW_DOWN = {
  status: 503,
  headers: { 'content-type': 'application/xml' },
  body: '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>',
}
const passLater =
  (delayMs: () => number): FaultPlan =>
  async (): Promise<Fault> => {
    await systemClock.sleep(delayMs())
    return 'pass'
  }

const THIRDS: readonly Fault[] = [SLOW_DOWN, 'lose the answer', 'reset']

function failThirds(site: FaultSite): void {
  site.servers.storeProxy.plan = everyThirdFails(() => site.broke('request to the store failed'))
}

/** One after the other: refused, done with its answer lost, reset before it was seen. */
function everyThirdFails(onFault: () => void = () => {}): FaultPlan {
  let failed = 0
  return (_, n) => {
    if (n % 3 !== 0) return 'pass'
    onFault()
    return THIRDS[failed++ % THIRDS.length] as Fault
  }
}

/**
 * Somebody stores segments while mentions still come. The store has the first, nobody is told, and whoever stored it dies; whoever
 * comes next, with more records from the same offset on, must take it for stored up to its end, and no further.
 */
async function killAfterPut({ site, reached }: Moment): Promise<void> {
  const { servers } = site
  const otherwise = servers.storeProxy.plan
  await reached('enrich', 0.02)
  servers.sourceWay.way = 'stalled' // or nothing might be left that comes later
  const [archiver] = site.hire('archive') as [Worker]
  servers.storeProxy.plan = (request, n) => {
    if (!isSegment(request)) return otherwise(request, n)
    servers.storeProxy.plan = otherwise
    const onAnswer = () => {
      site.broke('archiver killed between put and commit')
      void archiver.lose()
    }
    return { onAnswer }
  }
  await archiver.ended
  servers.sourceWay.way = 'open'
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'broker-kill',
    proves:
      'a broker that dies while mentions are written and read loses nothing that it has acknowledged, and order per key stays',
    crew: CREW,
    paceMs: PACE_MS,
    work: killBroker,
  },
  {
    name: 'index-kill',
    proves:
      'Elasticsearch that dies amid bulk requests, and refuses for a full queue otherwise, is written to again until every document stands',
    crew: CREW,
    paceMs: PACE_MS,
    work: killIndex,
  },
  {
    name: 'slow',
    proves: 'slow servers, and a silence longer than the session of every member, cost time and repeats',
    crew: CREW,
    paceMs: 2 * PACE_MS,
    async work({ site, random, reached }) {
      const { servers } = site
      servers.stageWay.delayMs = 80
      servers.indexProxy.plan = passLater(() => random.below(400))
      site.broke('everything slow')
      await reached('enrich', 0.2)
      site.broke('Kafka silent for 13 s')
      servers.sourceWay.way = servers.stageWay.way = 'stalled'
      await systemClock.sleep(SILENCE_MS)
      servers.sourceWay.way = servers.stageWay.way = 'open'
    },
  },
  {
    name: 'refusing',
    proves:
      'answers of 429 and 503, a full queue and connections that are cut are tried again; nothing refused is taken for written',
    crew: { ...CREW, sinks: 3 },
    paceMs: PACE_MS,
    async work({ site, reached }) {
      const { servers } = site
      servers.indexProxy.plan = (request, n) => {
        if (!isBulk(request) || n % 2 === 0) return 'pass'
        site.broke('request answered with 429')
        return TOO_MANY
      }
      for (const share of [0.2, 0.5]) {
        await reached('enrich', share)
        site.broke('connections to Kafka cut for 3 s')
        servers.stageWay.way = 'cut'
        await systemClock.sleep(3_000)
        servers.stageWay.way = 'open'
      }
    },
    settle: (site) => {
      let refused = 0
      site.servers.storeProxy.plan = () => (refused++ < 20 ? SLOW_DOWN : 'pass')
      site.broke('store refuses twenty requests')
    },
  },
  {
    name: 's3-third',
    proves:
      'a store that fails every third request, also after it took what was put, ends with each offset in one segment; a replay reads all of it',
    crew: CREW,
    paceMs: 3 * PACE_MS,
    async work(moment) {
      failThirds(moment.site)
      await killAfterPut(moment)
    },
    settle: failThirds,
    replayPlan: everyThirdFails(),
  },
  {
    name: 'rebalance-kill',
    proves: 'a member that dies while its group deals out partitions leaves its work to the others',
    crew: { ...CREW, enrich: 3 },
    paceMs: PACE_MS,
    async work(moment) {
      for (const share of [0.1, 0.4]) await killInRebalance(moment, share)
    },
  },
  {
    name: 'enrichers',
    proves: 'enrichers and indexers may join and leave at any time',
    crew: { ...CREW, enrich: 3 },
    paceMs: PACE_MS,
    async work(moment) {
      const indexers = joinAndLeave(moment, 'sinks', 0.2)
      for (const share of [0.1, 0.3, 0.5]) await joinAndLeave(moment, 'enrich', share)
      await indexers
    },
  },
  {
    name: 'ingest-race',
    proves:
      'of two processes that want the same connectors each connector has one owner; another goes on where a dead one was',
    crew: { ...CREW, ingest: 2 },
    paceMs: PACE_MS,
    padding: 2_000,
    async work({ site, random, ingest, reached }) {
      await reached('enrich', 0.1)
      ingest.push(...site.hire('ingest'))
      for (const share of [0.2, 0.4, 0.6]) {
        await reached('enrich', share)
        site.broke('owner killed while others want its connectors')
        random.pick(ingest).kill()
      }
    },
  },
  {
    name: 'zombie',
    proves: 'a process that slept longer than its session and then finishes what it had begun changes nothing',
    crew: { ingest: 2, enrich: 2, sinks: 2 },
    paceMs: PACE_MS,
    padding: 2_000,
    async work({ site, random, round, ingest, enrich, sinks, reached }) {
      const within = 120_000
      const enriched = async () => {
        await site.allRead(within)
        await site.until('the others have enriched everything', within, async () =>
          (await site.log.lag('enrich', site.topics.raw)).every(({ committed, end }) => committed >= end),
        )
      }
      site.servers.indexProxy.plan = passLater(() => 100) // so that a write is under way when its process stops
      await reached(round % 3 === 1 ? 'index' : 'enrich', 0.2)
      if (round % 3 === 0) await freeze(site, random.pick(enrich), enriched)
      else if (round % 3 === 1) await freeze(site, random.pick(sinks), () => site.allHandled(within))
      else await freeze(site, random.pick(ingest), () => site.allRead(within))
    },
  },
]

/** The faults that prove most, at the same time: what the tests have time for. */
export const everythingAtOnce: Scenario = {
  name: 'everything at once',
  proves: 'what each scenario proves, while the others happen',
  crew: CREW,
  paceMs: 3 * PACE_MS,
  async work(moment) {
    failThirds(moment.site)
    await Promise.all([killBroker(moment), killIndex(moment), killInRebalance(moment, 0.05), killAfterPut(moment)])
  },
  settle: failThirds,
  replayPlan: everyThirdFails(),
}
