import { EMPTY_HASH, hashOn } from './folding.ts'

const FEWEST = 64
/** Units that tell most words from those that begin as one of the prefixes does. */
const LEAD = 3

/** The prefixes that are asked for, by the hash of their first units: nearly every word is told by one look. */
export class Prefixes {
  /** Units in a lead: three, or fewer when a prefix is shorter. */
  lead = LEAD
  readonly #forms = new Set<string>()
  #counts = new Uint16Array(FEWEST)

  get size(): number {
    return this.#forms.size
  }

  /** May a form with this hash of its lead begin with a prefix? */
  mayBegin(hash: number): boolean {
    return this.#counts[hash & (this.#counts.length - 1)] !== 0
  }

  add(form: string): void {
    this.#forms.add(form)
    if (form.length < this.lead || this.#forms.size > this.#counts.length / 32) this.#refill()
    else this.#count(form, 1)
  }

  delete(form: string): void {
    this.#forms.delete(form)
    if (form.length < LEAD || this.#forms.size < this.#counts.length / 256) this.#refill()
    else this.#count(form, -1)
  }

  #refill(): void {
    this.lead = LEAD
    for (const { length } of this.#forms) this.lead = Math.min(this.lead, length)
    let room = FEWEST
    while (this.#forms.size > room / 64) room *= 2
    this.#counts = new Uint16Array(room)
    for (const form of this.#forms) this.#count(form, 1)
  }

  #count(form: string, by: 1 | -1): void {
    let hash = EMPTY_HASH
    for (let at = 0; at < this.lead; at++) hash = hashOn(hash, form.charCodeAt(at))
    const index = hash & (this.#counts.length - 1)
    this.#counts[index] = this.#counts[index]! + by
  }
}
