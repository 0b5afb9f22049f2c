/** What is known of a brand. Lists hold plain names as people write them; `query` is in the query language. */
export interface BrandProfile {
  readonly id: string
  readonly name: string
  readonly query: string
  /** The name is also a word: a mention that means the word is not counted as the brand's. */
  readonly ambiguous: boolean
  readonly products: readonly string[]
  readonly rivals: readonly string[]
  readonly people: readonly string[]
  readonly places: readonly string[]
  readonly words: readonly string[]
  readonly notWords: readonly string[]
  readonly handles: readonly string[]
  readonly domains: readonly string[]
  readonly languages: readonly string[]
  readonly mustMatch: readonly string[]
  readonly mustNotMatch: readonly string[]
}
