import type { Progress } from '#infra/contracts/connector.ts'
import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { acceptedOf, type Books, type BooksSnapshot, handledOf, takenOf } from '#infra/runtime/books.ts'
import { readableLine } from '#infra/runtime/logger.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import type { Alert } from '#schemas/generated.ts'
import type { CommandIo } from './command-io.ts'
import { LiveTicker } from './live-ticker.ts'
import { wrap } from './terminal/columns.ts'
import { type Paint, paintFor } from './terminal/paint.ts'
import { ProgressBar } from './terminal/progress-bar.ts'
import { RateMeter } from './terminal/rate-meter.ts'
import { safeText } from './terminal/safe-text.ts'

const REDRAW_MS = 250
const TICK_MS = 1_000

/** What people see of a running pipeline: a bar while there is an end, then what comes in; logs and alerts in between. */
export class RunDisplay {
  readonly #errors: CommandIo['errors']
  readonly #bar: ProgressBar
  readonly #paint: Paint
  readonly #progress = new Map<string, Progress>()
  readonly #rate = new RateMeter()
  #ticking = false

  constructor(errors: CommandIo['errors']) {
    this.#errors = errors
    this.#bar = new ProgressBar(errors)
    this.#paint = paintFor(errors)
  }

  /** A line of JSON; on a terminal as people read it. */
  log(line: string): void {
    this.#bar.line(this.#errors.isTTY === true ? safeText(readableLine(line)) : line.trimEnd())
  }

  alert({ at, summary }: Alert): void {
    const time = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' }).format(at)
    const line = `${this.#paint(['bold', 'magenta'], `ALERT ${time}`)}  ${safeText(summary)}`
    const { isTTY, columns } = this.#errors
    this.#bar.line(isTTY === true && columns !== undefined ? wrap(line, columns) : line)
  }

  progress(connector: string, reached: Progress): void {
    this.#progress.set(connector, reached)
  }

  /** Draws until disposed; with `live` it then tells, on a terminal, what has just become searchable. */
  watch(books: Books, index: SearchIndex, live: boolean): Disposable {
    const ticker = live && this.#errors.isTTY === true ? new LiveTicker(index, systemClock.now(), this.#paint) : null
    const drawing = setInterval(() => this.#draw(books), REDRAW_MS)
    const telling = setInterval(() => ticker && void this.#tell(ticker, books), TICK_MS)
    return {
      [Symbol.dispose]: () => {
        clearInterval(drawing)
        clearInterval(telling)
        this.#draw(books)
        this.#bar.finish()
      },
    }
  }

  #draw(books: Books): void {
    const snapshot = books.snapshot()
    const handled = handledOf(snapshot)
    const all = Math.max(handled, expectedOf(snapshot))
    const read = this.#read()
    const done = read === null ? null : read * (all > 0 ? Math.min(1, handled / all) : 1)
    const rate = this.#rate.text(handled)
    const text =
      done === 1
        ? `up to date, ${handled.toLocaleString('en-US')} indexed, ${rate} now`
        : `${handled.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} indexed, ${rate}`
    this.#bar.update(done, text)
  }

  /** Share of the sources that is read; null while none says how much it holds. Reading runs ahead of indexing. */
  #read(): number | null {
    let done = 0
    let total = 0
    for (const progress of this.#progress.values()) {
      done += progress.done
      total += progress.total ?? 0
    }
    return total > 0 ? Math.min(1, done / total) : null
  }

  async #tell(ticker: LiveTicker, books: Books): Promise<void> {
    const snapshot = books.snapshot()
    const caughtUp = this.#read() !== null && this.#read() === 1 && handledOf(snapshot) >= acceptedOf(snapshot) - 50
    if (!caughtUp || this.#ticking) return
    this.#ticking = true
    try {
      for (const line of await ticker.lines(this.#errors.columns ?? 100)) this.#bar.line(line)
    } catch {
      // Only for people who look on: a search that fails while the program ends is not worth a word.
    } finally {
      this.#ticking = false
    }
  }
}

/** What has been read or was left by an earlier run; of a process that only indexes, what others have read. */
const expectedOf = (books: BooksSnapshot): number =>
  Math.max(acceptedOf(books) + books.carried.enrich, takenOf(books).enrich) + books.carried.index
