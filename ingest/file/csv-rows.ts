import { isAscii } from 'node:buffer'
import { CsvError } from 'csv-parse/sync'
import { type CsvTable, decodeRows, parseCells } from './csv-table.ts'
import type { FileRow } from './file-record.ts'
import { RecordBuilder } from './record-builder.ts'
import type { Piece } from './row-splitter.ts'

/** The records of rows that stand together. They are parsed in one go; when one of them spoils that, one by one. */
export function* csvRows(pieces: readonly Piece[], table: CsvTable): Generator<FileRow> {
  const together = parseTogether(pieces, table)
  for (const [at, piece] of pieces.entries()) {
    const row = together === null ? parseOne(piece, table) : fromCells(piece, together[at]!, table)
    if (row !== null) yield row
  }
}

function parseTogether(pieces: readonly Piece[], { charset, delimiter }: CsvTable): readonly string[][] | null {
  if (!pieces.every(({ whole }) => whole)) return null
  const bytes = joinRows(pieces)
  if (charset === null && !isAscii(bytes)) return null // the rows decide one by one
  const rows = decodeRows(bytes, charset)
  if (rows === null) return null
  const cells = cellsOf(rows, delimiter)
  return cells?.length === pieces.length ? cells : null
}

function joinRows(pieces: readonly Piece[]): Buffer {
  const lineFeed = Buffer.from('\n')
  return Buffer.concat(pieces.flatMap(({ bytes }) => [bytes, lineFeed]))
}

function parseOne(piece: Piece, table: CsvTable): FileRow | null {
  if (!piece.whole)
    return bad(
      piece,
      'CSV_QUOTES',
      'a quote that opens here is not closed before the end of a cell, or the row has more than 8 MB',
    )
  const row = decodeRows(piece.bytes, table.charset)
  if (row === null) return bad(piece, 'ROW_NOT_UTF8', 'not valid UTF-8, unlike the rows before')
  const cells = cellsOf(row, table.delimiter)
  if (cells?.length !== 1) return bad(piece, 'CSV_BROKEN', 'the quotes of this row do not fit')
  return fromCells(piece, cells[0]!, table)
}

function cellsOf(rows: string, delimiter: CsvTable['delimiter']): string[][] | null {
  try {
    return parseCells(rows, delimiter)
  } catch (error) {
    if (error instanceof CsvError) return null
    throw error
  }
}

function fromCells(piece: Piece, cells: readonly string[], { columns, neededCells }: CsvTable): FileRow | null {
  if (cells.every((cell) => cell.trim() === '')) return null
  if (cells.length < neededCells) {
    const message = `${cells.length} of ${columns.length} cells: it ends before "${columns[neededCells - 1]?.name}"`
    return bad(piece, 'ROW_TOO_SHORT', message)
  }
  if (cells.slice(columns.length).some((cell) => cell.trim() !== '')) {
    const message = `${cells.length} cells under ${columns.length} columns: a text with the delimiter in it is not quoted`
    return bad(piece, 'ROW_TOO_LONG', message)
  }
  const record = new RecordBuilder()
  for (const [at, column] of columns.entries()) record.put(column, unwrapped(cells[at] ?? ''))
  return { kind: 'record', line: piece.line, bytes: piece.bytes, record }
}

/** `="1377…"` keeps a spreadsheet from rounding long numbers. */
const unwrapped = (cell: string): string => (cell.startsWith('="') && cell.endsWith('"') ? cell.slice(2, -1) : cell)

const bad = ({ line, bytes }: Piece, code: string, message: string): FileRow => ({
  kind: 'bad',
  line,
  bytes,
  code,
  message,
})
