/** Rows of a result, 8 bytes each. */
export class RowList {
  #rows = new Float64Array(1_024)
  #length = 0

  get rows(): Float64Array {
    return this.#rows.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  add(row: number): void {
    if (this.#length === this.#rows.length) {
      const longer = new Float64Array(this.#length * 2)
      longer.set(this.#rows)
      this.#rows = longer
    }
    this.#rows[this.#length++] = row
  }
}
