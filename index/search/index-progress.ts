import type { Heartbeat } from '#schemas/generated.ts'

/**
 * How far the index has come with each source, from the heartbeats that travel among the mentions: everything a source had
 * shown until then, in every partition, is searchable. It makes "no mentions" and "not read yet" two different things.
 */
export class IndexProgress {
  readonly #partitions: number
  /** Connector → the point reached in each partition. */
  readonly #reached = new Map<string, Map<number, number>>()

  constructor(partitions: number) {
    this.#partitions = partitions
  }

  record(partition: number, { source, observedAt, exhausted }: Heartbeat): void {
    const reached = this.#reached.get(source.connector) ?? new Map<number, number>()
    this.#reached.set(source.connector, reached)
    // The latest word counts, not the highest: a source that had ended in an earlier run may go on in this one.
    reached.set(partition, exhausted ? Number.POSITIVE_INFINITY : observedAt)
  }

  /** Everything that these connectors had shown until then is searchable; null while one of them has not reported from every partition. */
  through(connectors: readonly string[]): number | null {
    let through = Number.POSITIVE_INFINITY
    for (const connector of connectors) {
      const reached = this.#reached.get(connector)
      if (reached === undefined || reached.size < this.#partitions) return null
      through = Math.min(through, ...reached.values())
    }
    return through
  }
}
