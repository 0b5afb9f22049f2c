import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { csvRows } from './csv-rows.ts'
import { type CsvTable, csvRowEnd, readCsvTable } from './csv-table.ts'
import type { FileOptions } from './file-connector.ts'
import { type FileCursor, type FileIdentity, identify, isSameFile } from './file-cursor.ts'
import type { FileRow } from './file-record.ts'
import { type DateOrder, dateOrderShownBy } from './import-time.ts'
import { toolOf } from './known-columns.ts'
import { changedMessage, openFile, packingOf, readAt, readPlain } from './read-plain.ts'
import { Columns } from './record-builder.ts'
import { findLineEnd, type Place, RowSplitter } from './row-splitter.ts'

export type FileFormat = 'ndjson' | 'csv'

/** A file that was looked at and can be read. */
export type OpenedFile = {
  readonly size: number
  readonly identity: FileIdentity
  /** Where to go on. */
  readonly start: Place
  readonly columns: Columns
  readonly dateOrder: DateOrder | null
  readonly tool: string | null
} & ({ readonly format: 'ndjson' } | { readonly format: 'csv'; readonly table: CsvTable })

const HEAD_BYTES = 1 << 20
/** Beginning of a file that decides which it is. */
const STORED_HEAD_BYTES = 4096
/** In so many rows some day is later than the 12th. */
const DATE_ROWS = 10_000

const endings: Readonly<Record<string, FileFormat>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
  csv: 'csv',
  tsv: 'csv',
  tab: 'csv',
  txt: 'csv',
}

/**
 * Finds out what the file is and where to begin: the beginning or `cursor`. Throws a PipelineError of class config that
 * names the remedy when the file cannot be read, is another one than before, or its columns or dates cannot be understood.
 */
export async function openImport(
  options: FileOptions,
  cursor: FileCursor | null,
  signal: AbortSignal,
): Promise<OpenedFile> {
  const { path } = options
  const stored = await readStored(path)
  refuseForeign(stored.head, path)
  const format = options.format ?? formatOf(path)
  const isPlain = packingOf(stored.head) === 'none'
  if (cursor !== null && (!isSameFile(stored.head, cursor) || (isPlain && stored.size < cursor.offset))) {
    throw configError('FILE_CHANGED', changedMessage(path, cursor.offset))
  }
  const head = await readHead(path, signal)
  const columns = new Columns(options.columns)
  const common = { size: stored.size, identity: identify(stored.head), columns }
  if (format === 'ndjson' || head.bytes.length === 0) {
    const start = cursor ?? { offset: 0, line: 1 }
    return {
      ...common,
      format: 'ndjson',
      start,
      dateOrder: options.dateOrder,
      tool: toolOf(firstKeys(head.bytes)),
    }
  }
  const table = readCsvTable(head.bytes, head.whole, columns, path)
  const start = cursor !== null && cursor.offset > table.start.offset ? cursor : table.start
  const known = options.dateOrder ?? cursor?.dateOrder ?? null
  const dateOrder = known ?? (cursor === null ? await findDateOrder(path, table, signal) : null)
  return { ...common, format, table, start, dateOrder, tool: table.tool }
}

async function readStored(path: string): Promise<{ head: Buffer; size: number }> {
  await using file = await openFile(path)
  const [head, { size }] = await Promise.all([readAt(file, path, 0, STORED_HEAD_BYTES), file.stat()])
  return { head, size }
}

async function readHead(path: string, signal: AbortSignal): Promise<{ bytes: Buffer; whole: boolean }> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const { bytes } of readPlain(path, 0, signal)) {
    chunks.push(bytes)
    length += bytes.length
    if (length >= HEAD_BYTES) return { bytes: Buffer.concat(chunks), whole: false }
  }
  return { bytes: Buffer.concat(chunks), whole: true }
}

function refuseForeign(head: Buffer, path: string): void {
  if (head.subarray(0, 4).toString('latin1') !== 'PK\x03\x04') return
  throw configError(
    'FILE_FORMAT',
    `${path} is a workbook or a zip archive; save it as CSV (UTF-8), or unpack it, and name that file`,
  )
}

function formatOf(path: string): FileFormat {
  const ending =
    path
      .toLowerCase()
      .replace(/\.(?:gz|zst|zstd)$/, '')
      .split('.')
      .at(-1) ?? ''
  const format = Object.hasOwn(endings, ending) ? endings[ending] : undefined
  if (format !== undefined) return format
  throw configError(
    'FILE_FORMAT',
    `the name ${path} does not tell what is in it; set \`format: ndjson\` or \`format: csv\``,
  )
}

/** Keys of the first line: enough to know the tool that wrote it. */
function firstKeys(head: Buffer): readonly string[] {
  const [first] = new RowSplitter(findLineEnd, { offset: 0, line: 1 }).push(head, true)
  try {
    const value: unknown = JSON.parse(first?.bytes.toString() ?? '')
    return typeof value === 'object' && value !== null ? Object.keys(value) : []
  } catch {
    return [] // the line is buried when it is read
  }
}

/** The first date that only one order allows decides for the file. */
async function findDateOrder(path: string, table: CsvTable, signal: AbortSignal): Promise<DateOrder | null> {
  let rows = 0
  let ambiguousLine: number | null = null
  for await (const row of rowsOf(path, table, signal)) {
    const date = row.kind === 'record' ? row.record.values.get('publishedAt') : null
    const shown = typeof date === 'string' ? dateOrderShownBy(date) : null
    if (shown === 'ambiguous') ambiguousLine ??= row.line
    else if (shown !== null) return shown
    if (++rows >= DATE_ROWS) break
  }
  if (ambiguousLine === null) return null
  throw configError(
    'DATE_ORDER_UNKNOWN',
    `${path}: day and month cannot be told apart (first in line ${ambiguousLine}), and no other row helps; set \`dateOrder: day-first\` or \`month-first\``,
  )
}

async function* rowsOf(path: string, table: CsvTable, signal: AbortSignal): AsyncGenerator<FileRow> {
  const splitter = new RowSplitter(csvRowEnd(table.delimiter), table.start)
  for await (const { bytes } of readPlain(path, table.start.offset, signal)) {
    yield* csvRows(splitter.push(bytes, false), table)
  }
  yield* csvRows(splitter.push(Buffer.alloc(0), true), table)
}

const configError = (code: string, message: string): PipelineError =>
  new PipelineError(ErrorClass.Config, code, message)
