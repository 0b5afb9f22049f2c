/** More ids than one millisecond can hold; a clock that went back would otherwise let the table grow. */
const MOST_IDS = 10_000

/**
 * Gives rows that bring no `rev` one: the time they were observed. Rows of one id within one millisecond keep the order of the
 * file by counting on, so that the later row wins.
 */
export class RevStamps {
  readonly #given = new Map<string, number>()
  #highest = Number.NEGATIVE_INFINITY

  stamp(id: string, observedAt: number): number {
    if (observedAt > this.#highest || this.#given.size >= MOST_IDS) this.#given.clear()
    const before = this.#given.get(id)
    const rev = before === undefined ? observedAt : Math.max(observedAt, before + 1)
    this.#given.set(id, rev)
    this.#highest = Math.max(this.#highest, rev)
    return rev
  }
}
