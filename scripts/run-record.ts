import type { Logger } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import type { Table } from '#infra/contracts/table.ts'
import type { Books, BooksSnapshot } from '#infra/runtime/books.ts'
import type { PartHealth } from '#infra/runtime/supervisor.ts'

const KEY = 'run'

/** How the running, or the last, run of the pipeline stood; written every few seconds for `earshot status`. */
export interface RunRecord {
  readonly startedAt: number
  readonly at: number
  readonly ended: boolean
  readonly books: BooksSnapshot
  readonly health: Readonly<Record<string, PartHealth>>
}

export async function readRunRecord(table: Table): Promise<RunRecord | null> {
  return ((await table.get(KEY))?.value as RunRecord | undefined) ?? null
}

const WRITE_EVERY_MS = 2_000

interface RecorderOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly books: Books
  readonly health: ReadonlyMap<string, PartHealth>
}

/** Writes the record every few seconds until disposed. It is only for people who look: the run goes on without. */
export class RunRecorder implements AsyncDisposable {
  readonly #table: Table
  readonly #options: RecorderOptions
  readonly #startedAt: number
  readonly #timer: NodeJS.Timeout
  /** In turn, so that the last record made is the last one written. */
  #written: Promise<void> = Promise.resolve()

  private constructor(table: Table, options: RecorderOptions) {
    this.#table = table
    this.#options = options
    this.#startedAt = options.clock.now()
    this.#timer = setInterval(() => void this.#write(false), WRITE_EVERY_MS)
  }

  static async start(table: Table, options: RecorderOptions): Promise<RunRecorder> {
    const recorder = new RunRecorder(table, options)
    await recorder.#write(false)
    return recorder
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#write(true)
  }

  #write(ended: boolean): Promise<void> {
    const { clock, books, health, logger } = this.#options
    const write = async () => {
      const record: RunRecord = {
        ...{ startedAt: this.#startedAt, at: clock.now(), ended, books: books.snapshot() },
        health: Object.fromEntries(health),
      }
      // The lock of the data directory makes this process the only writer.
      const row = await this.#table.get(KEY)
      await this.#table.put(KEY, record, row?.version ?? null)
    }
    this.#written = this.#written.then(write).catch((err) => logger.warn({ err }, 'status not written'))
    return this.#written
  }
}
