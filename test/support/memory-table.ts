import type { Expected, Row, Table } from '#infra/contracts/table.ts'

/** A table in memory, for tests of what is built on tables; the adapters have their own suite. `failure` makes the next calls reject. */
export class MemoryTable implements Table {
  readonly #rows = new Map<string, Row>()
  #versions = 0
  failure: Error | null = null

  async get(key: string): Promise<Row | null> {
    this.#fail()
    return this.#rows.get(key) ?? null
  }

  async list(prefix: string): Promise<readonly Row[]> {
    this.#fail()
    const found = [...this.#rows.values()].filter(({ key }) => key.startsWith(prefix))
    return found.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  }

  async put(key: string, value: unknown, expected: Expected): Promise<Row | null> {
    this.#fail()
    if ((this.#rows.get(key)?.version ?? null) !== expected) return null
    const row = { key, value: structuredClone(value), version: String(++this.#versions) }
    this.#rows.set(key, row)
    return row
  }

  async delete(key: string, expected: string): Promise<boolean> {
    this.#fail()
    return this.#rows.get(key)?.version === expected && this.#rows.delete(key)
  }

  // biome-ignore lint/correctness/useYield: nobody watches here
  async *watch(): AsyncIterable<string> {
    throw new Error('a table in memory is not watched')
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #fail(): void {
    if (this.failure !== null) throw this.failure
  }
}
