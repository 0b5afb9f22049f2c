/** A part of the page of figures. */
export interface Section {
  readonly markdown: string
  /** Model file to the figures that its card shows. */
  readonly cards: Readonly<Record<string, Readonly<Record<string, string>>>>
}
