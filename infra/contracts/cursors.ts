/** Where a connector stands. */
export interface Cursor {
  /** Opaque to everybody but the connector that made it. */
  readonly value: string
  /** The source has been seen up to here, milliseconds. */
  readonly observedAt: number
}

/** Runs one connector until the signal aborts; resolves early when its source is exhausted. */
export type RunConnector = (connector: string, cursor: Cursor | null, signal: AbortSignal) => Promise<void>

/** Who runs which connector, and from where. One owner per connector, always. */
export interface Cursors extends AsyncDisposable {
  /**
   * Runs each connector that this process owns from its last saved cursor, and stops it when it is given to another.
   * Resolves when all owned connectors are exhausted or the signal aborts; rejects with the first failure, after stopping the others.
   */
  run(connectors: readonly string[], start: RunConnector, signal: AbortSignal): Promise<void>
  /** Resolves when the cursor survives a crash. A late save of a former owner costs repeats, never loss. */
  save(connector: string, cursor: Cursor): Promise<void>
  /** The last saved cursor of every connector, for people. */
  list(): Promise<ReadonlyMap<string, Cursor>>
}
