import type { FileField, FileRecord } from './file-record.ts'
import { parseImportCount } from './import-number.ts'
import { parseImportTime, type TimeReading } from './import-time.ts'

const MAX_EXTRA_BYTES = 4096
const MAX_LIST_ITEMS = 200

/** The values of one row, read as what they are wanted for; null for what is not there or cannot be read so. */
export class RowValues {
  readonly #values: FileRecord['values']
  readonly #reading: TimeReading

  constructor(values: FileRecord['values'], reading: TimeReading) {
    this.#values = values
    this.#reading = reading
  }

  value(field: FileField): unknown {
    return this.#values.get(field)
  }

  /** A short value: blanks around it mean nothing. */
  text(field: FileField): string | null {
    return textOf(this.#values.get(field))
  }

  /** What a person wrote, as it was written. */
  content(field: FileField): string | null {
    const value = this.#values.get(field)
    if (typeof value !== 'string') return textOf(value)
    return /\S/.test(value) ? wellFormed(value) : null
  }

  texts(field: FileField): string[] {
    return this.list(field).flatMap((item) => textOf(item) ?? [])
  }

  /** A list, or what stands between commas, semicolons or blanks in a cell. */
  list(field: FileField): readonly unknown[] {
    const value = this.#values.get(field)
    if (value === undefined) return []
    if (Array.isArray(value)) return value.slice(0, MAX_LIST_ITEMS)
    if (field === 'context' || field === 'flags.contentWarnings') return [value]
    return typeof value === 'string' ? value.split(/[\s,;|]+/, MAX_LIST_ITEMS) : []
  }

  count(field: FileField): number | null {
    const value = this.#values.get(field)
    return value === undefined ? null : parseImportCount(value)
  }

  flag(field: FileField): boolean | null {
    const value = this.#values.get(field)
    if (typeof value === 'boolean') return value
    const word = textOf(value)?.toLowerCase()
    if (word === undefined) return null
    return /^(?:true|yes|y|1)$/.test(word) ? true : /^(?:false|no|n|0)$/.test(word) ? false : null
  }

  /** Times beside that of publication are not worth losing a row for. */
  time(field: FileField): number | null {
    const value = this.#values.get(field)
    if (value === undefined) return null
    const time = parseImportTime(value, this.#reading)
    return typeof time === 'number' ? time : null
  }
}

export function textOf(value: unknown): string | null {
  if (typeof value === 'string') {
    const trimmed = value.trim()
    return trimmed === '' ? null : wellFormed(trimmed)
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

/** Half a surrogate pair changes on its way through UTF-8, and an id with it. */
const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed())

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

export const fieldOf = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

/** As much as fits, in the order of the file; the payload has the rest. */
export function boundedExtra(extra: ReadonlyMap<string, unknown>): Record<string, string> | null {
  if (extra.size === 0) return null
  const kept: [string, string][] = []
  let room = MAX_EXTRA_BYTES
  for (const [name, value] of extra) {
    const text = textOf(isObject(value) ? compactJson(value) : value)
    if (text === null) continue
    room -= Buffer.byteLength(name) + Buffer.byteLength(text)
    if (room < 0) break
    kept.push([wellFormed(name), text])
  }
  return kept.length === 0 ? null : Object.fromEntries(kept)
}

function compactJson(value: object): string | null {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) return null // nested deeper than the stack
    throw error
  }
}
