/**
 * How far two answers are apart: null when they are the same, else the first place where they are not. Texts and whole numbers are compared
 * exactly; of other numbers the largest distance (relative above 1) is noted in `precision`, and more than `allowed` is a difference.
 */
export class Difference {
  readonly #allowed: number
  /** The largest distance of two numbers seen so far. */
  precision = 0

  constructor(allowed: number) {
    this.#allowed = allowed
  }

  between(a: unknown, b: unknown, path = ''): string | null {
    if (Object.is(a, b)) return null
    if (typeof a === 'number' && typeof b === 'number' && !(Number.isInteger(a) && Number.isInteger(b))) {
      const distance = Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b))
      if (distance > this.#allowed || Number.isNaN(distance)) return `${path}: ${a} and ${b}`
      this.precision = Math.max(this.precision, distance)
      return null
    }
    if (a instanceof Uint8Array && b instanceof Uint8Array)
      return Buffer.compare(a, b) === 0 ? null : `${path}: other bytes`
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
      return `${path}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`
    if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length)
      return `${path}: ${a.length} and ${b.length} entries`
    const left = a as Readonly<Record<string, unknown>>
    const right = b as Readonly<Record<string, unknown>>
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const found = this.between(left[key], right[key], path === '' ? key : `${path}.${key}`)
      if (found !== null) return found
    }
    return null
  }
}
