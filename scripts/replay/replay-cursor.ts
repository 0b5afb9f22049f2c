import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { Row, Table } from '#infra/contracts/table.ts'
import type { ArchivePosition } from '#ingest/replay/read-archive.ts'

/** How far a replay has come that writes an index itself; one that has come to its end begins anew. */
export class ReplayCursor {
  readonly #table: Table
  readonly #key: string
  #row: Row | null

  private constructor(table: Table, key: string, row: Row | null) {
    this.#table = table
    this.#key = key
    this.#row = row
  }

  static async open(table: Table, id: string): Promise<ReplayCursor> {
    const key = `replay/${id}`
    return new ReplayCursor(table, key, await table.get(key))
  }

  get position(): ArchivePosition | null {
    return (this.#row?.value as ArchivePosition | undefined) ?? null
  }

  /** Rejects with a config error when another process saves the same replay: two of them would hide each other's end. */
  async save(position: ArchivePosition): Promise<void> {
    const row = await this.#table.put(this.#key, position, this.#row?.version ?? null)
    if (row === null) {
      const message = 'another process makes the same replay: let it end, or end it'
      throw new PipelineError(ErrorClass.Config, 'REPLAY_TWICE', message)
    }
    this.#row = row
  }

  async end(): Promise<void> {
    if (this.#row !== null) await this.#table.delete(this.#key, this.#row.version)
    this.#row = null
  }
}
