import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { chunkOf, FactsChunk } from './facts-chunk.ts'

/** Looks up facts row by row; fast when the rows come in order. */
export class FactsReader {
  readonly #statement: StatementSync
  #number = Number.NaN
  #chunk = new FactsChunk()

  constructor(database: DatabaseSync) {
    this.#statement = database.prepare('SELECT numbers FROM facts WHERE chunk = ?')
  }

  /** The chunk that holds a row's facts. */
  chunk(row: number): FactsChunk {
    const number = chunkOf(row)
    if (number !== this.#number) {
      this.#chunk = new FactsChunk(this.#statement.get(number)!.numbers as Uint8Array)
      this.#number = number
    }
    return this.#chunk
  }

  /** Each transaction begins with it: the chunk in memory may have changed. */
  reset(): void {
    this.#number = Number.NaN
  }
}
