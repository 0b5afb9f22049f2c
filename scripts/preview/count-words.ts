import { type SearchIndex, type Selection, TermField } from '#infra/contracts/search-index.ts'
import type { WordCounts } from './distinctive-words.ts'

const WORDS_COUNTED = 50_000

export interface CountedWords extends WordCounts {
  /** Counted in a sample of the mentions. */
  readonly isSampled: boolean
}

/** In how many mentions of a selection each word stands. */
export async function countWords(index: SearchIndex, selection: Selection): Promise<CountedWords> {
  const terms = [TermField.Word]
  const found = await index.aggregate({ ...selection, buckets: false, terms, termLimit: WORDS_COUNTED })
  const words = found.terms[TermField.Word] ?? []
  const isCut = words.length === WORDS_COUNTED
  return { mentions: found.total.mentions, words, isCut, isSampled: found.termError > 0 }
}
