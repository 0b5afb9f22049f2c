import type { Table } from '#infra/contracts/table.ts'
import { type MoodBucket, type MoodState, newMoodState } from './negative-share-detector.ts'

/**
 * Closed buckets as they were when they closed. Late mentions, deletions and replays change past buckets of the index; the
 * detector lives on what is written here once, so that a restart comes to the same alerts.
 */
export interface LedgerEntry {
  /** Start of the first bucket of the entry, and end of its last. */
  readonly from: number
  readonly until: number
  /** Buckets with mentions; all others in between had none. */
  readonly buckets: readonly MoodBucket[]
}

/** Where a rule stands: the detector before the first entry that is not in it. */
export interface RuleSnapshot {
  /** Start of the first bucket not judged yet; null before the first. */
  readonly next: number | null
  readonly state: MoodState
  /** What was published before this moment was there before the rule: what was seen in time teaches, and nothing of it raises an alert. */
  readonly liveFrom: number
}

const snapshotKey = (rule: string): string => `mood/${rule}/snapshot`
const entryKey = (rule: string, from: number): string => `mood/${rule}/entry/${String(from).padStart(15, '0')}`

export class MoodLedger {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async snapshot(rule: string): Promise<RuleSnapshot | null> {
    return ((await this.#table.get(snapshotKey(rule)))?.value as RuleSnapshot | undefined) ?? null
  }

  /** Notes a rule that has never looked at anything. */
  async begin(rule: string, liveFrom: number): Promise<void> {
    await this.#table.put(
      snapshotKey(rule),
      { next: null, state: newMoodState(), liveFrom } satisfies RuleSnapshot,
      null,
    )
  }

  async save(rule: string, snapshot: RuleSnapshot): Promise<void> {
    const row = await this.#table.get(snapshotKey(rule))
    await this.#table.put(snapshotKey(rule), snapshot, row?.version ?? null)
  }

  /** The entry that starts there, if one was written. */
  async entry(rule: string, from: number): Promise<LedgerEntry | null> {
    return ((await this.#table.get(entryKey(rule, from)))?.value as LedgerEntry | undefined) ?? null
  }

  /** Writes an entry once; what was written before stays and is answered. */
  async close(rule: string, entry: LedgerEntry): Promise<LedgerEntry> {
    const stored = await this.#table.put(entryKey(rule, entry.from), entry, null)
    return stored === null ? ((await this.entry(rule, entry.from)) as LedgerEntry) : entry
  }
}
