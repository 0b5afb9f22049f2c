import type { SearchIndex } from '#infra/contracts/search-index.ts'
import { mentionText } from '#schemas/mention.ts'
import { columnsOf, pad, shorten } from './terminal/columns.ts'
import type { Paint } from './terminal/paint.ts'
import { safeText } from './terminal/safe-text.ts'

const AT_ONCE = 5

/** What has just become searchable, a line each, for people who watch a live stream. */
export class LiveTicker {
  readonly #index: SearchIndex
  readonly #paint: Paint
  #shownUntil: number

  constructor(index: SearchIndex, startedAt: number, paint: Paint) {
    this.#index = index
    this.#shownUntil = startedAt
    this.#paint = paint
  }

  /** The newest mentions published since the last call, oldest first. */
  async lines(width: number): Promise<readonly string[]> {
    const range = { since: this.#shownUntil + 1, until: null }
    const { hits } = await this.#index.search({
      query: null,
      brands: [],
      range,
      sort: 'newest',
      limit: AT_ONCE,
      after: null,
    })
    const last = hits[0]?.content.mention.publishedAt
    if (last !== undefined) this.#shownUntil = last
    return hits.toReversed().map(({ content: { mention, annotations } }) => {
      const { sentiment } = annotations
      const tone = sentiment === null ? 'no score' : sentiment.uncertain ? 'unsure' : sentiment.label
      const colour = tone === 'negative' ? 'red' : tone === 'positive' ? 'green' : 'gray'
      const time = new Date(mention.publishedAt).toTimeString().slice(0, 8)
      const brands = pad(shorten(annotations.brands.join(', '), 16), 8)
      const room = Math.max(20, width - time.length - columnsOf(brands) - 13)
      return `${time}  ${brands} ${this.#paint(colour, tone.padEnd(8))} ${shorten(safeText(mentionText(mention)), room)}`
    })
  }
}
