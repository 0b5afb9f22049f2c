import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { MentionColumn } from '#schemas/mention-columns.ts'
import { type FileField, type FileRecord, isBlank } from './file-record.ts'
import { type KnownColumn, knownColumn, normalName } from './known-columns.ts'

/** Configuration: which column or key fills which field. */
export type ColumnNames = Readonly<Partial<Record<MentionColumn, string>>>

export interface NamedColumn {
  readonly name: string
  /** null: means nothing to us. */
  readonly known: KnownColumn | null
}

/** Enough for every real file; what a hostile one makes up is looked up each time. */
const MOST_REMEMBERED = 5_000
const CONFIGURED_RANK = -1

/** What the columns or keys of one file mean. */
export class Columns {
  readonly #configured: ReadonlyMap<string, FileField>
  readonly #remembered = new Map<string, NamedColumn>()

  constructor(configured: ColumnNames) {
    const fields = Object.entries(configured) as [MentionColumn, string][]
    this.#configured = new Map(fields.map(([field, name]) => [normalName(name), field]))
  }

  of(name: string): NamedColumn {
    let column = this.#remembered.get(name)
    if (column === undefined) {
      const field = this.#configured.get(normalName(name))
      column = { name, known: field === undefined ? knownColumn(name) : { field, rank: CONFIGURED_RANK } }
      if (this.#remembered.size < MOST_REMEMBERED) this.#remembered.set(name, column)
    }
    return column
  }

  /** Throws COLUMN_MISSING (config) unless every configured column is among `names`. */
  mustBeAmong(names: readonly string[], path: string): void {
    const present = new Set(names.map(normalName))
    const missing = [...this.#configured].find(([name]) => !present.has(name))
    if (missing === undefined) return
    const shown = names.slice(0, 40).map((name) => name.slice(0, 40))
    const message = `${path} has no column for \`columns: { ${missing[1]}: … }\`; its columns are ${shown.join(', ')}`
    throw new PipelineError(ErrorClass.Config, 'COLUMN_MISSING', message)
  }
}

/** Gathers one row; of several columns for one field the one of the smallest rank wins and the others are kept as extra. */
export class RecordBuilder implements FileRecord {
  readonly values = new Map<FileField, unknown>()
  readonly extra = new Map<string, unknown>()
  readonly #filledBy = new Map<FileField, NamedColumn>()

  put(column: NamedColumn, value: unknown): void {
    if (isBlank(value)) return
    if (column.known === null) {
      this.extra.set(column.name, value)
      return
    }
    const { field, rank } = column.known
    if (field === 'ignored') return
    const before = this.#filledBy.get(field)
    if (before !== undefined) {
      if (before.known!.rank <= rank) {
        this.extra.set(column.name, value)
        return
      }
      this.extra.set(before.name, this.values.get(field))
    }
    this.#filledBy.set(field, column)
    this.values.set(field, value)
  }
}
