import type { Logger } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import { PipelineError } from '#infra/contracts/errors.ts'
import type { ObjectStore, StoredObject } from '#infra/contracts/object-store.ts'
import { FoldedDeletes } from '#infra/runtime/archive-deletes.ts'
import { type ArchivedRecord, readBlocks, recordsOfDamaged } from '#infra/runtime/archive-segment.ts'
import { RateLimit } from '#infra/runtime/rate-limit.ts'
import { readAhead } from '#infra/runtime/read-ahead.ts'
import { retry } from '#infra/runtime/retry.ts'
import type { EnrichedEvent, MentionEvent } from '#schemas/generated.ts'
import { archivedSegments } from './archived-segments.ts'

/** Segments that are fetched while one is read: at most 32 MB each, packed to a fourth. */
const READ_AHEAD = 4

export interface ArchiveSelection {
  /** Half-open range of `observedAt`, milliseconds. */
  readonly from: number
  readonly to: number
  /** Ids of connectors; empty: all. */
  readonly sources: readonly string[]
  /** Only mentions that this accepts; null: all. Asked for operations that hold a text. */
  readonly wanted: ((event: MentionEvent | EnrichedEvent) => boolean) | null
  /**
   * Also what was deleted, hidden or restored later than `to`, whoever it belongs to: for an index that knows nothing yet, so
   * that nothing shows in it that is hidden today.
   */
  readonly later: boolean
}

export interface ArchiveReading extends ArchiveSelection {
  readonly objects: ObjectStore
  /** `<namespace>/<topic>` of what is read, and of the raw topic, beside which deletions are kept. */
  readonly prefix: string
  readonly deletes: string
  /** Records that the log still holds before the archive. */
  readonly unarchived: () => Promise<number>
  /** Operations a second; null: no limit. */
  readonly rate: number | null
  readonly clock: Clock
  readonly logger: Logger
}

/** An object of the archive that cannot be read; `records` is how many it held, null when it does not even tell that. */
export interface DamagedSegment {
  readonly key: string
  readonly records: number | null
}

/** Where a reading stands: everything before it has been given. JSON. */
export interface ArchivePosition {
  readonly segment: string
  /** Records of it that have been read; null: all. */
  readonly records: number | null
  /** What could not be read so far. */
  readonly damaged: readonly DamagedSegment[]
}

/** A few hundred records of one segment. */
export interface ArchivePart {
  readonly records: readonly ArchivedRecord[]
  /** What was left out, by reason. */
  readonly left: Readonly<Record<string, number>>
  readonly position: ArchivePosition
  /** Bytes of the archive. */
  readonly done: number
  readonly total: number
}

/** What a reading has met, for people. */
export class ArchiveReport {
  segments = 0
  skipped = 0
  /** Records that were in the log and not yet in the archive when it began: not part of what was read. */
  unarchived = 0
  damaged: readonly DamagedSegment[] = []
  /** Connectors of which something was archived in what was read. */
  readonly sources = new Set<string>()
}

/**
 * Archived operations in their order, from a position on; what was deleted since is left out. A damaged object is named in the
 * report, counted, and the others are read. Rejects when the deletions cannot be read. Ends early when the signal aborts.
 */
export async function* readArchive(
  reading: ArchiveReading,
  from: ArchivePosition | null,
  report: ArchiveReport,
  signal: AbortSignal,
): AsyncGenerator<ArchivePart> {
  const objects = patiently(reading, signal)
  const limit = reading.rate === null ? null : new RateLimit(reading.rate, reading.clock)
  const most = reading.rate === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(reading.rate / 10))
  try {
    report.unarchived = await reading.unarchived()
    const { chosen, skipped } = await archivedSegments(objects, reading.prefix, reading.from)
    const deleted = await FoldedDeletes.of(objects, `${reading.deletes}/`)
    const total = chosen.reduce((sum, { size }) => sum + size, 0)
    const reached = chosen.findIndex(({ key }) => key === from?.segment)
    report.segments = chosen.length
    report.skipped = skipped
    report.damaged = from?.damaged ?? []
    const rest = chosen.slice(from?.records === null ? reached + 1 : Math.max(0, reached))
    let before = total - rest.reduce((sum, { size }) => sum + size, 0)
    const fetch = ({ key }: StoredObject) => objects.get(key)
    for await (const { item, fetched: bytes } of readAhead(rest, READ_AHEAD, fetch)) {
      const { key, size } = item
      const start = key === from?.segment ? (from.records ?? 0) : 0
      let seen = 0
      let whole = false
      for await (const block of readable(item, bytes, report)) {
        const done = before + Math.round(size * block.done)
        for (let at = 0; at < block.records.length; ) {
          if (seen < start) {
            const passed = Math.min(start - seen, block.records.length - at)
            seen += passed
            at += passed
            continue
          }
          const records = block.records.slice(at, at + Math.min(most, block.records.length))
          at += records.length
          seen += records.length
          whole = block.done === 1 && at === block.records.length
          const position = { segment: key, records: whole ? null : seen, damaged: report.damaged }
          const part = select(records, reading, deleted, report)
          await limit?.take(part.records.length, signal)
          if (signal.aborted) return
          yield { ...part, position, done, total }
        }
      }
      if (signal.aborted) return
      before += size
      if (whole) continue
      const position = { segment: key, records: null, damaged: report.damaged }
      yield { records: [], left: {}, position, done: before, total }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** The blocks of a segment; none of a damaged one, which is noted, or of one that retention has removed meanwhile. */
async function* readable({ key }: StoredObject, bytes: Uint8Array | null, report: ArchiveReport) {
  if (bytes === null) return
  try {
    yield* readBlocks(key, bytes)
  } catch (error) {
    if (!(error instanceof PipelineError && error.code === 'SEGMENT_DAMAGED')) throw error
    const others = report.damaged.filter((known) => known.key !== key)
    report.damaged = [...others, { key, records: recordsOfDamaged(bytes) }]
  }
}

function select(
  records: readonly ArchivedRecord[],
  reading: ArchiveReading,
  deleted: FoldedDeletes,
  report: ArchiveReport,
): Pick<ArchivePart, 'records' | 'left'> {
  const left: Record<string, number> = {}
  const kept = records.filter(({ event }) => {
    report.sources.add(event.source.connector)
    const reason = reasonAgainst(event, reading, deleted)
    if (reason !== null) left[reason] = (left[reason] ?? 0) + 1
    return reason === null
  })
  return { records: kept, left }
}

function reasonAgainst(
  event: ArchivedRecord['event'],
  { from, to, sources, wanted, later }: ArchiveSelection,
  deleted: FoldedDeletes,
): string | null {
  const ofAuthor = 'authorId' in event
  const hasText = !ofAuthor && event.mention !== null
  if (later && !hasText) return null
  if (event.observedAt < from || event.observedAt >= to) return 'outside the range'
  if (sources.length > 0 && !sources.includes(event.source.connector)) return 'not of the source'
  if (ofAuthor) return wanted === null ? null : 'not of the brand'
  if (deleted.covers(event)) return 'deleted since'
  return hasText && wanted !== null && !wanted(event) ? 'not of the brand' : null
}

/** Failures that pass are waited out. */
function patiently({ objects, clock, logger }: ArchiveReading, signal: AbortSignal): Pick<ObjectStore, 'get' | 'list'> {
  const onRetry = (err: PipelineError, attempt: number, pauseMs: number) =>
    logger.warn({ err, code: err.code, attempt, pauseMs }, 'reading the archive retried')
  const again = <T>(operation: () => Promise<T>) => retry(operation, { clock, signal, onRetry })
  return {
    get: (key) => again(() => objects.get(key)),
    async *list(prefix) {
      yield* await again(() => Array.fromAsync(objects.list(prefix)))
    },
  }
}
