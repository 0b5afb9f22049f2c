import { createHash } from 'node:crypto'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import type { AuthorEvent, MentionEvent } from '#schemas/generated.ts'
import { type ArchivePosition, type ArchiveReading, type ArchiveReport, readArchive } from './read-archive.ts'

/** A checkpoint waits for the log: not after every few hundred records, unless a second takes no more. */
const CHECKPOINT_RECORDS = 2_000
/** The cursor of a replay that has come to its end: the same one begins anew when it is asked for again. */
const BEGINNING = ''

export interface ReplayOptions extends ArchiveReading {
  readonly id: string
  /** Filled while it reads. */
  readonly report: ArchiveReport
}

/** Reads archived raw mentions as a source like any other. The cursor says how far, so that an interrupted replay goes on. */
export function createReplayConnector(options: ReplayOptions): Connector {
  return {
    id: options.id,
    platform: 'archive',
    supply: 'finite',
    latenessMs: 0,
    prefilter: false,
    async check() {},
    read: (cursor, signal) => read(options, cursor, signal),
  }
}

/** The same question goes on where it stopped; another one is another replay. */
export function replayId(asked: Readonly<Record<string, unknown>>): string {
  return `replay-${createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 12)}`
}

async function* read(options: ReplayOptions, cursor: string | null, signal: AbortSignal): AsyncIterable<ReadItem> {
  const { clock, report, rate } = options
  const often = Math.min(CHECKPOINT_RECORDS, rate ?? CHECKPOINT_RECORDS)
  const from = cursor === null || cursor === BEGINNING ? null : (JSON.parse(cursor) as ArchivePosition)
  let seen = 0
  for await (const { records, left, position, done, total } of readArchive(options, from, report, signal)) {
    for (const { event } of records) {
      if ('authorId' in event) yield { kind: 'author', event: event as AuthorEvent }
      else yield { kind: 'mention', event: event as MentionEvent }
    }
    for (const [reason, count] of Object.entries(left)) {
      yield { kind: 'ignored', reason, count }
      seen += count
    }
    seen += records.length
    if (seen < often && position.records !== null) continue
    seen = 0
    const reached = done === total && position.records === null ? BEGINNING : JSON.stringify(position)
    yield { kind: 'checkpoint', cursor: reached, observedAt: clock.now(), progress: { done, total, unit: 'bytes' } }
  }
}
