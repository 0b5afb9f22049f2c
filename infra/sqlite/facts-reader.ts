import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { chunkOf, numbersOf, placeOf } from './search-rows.ts'

const NO_NUMBERS = new Float64Array(0)

/** Looks up facts row by row; fast when the rows come in order. */
export class FactsReader {
  readonly #statement: StatementSync
  #chunk = Number.NaN
  /** Of the chunk that `seek` moved to. */
  numbers: Float64Array = NO_NUMBERS

  constructor(database: DatabaseSync) {
    this.#statement = database.prepare('SELECT numbers FROM facts WHERE chunk = ?')
  }

  /** Moves `numbers` to the row's chunk and answers where its facts begin there. */
  seek(row: number): number {
    const chunk = chunkOf(row)
    if (chunk !== this.#chunk) {
      this.numbers = numbersOf((this.#statement.get(chunk) as { numbers: Uint8Array }).numbers)
      this.#chunk = chunk
    }
    return placeOf(row)
  }

  /** Each transaction begins with it: the chunk in memory may have changed. */
  reset(): void {
    this.#chunk = Number.NaN
    this.numbers = NO_NUMBERS
  }
}
