import type { Cursor, Cursors, RunConnector } from '#infra/contracts/cursors.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { StateStore } from './state-store.ts'
import type { WorkerClient } from './worker-client.ts'

/** Cursors of the one process that owns every connector: the data directory's lock makes sure that it is the only one. */
export class SqliteCursors implements Cursors {
  readonly #store: WorkerClient<StateStore>
  readonly #running = new Set<string>()
  readonly #ending = new AbortController()
  readonly #runs = new Set<Promise<void>>()

  constructor(store: WorkerClient<StateStore>) {
    this.#store = store
  }

  async run(connectors: readonly string[], start: RunConnector, signal: AbortSignal): Promise<void> {
    const repeated = connectors.find(
      (connector, i) => this.#running.has(connector) || connectors.indexOf(connector) < i,
    )
    if (repeated !== undefined) {
      const message = `connector ${repeated} would run twice; give each connector an id of its own`
      throw new PipelineError(ErrorClass.Config, 'CONNECTOR_RUNS_TWICE', message)
    }
    for (const connector of connectors) this.#running.add(connector)
    const run = this.#runAll(connectors, start, signal)
    this.#runs.add(run)
    try {
      await run
    } finally {
      this.#runs.delete(run)
      for (const connector of connectors) this.#running.delete(connector)
    }
  }

  async #runAll(connectors: readonly string[], start: RunConnector, signal: AbortSignal): Promise<void> {
    const failed = new AbortController()
    const stop = AbortSignal.any([signal, this.#ending.signal, failed.signal])
    const failures: unknown[] = []
    const cursors = await this.list()
    const runs = connectors.map(async (connector) => {
      if (stop.aborted) return
      try {
        await start(connector, cursors.get(connector) ?? null, stop)
      } catch (error) {
        if (stop.aborted && (error as Error | undefined)?.name === 'AbortError') return // how it stops when it is told to
        failures.push(error)
        failed.abort()
      }
    })
    await Promise.all(runs)
    if (failures.length > 0) throw failures[0]
  }

  async save(connector: string, cursor: Cursor): Promise<void> {
    await this.#store.call('saveCursor', { connector, cursor })
  }

  async list(): Promise<ReadonlyMap<string, Cursor>> {
    const rows = await this.#store.call('listCursors', undefined)
    return new Map(rows.map(({ connector, value, observedAt }) => [connector, { value, observedAt }]))
  }

  /** Stops what runs and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
    await Promise.allSettled(this.#runs)
  }
}
