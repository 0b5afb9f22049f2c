import type { Clock } from '#infra/contracts/clock.ts'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import { Random } from '../random.ts'
import { DEMO_LATENESS_MS, type DemoEvent, demoCorpus, demoMention } from './demo-corpus.ts'

const CHECKPOINT_EVERY = 250
const LIVE_PAUSE_MS = 400

export interface DemoOptions {
  readonly seed: number
  /** Go on with a few mentions a second after the thirty days. */
  readonly live: boolean
  readonly clock: Clock
}

/** Where the demo stands: the moment its thirty days end, so that a restart goes on with the same story. */
interface DemoCursor {
  readonly until: number
  readonly done: number
}

/** Streams the demo corpus in the order of its own time, as fast as the pipeline takes it; then, if asked, stays live. */
export function createDemoConnector({ seed, live, clock }: DemoOptions): Connector {
  return {
    id: 'demo',
    platform: 'demo',
    supply: live ? 'streamed' : 'finite',
    latenessMs: DEMO_LATENESS_MS,
    prefilter: true,
    async check() {},
    async *read(cursor, signal) {
      const from = cursor === null ? { until: clock.now(), done: 0 } : (JSON.parse(cursor) as DemoCursor)
      yield* past(seed, from, signal)
      if (live) yield* present(seed, { until: from.until, done: Number.MAX_SAFE_INTEGER }, clock, signal)
    },
  }
}

async function* past(seed: number, { until, done }: DemoCursor, signal: AbortSignal): AsyncIterable<ReadItem> {
  if (done === Number.MAX_SAFE_INTEGER) return
  const events = demoCorpus(seed, until)
  for (let i = done; i < events.length && !signal.aborted; i++) {
    yield events[i] as DemoEvent
    if ((i + 1) % CHECKPOINT_EVERY === 0 || i + 1 === events.length) {
      const cursor = JSON.stringify({ until, done: i + 1 } satisfies DemoCursor)
      const observedAt = (events[i] as DemoEvent).event.observedAt
      yield { kind: 'checkpoint', cursor, observedAt, progress: { done: i + 1, total: events.length, unit: 'items' } }
    }
  }
}

async function* present(seed: number, cursor: DemoCursor, clock: Clock, signal: AbortSignal): AsyncIterable<ReadItem> {
  const random = new Random(seed)
  for (let number = 0; !signal.aborted; number++) {
    await clock.sleep(LIVE_PAUSE_MS * (0.5 + random.next()), signal).catch(() => {})
    if (signal.aborted) return
    const now = clock.now()
    yield demoMention(seed, number, now)
    yield { kind: 'checkpoint', cursor: JSON.stringify(cursor), observedAt: now }
  }
}
