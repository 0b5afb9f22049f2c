import type {
  EventLog,
  LogRecord,
  NewRecord,
  Position,
  RecordBatch,
  SubscribeOptions,
} from '#infra/contracts/event-log.ts'

/**
 * Our own contract in memory, for tests of the order of things: it writes down what is produced and committed, and hands out one
 * batch at a time when told to. `failNext` makes calls of `produce` fail first.
 */
export class RecordingLog implements EventLog {
  readonly supports = { rebalance: false, crossProcess: false }
  readonly actions: string[] = []
  readonly produced = new Map<string, NewRecord[]>()
  readonly failures: Error[] = []
  /** Producers wait for ever, as they do when nobody empties a full log any more. */
  isFull = false
  readonly #partitions: number
  #handler: ((batch: RecordBatch) => Promise<unknown>) | null = null
  #failed: (error: unknown) => void = () => {}
  #end: () => void = () => {}
  readonly #ending = new AbortController()
  #answering: Promise<void> = Promise.resolve()

  constructor(partitions = 2) {
    this.#partitions = partitions
  }

  async createTopics(): Promise<readonly string[]> {
    return []
  }

  async partitions(): Promise<number> {
    return this.#partitions
  }

  async produce(topic: string, records: readonly NewRecord[]): Promise<readonly Position[]> {
    if (this.isFull) await new Promise<never>(() => {})
    const failure = this.failures.shift()
    if (failure !== undefined) {
      this.actions.push(`${topic} failed`)
      throw failure
    }
    const before = this.produced.get(topic) ?? []
    this.produced.set(topic, [...before, ...records])
    for (const { key } of records) this.actions.push(`${topic} <- ${key}`)
    return records.map((_, i) => ({ partition: 0, offset: before.length + i }))
  }

  async subscribe(_options: SubscribeOptions, onBatch: (batch: RecordBatch) => Promise<unknown>) {
    this.#handler = onBatch
    const done = new Promise<void>((resolve, reject) => {
      this.#end = resolve
      this.#failed = reject
    })
    done.catch(() => {})
    return {
      done,
      [Symbol.asyncDispose]: async () => {
        this.#ending.abort()
        await this.#answering
        this.#end()
      },
    }
  }

  /** Resolves when the handler has answered; its answer is written down. */
  async give(
    topic: string,
    values: readonly { key: string; value: Uint8Array; headers?: Record<string, string> }[],
    partition = 0,
  ): Promise<void> {
    const records: LogRecord[] = values.map(({ key, value, headers = {} }, offset) => ({
      offset,
      key,
      value,
      headers,
      timestamp: 0,
    }))
    this.#answering = this.#hand({ topic, partition, records, end: records.length, signal: this.#ending.signal })
    await this.#answering
  }

  async #hand(batch: RecordBatch): Promise<void> {
    try {
      this.actions.push(String(await this.#handler?.(batch)))
    } catch (error) {
      if (batch.signal.aborted && error === batch.signal.reason) {
        this.actions.push('stopped')
        return
      }
      this.actions.push('rejected')
      this.#failed(error)
    }
  }

  get isSubscribed(): boolean {
    return this.#handler !== null
  }

  async lag() {
    return []
  }

  async forget(): Promise<void> {}

  async read(): Promise<readonly LogRecord[]> {
    return []
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
