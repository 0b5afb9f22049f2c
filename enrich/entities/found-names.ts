import type { Entity } from '#schemas/generated.ts'

/** The names found in one text; the first to claim a place keeps it. */
export class FoundNames {
  readonly #items: Entity[] = []
  readonly #text: string
  readonly #taken: Uint8Array

  constructor(text: string) {
    this.#text = text
    this.#taken = new Uint8Array(text.length)
  }

  get count(): number {
    return this.#items.length
  }

  isFree(start: number, end: number): boolean {
    for (let i = start; i < end; i++) if (this.#taken[i] === 1) return false
    return true
  }

  /** Adds a name unless another one stands there already. */
  add(
    start: number,
    end: number,
    { type, id, reason }: Pick<Entity, 'type' | 'id' | 'reason'>,
    confidence: number | null = null,
  ): void {
    if (!this.isFree(start, end)) return
    this.#taken.fill(1, start, end)
    this.#items.push({ type, start, end, text: this.#text.slice(start, end), id, confidence, reason })
  }

  /** In the order of the text. */
  inOrder(): readonly Entity[] {
    return this.#items.sort((a, b) => a.start - b.start)
  }
}
