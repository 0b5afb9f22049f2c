export interface Row {
  readonly key: string
  /** JSON. */
  readonly value: unknown
  /** Changes with each accepted put; opaque. */
  readonly version: string
}

/** `version` of the row that the caller has read; null: there must be none. */
export type Expected = string | null

/**
 * Small rows that people or schedulers decide about. Compare-and-set; a process reads its own writes. What a person decides is
 * also to be appended to the log and archived (DESIGN §4). So far nothing here is such a decision: generations, ledgers, outboxes
 * and records of runs follow from configuration and mentions.
 */
export interface Table extends AsyncDisposable {
  get(key: string): Promise<Row | null>
  /** Rows whose key starts with `prefix`, in key order, at most `limit`, after the key `after`. */
  list(prefix: string, options?: { readonly after?: string; readonly limit?: number }): Promise<readonly Row[]>
  /** The new row, or null when the stored version is not the expected one. */
  put(key: string, value: unknown, expected: Expected): Promise<Row | null>
  /** True when the row stood in the expected version and is gone. */
  delete(key: string, expected: string): Promise<boolean>
  /** Yields each key that changed since the call, at least once, until the signal aborts; other processes' changes within seconds. */
  watch(signal: AbortSignal): AsyncIterable<string>
}
