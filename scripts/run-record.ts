import type { Logger } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import type { Table } from '#infra/contracts/table.ts'
import type { Books, BooksSnapshot } from '#infra/runtime/books.ts'
import type { PartHealth } from '#infra/runtime/supervisor.ts'

const KEY = 'run/'
const WRITE_EVERY_MS = 2_000
/** A process that has not written for several of its pauses does not run any more. */
const FRESH_MS = 10_000
/** Records of processes that are gone are of interest to people for so long. */
const KEPT_MS = 3_600_000

/** How a running, or the last, run of a process stood; written every few seconds for `earshot status`. */
export interface RunRecord {
  readonly process: string
  readonly stages: readonly string[]
  readonly startedAt: number
  readonly at: number
  readonly ended: boolean
  readonly books: BooksSnapshot
  readonly health: Readonly<Record<string, PartHealth>>
}

/** Of all processes that work or lately worked on the installation, those that began first at the top. */
export async function readRunRecords(table: Table): Promise<readonly RunRecord[]> {
  const records = (await table.list(KEY)).map(({ value }) => value as RunRecord)
  return records.toSorted((a, b) => a.startedAt - b.startedAt)
}

export const isRunning = ({ ended, at }: RunRecord, now: number): boolean => !ended && now - at < FRESH_MS

export interface RecorderOptions {
  readonly process: string
  readonly stages: Iterable<string>
  readonly clock: Clock
  readonly logger: Logger
  readonly books: Books
  readonly health: ReadonlyMap<string, PartHealth>
}

/** Writes the record of this process every few seconds until disposed. It is only for people who look: the run goes on without. */
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
    await recorder.#forgetOthers()
    return recorder
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#write(true)
  }

  /** Did no other process work on the installation during this run? */
  async wasAlone(): Promise<boolean> {
    const records = await readRunRecords(this.#table)
    return records.every(({ process, at }) => process === this.#options.process || at < this.#startedAt)
  }

  #write(ended: boolean): Promise<void> {
    const { process, stages, clock, books, health, logger } = this.#options
    const write = async () => {
      const record: RunRecord = {
        ...{ process, stages: [...stages], startedAt: this.#startedAt, at: clock.now(), ended },
        ...{ books: books.snapshot(), health: Object.fromEntries(health) },
      }
      const key = KEY + process
      const row = await this.#table.get(key)
      await this.#table.put(key, record, row?.version ?? null)
    }
    this.#written = this.#written.then(write).catch((err) => logger.warn({ err }, 'status not written'))
    return this.#written
  }

  async #forgetOthers(): Promise<void> {
    const { clock, logger } = this.#options
    try {
      for (const { key, value, version } of await this.#table.list(KEY)) {
        if (clock.now() - (value as RunRecord).at > KEPT_MS) await this.#table.delete(key, version)
      }
    } catch (err) {
      logger.warn({ err }, 'records of processes that are gone not removed')
    }
  }
}
