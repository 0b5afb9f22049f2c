import type { Logger } from 'pino'
import type { Dispatcher } from 'undici'
import type { Clock } from '#infra/contracts/clock.ts'
import type { EventLog } from '#infra/contracts/event-log.ts'
import { BUCKET_MS, type SearchIndex, type Selection } from '#infra/contracts/search-index.ts'
import type { Table } from '#infra/contracts/table.ts'
import { encode } from '#schemas/codec.ts'
import type { Alert } from '#schemas/generated.ts'
import { Header } from '#schemas/topics.ts'
import { AlertOutbox } from './alert-outbox.ts'
import type { AlertRule } from './alert-rule.ts'
import { describeOpening, describeResolution } from './describe-alert.ts'
import { type LedgerEntry, MoodLedger, type RuleSnapshot } from './mood-ledger.ts'
import { type MoodBucket, type MoodChange, stepMood } from './negative-share-detector.ts'

export interface AlertingOptions {
  readonly rules: readonly AlertRule[]
  readonly index: SearchIndex
  readonly table: Table
  readonly log: EventLog
  /** `alerts.v1` with its namespace. */
  readonly topic: string
  /** Everything that the sources had shown until then is searchable; null while that is unknown, +∞ when they have ended. */
  readonly through: () => Promise<number | null>
  /** Longest lateness of the sources: a bucket waits so long for the last mentions. */
  readonly latenessMs: number
  readonly clock: Clock
  readonly logger: Logger
  readonly dispatcher: Dispatcher
  /** Shows an alert in the terminal. */
  readonly onAlert: (alert: Alert) => void
}

const TICK_MS = 1_000
/** How far a new rule looks back to learn what is usual. */
const HISTORY_MS = 30 * 86_400_000
/** A week of buckets at a time. */
const MAX_SPAN_MS = 7 * 86_400_000

/**
 * Watches the mood of brands: closes 5-minute buckets by the progress of the index, writes each once to the ledger, lets the
 * detector judge them, and hands what changed to the outbox. Event time only, so that a replay of the same mentions comes to the
 * same alerts; a crash anywhere repeats steps whose results are kept under the same keys.
 */
export class Alerting {
  readonly #options: AlertingOptions
  readonly #ledger: MoodLedger
  readonly #outbox: AlertOutbox
  readonly #snapshots = new Map<string, RuleSnapshot>()
  #ticking: Promise<void> = Promise.resolve()

  constructor(options: AlertingOptions) {
    this.#options = options
    this.#ledger = new MoodLedger(options.table)
    this.#outbox = new AlertOutbox(options)
  }

  /** Ticks until the signal aborts. Run again, it goes on where the table says that the rules stand: meanwhile another process may have. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#ticking.catch(() => {})
    this.#snapshots.clear()
    for (const rule of this.#options.rules) await this.#begin(rule)
    while (!signal.aborted) {
      await this.#tick(signal)
      await this.#options.clock.sleep(TICK_MS, signal).catch(() => {})
    }
  }

  /** Resolves when every bucket that can be closed now is closed, and everything due was tried once. */
  async settle(signal: AbortSignal): Promise<void> {
    await this.#tick(signal)
  }

  /** One at a time: `settle` may come while `run` is at it. */
  #tick(signal: AbortSignal): Promise<void> {
    this.#ticking = this.#ticking
      .catch(() => {})
      .then(async () => {
        const closed = await this.#closedUntil()
        if (closed !== null) for (const rule of this.#options.rules) await this.#advance(rule, closed, signal)
        await this.#outbox.deliver(this.#options.rules, signal)
      })
    return this.#ticking
  }

  /** What the index holds when a rule is new is its history. */
  async #begin(rule: AlertRule): Promise<void> {
    if ((await this.#ledger.snapshot(rule.id)) !== null) return
    const all = { query: null, range: { since: null, until: null }, brands: [rule.brand] }
    const { hits } = await this.#options.index.search({ ...all, sort: 'newest', limit: 1, after: null })
    const newest = hits[0]?.content.mention.publishedAt
    await this.#ledger.begin(rule.id, newest === undefined ? 0 : newest + 1)
  }

  async #advance(rule: AlertRule, closed: number, signal: AbortSignal): Promise<void> {
    let snapshot = this.#snapshots.get(rule.id) ?? (await this.#ledger.snapshot(rule.id))
    if (snapshot === null) return // `run` begins rules
    let from = snapshot.next ?? closed - HISTORY_MS
    while (from < closed && !signal.aborted) {
      const until = Math.min(closed, from + MAX_SPAN_MS)
      const entry = (await this.#ledger.entry(rule.id, from)) ?? (await this.#close(rule, from, until))
      snapshot = await this.#judge(rule, snapshot, entry)
      await this.#ledger.save(rule.id, snapshot)
      from = entry.until
    }
    this.#snapshots.set(rule.id, snapshot)
  }

  /** End of the last bucket of which nothing more is expected. */
  async #closedUntil(): Promise<number | null> {
    const { through, latenessMs, clock } = this.#options
    const reached = await through()
    if (reached === null) return null
    const known = Math.min(reached, clock.now()) - (reached === Number.POSITIVE_INFINITY ? 0 : latenessMs)
    return known - (known % BUCKET_MS)
  }

  async #close(rule: AlertRule, from: number, until: number): Promise<LedgerEntry> {
    const { buckets } = await this.#options.index.aggregate({
      ...selectionOf(rule, from, until),
      ...{ buckets: true, terms: [], termLimit: 0 },
    })
    const closed = buckets
      .filter(({ sums }) => sums.scored > 0)
      .map(({ start, sums }) => ({ start, mentions: sums.scored, negative: sums.negative }))
    return this.#ledger.close(rule.id, { from, until, buckets: closed })
  }

  async #judge(rule: AlertRule, snapshot: RuleSnapshot, entry: LedgerEntry): Promise<RuleSnapshot> {
    let { state } = snapshot
    const known = new Map(entry.buckets.map((bucket) => [bucket.start, bucket]))
    for (let start = entry.from; start < entry.until; start += BUCKET_MS) {
      const bucket: MoodBucket = known.get(start) ?? { start, mentions: 0, negative: 0 }
      const before = state
      const step = stepMood(state, bucket, rule.sensitivity)
      state = step.state
      const { change } = step.sign
      if (change === null) continue
      const openedAt = change.kind === 'open' ? start + BUCKET_MS : (before.open?.openedAt as number)
      if (openedAt > snapshot.liveFrom)
        await this.#announce(rule, change, start + BUCKET_MS, openedAt, step.sign.severity)
    }
    return { ...snapshot, next: entry.until, state }
  }

  /** Kept under its id first: whoever comes second, after a crash, finds it and announces the same. */
  async #announce(rule: AlertRule, change: MoodChange, at: number, openedAt: number, severity: number): Promise<void> {
    const { index, log, topic } = this.#options
    const id = `${rule.id}/${new Date(openedAt).toISOString()}`
    const version = change.kind === 'open' ? 1 : 2
    const alert = await this.#outbox.keep(id, version, async () => {
      if (change.kind === 'resolve') return describeResolution(rule, id, at, openedAt, await this.#outbox.find(id, 1))
      return describeOpening(index, rule, { id, at, openedAt, severity, change })
    })
    await log.produce(topic, [
      { key: id, value: encode('Alert', alert), headers: { [Header.Type]: `alert.${alert.state}` } },
    ])
    await this.#outbox.enqueue(rule, alert)
  }
}

/** The mentions that an alert counts: first seen within their source's lateness, so that back-fill raises nothing. */
export const selectionOf = (rule: AlertRule, since: number, until: number): Selection => ({
  ...{ query: null, range: { since, until }, brands: [rule.brand], timely: true },
})
