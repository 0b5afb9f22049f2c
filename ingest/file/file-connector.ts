import { basename } from 'node:path'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import type { ConnectorContext } from '#infra/runtime/connector-context.ts'
import type { Source } from '#schemas/generated.ts'
import { payloadOf } from '../payload-of.ts'
import { csvRows } from './csv-rows.ts'
import { csvRowEnd } from './csv-table.ts'
import { decodeFileCursor, encodeFileCursor, type FileCursor } from './file-cursor.ts'
import type { FileRow } from './file-record.ts'
import type { DateOrder } from './import-time.ts'
import { FILE_MAPPER, type FileMapping, mapFileRecord } from './map-file.ts'
import { ndjsonRows } from './ndjson-rows.ts'
import { type FileFormat, type OpenedFile, openImport } from './open-import.ts'
import { readPlain } from './read-plain.ts'
import type { ColumnNames } from './record-builder.ts'
import { RevStamps } from './rev-stamps.ts'
import { findLineEnd, type Piece, RowSplitter } from './row-splitter.ts'

/** As in the configuration. */
export interface FileOptions {
  readonly id: string
  readonly path: string
  /** null: by the ending of the name. */
  readonly format: FileFormat | null
  readonly columns: ColumnNames
  /** For times that name no zone. */
  readonly timeZone: string
  /** How the file writes 03/04/2022; null: to be found out. */
  readonly dateOrder: DateOrder | null
  /** For rows that name none; null: `file`. */
  readonly platform: string | null
  readonly latenessMs: number
  readonly prefilter: boolean
}

/** What was read since is read again after a crash. */
const CHECKPOINT_EVERY_BYTES = 1 << 20
const MOST_SOURCES = 1000

/**
 * Reads a file of mentions once, from its beginning or from where a former run came to; what is appended later is read by
 * the next run. Back-fill raises no alert, because old mentions are seen later than `latenessMs` after publication.
 */
export function createFileConnector(options: FileOptions, context: ConnectorContext): Connector {
  const platform = options.platform ?? 'file'
  return {
    id: options.id,
    platform,
    supply: 'finite',
    latenessMs: options.latenessMs,
    prefilter: options.prefilter,
    async check(signal) {
      await openImport(options, null, signal)
    },
    async *read(cursor, signal) {
      if (signal.aborted) return
      const from = cursor === null ? null : decodeFileCursor(cursor)
      const opened = await openImport(options, from, signal)
      yield* readItems(options, context, opened, signal)
    },
  }
}

async function* readItems(
  options: FileOptions,
  { clock }: ConnectorContext,
  opened: OpenedFile,
  signal: AbortSignal,
): AsyncGenerator<ReadItem> {
  const { identity, dateOrder, size } = opened
  const table = opened.format === 'csv' ? opened.table : null
  const splitter = new RowSplitter(table === null ? findLineEnd : csvRowEnd(table.delimiter), opened.start)
  const toItems = itemMaker(options, opened, () => clock.now())
  let saved = opened.start.offset
  let storedBytes = 0

  const checkpoint = (place: FileCursor): ReadItem => ({
    kind: 'checkpoint',
    cursor: encodeFileCursor(place),
    observedAt: clock.now(),
    progress: { done: Math.min(storedBytes, size), total: size, unit: 'bytes' },
  })

  for await (const chunk of readPlain(options.path, opened.start.offset, signal)) {
    storedBytes = chunk.storedBytes
    for (const item of toItems(splitter.push(chunk.bytes, false))) {
      if (signal.aborted) return
      yield item
    }
    const { place } = splitter
    if (place !== null && place.offset - saved >= CHECKPOINT_EVERY_BYTES) {
      saved = place.offset
      yield checkpoint({ ...place, ...identity, dateOrder })
    }
  }
  if (signal.aborted) return
  yield* toItems(splitter.push(Buffer.alloc(0), true))
  storedBytes = size
  yield checkpoint({ ...splitter.place!, ...identity, dateOrder })
}

/** Rows to events; a row without meaning becomes `dead` with its bytes and its line. */
function itemMaker(
  options: FileOptions,
  opened: OpenedFile,
  now: () => number,
): (pieces: readonly Piece[]) => Iterable<ReadItem> {
  const table = opened.format === 'csv' ? opened.table : null
  const contentType = table === null ? 'application/json' : `text/csv; charset=${table.charset ?? 'utf-8'}`
  const stamps = new RevStamps()
  const mapping: FileMapping = {
    sourceOf: sourcesOf(options),
    platform: options.platform ?? 'file',
    time: { timeZone: options.timeZone, dateOrder: opened.dateOrder },
    tool: opened.tool,
    stamp: (id, observedAt) => stamps.stamp(id, observedAt),
  }
  const rowsOf = (pieces: readonly Piece[]): Iterable<FileRow> =>
    table === null ? pieces.values().flatMap((piece) => ndjsonRows(piece, opened.columns)) : csvRows(pieces, table)

  // An author's deletion covers what was observed until then: rows below it count as seen later, if only by a millisecond.
  let notBefore = 0
  return function* (pieces) {
    for (const row of rowsOf(pieces)) {
      const observedAt = Math.max(now(), notBefore)
      const mapped =
        row.kind === 'bad'
          ? row
          : mapFileRecord(row.record, payloadOf(row.bytes, contentType, FILE_MAPPER), observedAt, mapping)
      if (mapped.kind === 'author') notBefore = mapped.event.observedAt + 1
      if (mapped.kind !== 'bad') yield mapped
      else {
        const message = `line ${row.line}: ${mapped.message}`
        yield { kind: 'dead', code: mapped.code, message, bytes: row.bytes, contentType }
      }
    }
  }
}

function sourcesOf({ id, path, latenessMs }: FileOptions): (platform: string) => Source {
  const instance = basename(path)
  const known = new Map<string, Source>()
  return (platform) => {
    let source = known.get(platform)
    if (source === undefined) {
      source = { connector: id, platform, instance, latenessMs }
      if (known.size < MOST_SOURCES) known.set(platform, source)
    }
    return source
  }
}
