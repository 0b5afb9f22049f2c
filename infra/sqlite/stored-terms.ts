import { TermField } from '#infra/contracts/search-index.ts'
import { type ListedField, termsOf } from '#infra/runtime/mention-terms.ts'
import type { Content } from '#schemas/merge.ts'

/** The letter that stands before a term of that field in `text.terms`. */
const LETTERS: Readonly<Record<ListedField, string>> = {
  [TermField.Platform]: 'p',
  [TermField.Language]: 'l',
  [TermField.Author]: 'a',
  [TermField.Domain]: 'd',
  [TermField.Entity]: 'e',
  [TermField.Brand]: 'b',
  [TermField.Connector]: 'c',
}
const FIELDS = Object.keys(LETTERS) as ListedField[]
const BY_LETTER = new Map(FIELDS.map((field) => [LETTERS[field], field]))

/** All terms of a mention in one string, a line each, so that counting them needs no decoding. */
export function storedTerms(content: Content): string {
  let stored = ''
  for (const field of FIELDS) {
    for (const term of termsOf(field, content)) stored += `${LETTERS[field]}${term.replaceAll('\n', ' ')}\n`
  }
  return stored
}

/** Counts the lines of `stored` for those fields that have a map. */
export function countStoredTerms(stored: string, counts: Partial<Record<ListedField, Map<string, number>>>): void {
  for (let at = 0; at < stored.length; ) {
    const end = stored.indexOf('\n', at)
    const map = counts[BY_LETTER.get(stored[at] as string) as ListedField]
    if (map !== undefined) {
      const term = stored.slice(at + 1, end)
      map.set(term, (map.get(term) ?? 0) + 1)
    }
    at = end + 1
  }
}
