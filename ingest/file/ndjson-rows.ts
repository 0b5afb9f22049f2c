import { isUtf8 } from 'node:buffer'
import type { FileRow } from './file-record.ts'
import { type Columns, RecordBuilder } from './record-builder.ts'
import type { Piece } from './row-splitter.ts'

/** Keys of nested objects become `author.handle`; what lies deeper is kept as JSON. */
const MAX_DEPTH = 4
const EXTRA_PREFIX = 'imported.extra.'

/** The records of a line: one, or those of an array, or none when it is blank or a bracket of an array around all lines. */
export function* ndjsonRows({ bytes, line, whole }: Piece, columns: Columns): Generator<FileRow> {
  const bad = (code: string, message: string): FileRow => ({ kind: 'bad', line, bytes, code, message })
  if (!whole) {
    yield bad('LINE_TOO_LONG', 'longer than 8 MB; the bytes are its beginning')
    return
  }
  if (!isUtf8(bytes)) {
    yield bad('LINE_NOT_UTF8', 'not valid UTF-8, as JSON must be')
    return
  }
  const text = withoutArrayMarks(bytes.toString())
  if (text === '') return
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The message of JSON.parse quotes the text.
    yield bad('JSON_BROKEN', 'not valid JSON')
    return
  }
  for (const item of Array.isArray(value) ? value : [value]) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) yield bad('JSON_NO_OBJECT', 'no JSON object')
    else yield { kind: 'record', line, bytes, record: recordOf(item as Record<string, unknown>, columns, text) }
  }
}

function withoutArrayMarks(line: string): string {
  let text = line.charCodeAt(0) === 0xfeff ? line.slice(1).trim() : line.trim()
  if (text === '[' || text === ']' || text === ',') return ''
  if (text.endsWith(',')) text = text.slice(0, -1)
  return text
}

function recordOf(item: Record<string, unknown>, columns: Columns, text: string): RecordBuilder {
  const record = new RecordBuilder()
  fill(record, item, '', columns, MAX_DEPTH)
  const id = record.values.get('id')
  if (typeof id === 'number' && !Number.isSafeInteger(id)) record.values.set('id', exactId(text, id))
  return record
}

function fill(record: RecordBuilder, item: object, prefix: string, columns: Columns, depth: number): void {
  for (const [key, value] of Object.entries(item)) {
    const name = prefix + key
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      record.put(columns.of(name.startsWith(EXTRA_PREFIX) ? name.slice(EXTRA_PREFIX.length) : name), value)
    } else if (depth === 1 || columns.of(name).known?.field === 'ignored') {
      record.put(columns.of(name), value)
    } else {
      fill(record, value, `${name}.`, columns, depth - 1)
    }
  }
}

/** Numbers beyond 2^53 lose digits when parsed, and ids are such numbers; the line still has them. */
function exactId(text: string, rounded: number): string {
  const numbers = text.matchAll(/:\s*(\d{16,})/g).map((match) => match[1] ?? '')
  return numbers.find((digits) => Number(digits) === rounded) ?? String(rounded)
}
