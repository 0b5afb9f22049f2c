import type { CommandIo } from '../command-io.ts'
import { shorten } from './columns.ts'
import { paintFor } from './paint.ts'

const BAR_WIDTH = 28
/** The bar gives way on a terminal that is narrower than this. */
const ROOMY = 100
const NARROW_BAR_WIDTH = 10
const REDRAW_MS = 100

/**
 * One line on a terminal that is drawn again and again; elsewhere a plain line each time a tenth is done. Other lines are
 * written through `line`, so that they do not cut the bar.
 */
export class ProgressBar {
  readonly #stream: CommandIo['errors']
  readonly #paint: ReturnType<typeof paintFor>
  readonly #startedAt = performance.now()
  #drawnAt = Number.NEGATIVE_INFINITY
  #tenth = 0
  /** What was done before it was first drawn: of something that goes on where it stopped. */
  #before: number | null = null
  #last: { fraction: number | null; text: string } | null = null

  constructor(stream: CommandIo['errors']) {
    this.#stream = stream
    this.#paint = paintFor(stream)
  }

  /** `fraction` 0..1, or null when nobody knows how much there is; `text` stands behind the bar. */
  update(fraction: number | null, text: string): void {
    this.#last = { fraction, text }
    this.#before ??= fraction
    if (this.#stream.isTTY === true) {
      const now = performance.now()
      if (now - this.#drawnAt < REDRAW_MS && fraction !== 1) return
      this.#drawnAt = now
      this.#draw()
      return
    }
    const tenth = Math.floor((fraction ?? 0) * 10)
    if (tenth <= this.#tenth) return
    this.#tenth = tenth
    this.#stream.write(`${tenth * 10} %  ${text}\n`)
  }

  line(text: string): void {
    if (this.#stream.isTTY === true) this.#stream.write('\r\u001b[K')
    this.#stream.write(`${text}\n`)
    if (this.#stream.isTTY === true && this.#last) this.#draw()
  }

  /** Leaves the last state on the screen. */
  finish(): void {
    if (this.#stream.isTTY === true && this.#last) {
      this.#draw()
      this.#stream.write('\n')
    }
    this.#last = null
  }

  #draw(): void {
    if (this.#last === null) return
    const { fraction, text } = this.#last
    const columns = this.#stream.columns ?? ROOMY
    const width = columns < ROOMY ? NARROW_BAR_WIDTH : BAR_WIDTH
    const filled = Math.round((fraction ?? 0) * width)
    const bar = this.#paint('cyan', '━'.repeat(filled)) + this.#paint('gray', '─'.repeat(width - filled))
    const share = fraction === null ? '' : `${String(Math.floor(fraction * 100)).padStart(3)} % `
    const left =
      fraction !== null && fraction > (this.#before ?? 0) + 0.02 && fraction < 1 ? `  ${this.#left(fraction)} left` : ''
    // A line that wraps could not be drawn over.
    const told = shorten(`${share}${text}${left}`, Math.max(1, columns - width - 2))
    this.#stream.write(`\r${bar} ${told}\u001b[K`)
  }

  #left(fraction: number): string {
    const done = fraction - (this.#before ?? 0)
    const seconds = Math.ceil((((performance.now() - this.#startedAt) / done) * (1 - fraction)) / 1000)
    return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
  }
}
