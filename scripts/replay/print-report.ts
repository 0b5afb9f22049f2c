import type { ArchiveReport } from '#ingest/replay/read-archive.ts'
import { safeText } from '../terminal/safe-text.ts'
import type { AskedReplay } from './replay-selection.ts'

export interface ReadContext {
  readonly asked: AskedReplay
  /** Operations that this run has read. */
  readonly read: number
  /** Connectors of the configuration. */
  readonly configured: readonly string[]
}

/** What people must know of the archive that was read; a replay with problems has not done all that it was asked for. */
export function printReport(
  { segments, skipped, unarchived, damaged, sources }: ArchiveReport,
  { asked, read, configured }: ReadContext,
): { readonly json: unknown; readonly lines: readonly string[]; readonly problems: readonly string[] } {
  const lines = [
    `archive: ${count(segments)} segments may hold something of the range, ${count(skipped)} older ones were not fetched`,
  ]
  if (segments === 0) lines.push('nothing is archived there: only what "earshot run" has archived can be replayed')
  if (unarchived > 0) {
    lines.push(
      `up to ${count(unarchived)} records in the log are not archived yet and were not read: "earshot run" stores them`,
    )
  }
  const problems = damaged.map(({ key, records }) => {
    const held = records === null ? 'nobody can tell how many records' : `${count(records)} records`
    return `${key} is damaged, ${held} in it could not be read: restore it from a copy, then replay again`
  })
  // Where an earlier attempt has read the rest, it is not known what that met.
  for (const source of read === 0 ? [] : asked.key.sources) {
    if (configured.includes(source) || sources.has(source)) continue
    const known = [...sources].sort().map(safeText).join(', ')
    problems.push(`nothing was archived of a source "${safeText(source)}": the archive that was read holds ${known}`)
  }
  return { json: { segments, skipped, unarchived, damaged, sources: [...sources].sort() }, lines, problems }
}

const count = (n: number): string => n.toLocaleString('en-US')
