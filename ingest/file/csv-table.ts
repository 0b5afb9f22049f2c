import { isAscii, isUtf8 } from 'node:buffer'
import { parse } from 'csv-parse/sync'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { toolOf } from './known-columns.ts'
import type { Columns, NamedColumn } from './record-builder.ts'
import { type FindRowEnd, findLineEnd, type Place, RowSplitter, SPOILT, UNFINISHED } from './row-splitter.ts'

const DELIMITERS = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** Rows before the header (report name, brand, from, to …) are this many at most. */
const MAX_PREAMBLE_ROWS = 20
/** A row with this many known names is a header beyond doubt. */
const SURE_NAMES = 4

/** What the beginning of a CSV file says about the rest. */
export interface CsvTable {
  readonly delimiter: Delimiter
  /** null: only ASCII so far; each row then decides for itself. */
  readonly charset: 'utf-8' | 'windows-1252' | null
  readonly columns: readonly NamedColumn[]
  /** A row with fewer cells than this lacks what makes it a mention. */
  readonly neededCells: number
  readonly tool: string | null
  /** Where the first row after the header begins. */
  readonly start: Place
}

/**
 * Finds delimiter, header and charset in the first bytes of a file. `head` begins with the file, byte order mark included; `whole`: it
 * is all of it. Throws HEADER_UNKNOWN and COLUMN_MISSING (config), which name the setting that helps.
 */
export function readCsvTable(head: Buffer, whole: boolean, columns: Columns, path: string): CsvTable {
  const marked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
  const bom = marked ? 3 : 0
  const declared = /^sep=(.)\r?\n/i.exec(head.subarray(bom, bom + 8).toString('latin1'))
  const begin = { offset: bom + (declared?.[0].length ?? 0), line: declared ? 2 : 1 }
  const candidates = DELIMITERS.filter((delimiter) => declared === null || delimiter === declared[1])
  const headers = candidates.flatMap((delimiter) => findHeader(head, begin, whole, delimiter, columns) ?? [])
  const best = headers.toSorted((a, b) => b.knownNames - a.knownNames || b.names.length - a.names.length)[0]
  if (best === undefined) throw unknownHeader(path)
  columns.mustBeAmong(best.names, path)
  const named = best.names.map((name) => columns.of(name))
  const has = (field: string): boolean => named.some(({ known }) => known?.field === field)
  if (!has('text') && !has('title') && !has('url')) throw unknownHeader(path)
  return {
    delimiter: best.delimiter,
    charset: marked ? 'utf-8' : charsetOf(head, whole),
    columns: named,
    neededCells: 1 + Math.max(...['id', 'text', 'publishedAt'].map((field) => winnerOf(named, field))),
    tool: toolOf(best.names),
    start: best.start,
  }
}

/**
 * RFC 4180: a quote opens only at the beginning of a cell, line ends between quotes belong to the cell, and behind the closing
 * quote the cell ends. A row where it does not is SPOILT: most likely a quote was never closed.
 */
export function csvRowEnd(delimiter: Delimiter): FindRowEnd {
  const separator = delimiter.charCodeAt(0)
  return (bytes, from, last) => {
    let at = from
    for (;;) {
      if (bytes[at] === QUOTE) {
        at = behindQuotes(bytes, at)
        if (at === UNFINISHED) return UNFINISHED
        if (at < bytes.length && bytes[at] !== separator && bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN) {
          return SPOILT
        }
      }
      while (at < bytes.length && bytes[at] !== separator && bytes[at] !== LINE_FEED) at++
      if (at >= bytes.length) return last ? bytes.length : UNFINISHED
      if (bytes[at++] === LINE_FEED) return at
    }
  }
}

const QUOTE = 34
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/** At the very end of the bytes it may be the first half of a doubled quote: then the row is UNFINISHED in any case. */
function behindQuotes(bytes: Buffer, open: number): number {
  let at = open + 1
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at)
    if (quote < 0) return UNFINISHED
    if (bytes[quote + 1] !== QUOTE) return quote + 1
    at = quote + 2
  }
}

/** Cells of one or several whole rows. Throws csv-parse's CsvError for rows that are no CSV. */
export const parseCells = (rows: string, delimiter: Delimiter): string[][] =>
  parse(rows, { delimiter, record_delimiter: '\n', relax_column_count: true, relax_quotes: true })

const windows1252 = new TextDecoder('windows-1252')

/** As text; null when it can be neither. */
export function decodeRows(bytes: Buffer, charset: CsvTable['charset']): string | null {
  if (charset === 'windows-1252') return windows1252.decode(bytes)
  if (isUtf8(bytes)) return bytes.toString()
  return charset === 'utf-8' ? null : windows1252.decode(bytes)
}

interface Header {
  readonly delimiter: Delimiter
  readonly names: readonly string[]
  readonly knownNames: number
  readonly start: Place
}

/** The first sure row among the first twenty, else the one with most known names; null when none has any. */
function findHeader(head: Buffer, begin: Place, whole: boolean, delimiter: Delimiter, columns: Columns): Header | null {
  const splitter = new RowSplitter(csvRowEnd(delimiter), begin)
  const pieces = splitter.push(head.subarray(begin.offset), whole).slice(0, MAX_PREAMBLE_ROWS)
  let best: Header | null = null
  for (const piece of pieces) {
    if (!piece.whole) continue
    const names = headerNames(piece.bytes, delimiter)
    const knownNames = new Set(names.flatMap((name) => columns.of(name).known?.field ?? [])).size
    if (knownNames <= (best?.knownNames ?? 0)) continue
    best = { delimiter, names, knownNames, start: piece.next }
    if (knownNames >= SURE_NAMES) break
  }
  return best
}

function headerNames(row: Buffer, delimiter: Delimiter): string[] {
  let cells: string[]
  try {
    cells = parseCells(decodeRows(row, null) ?? '', delimiter)[0] ?? []
  } catch {
    return []
  }
  const seen = new Map<string, number>()
  return cells.map((cell, at) => {
    const name = cell.trim() || `column ${at + 1}`
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name}#${count}`
  })
}

function winnerOf(columns: readonly NamedColumn[], field: string): number {
  let winner = -1
  columns.forEach(({ known }, at) => {
    if (known?.field !== field) return
    if (winner < 0 || known.rank < columns[winner]!.known!.rank) winner = at
  })
  return winner
}

/** One row with valid multi-byte UTF-8 decides: by accident it hardly ever comes about. */
function charsetOf(head: Buffer, whole: boolean): CsvTable['charset'] {
  let other = false
  for (const row of new RowSplitter(findLineEnd, { offset: 0, line: 1 }).push(head, whole)) {
    if (isAscii(row.bytes)) continue
    if (isUtf8(row.bytes)) return 'utf-8'
    other = true
  }
  return other ? 'windows-1252' : null
}

const unknownHeader = (path: string): PipelineError =>
  new PipelineError(
    ErrorClass.Config,
    'HEADER_UNKNOWN',
    `${path}: none of the first ${MAX_PREAMBLE_ROWS} rows names a column for text, title or url; name the columns, for example \`columns: { text: Message, publishedAt: Sent }\``,
  )
