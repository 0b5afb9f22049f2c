import { exactValue } from '#query/facts.ts'
import type { NumberFact } from '#query/fields.ts'
import { numberMarks } from './number-marks.ts'

/**
 * What of a mention FTS5 indexes: one blank-separated string, first our tokens with a word as its folded form, so that phrases
 * and distances count as `query/` does; then, set apart by a first character that no token has, the words with capitals and
 * the marks that filters use.
 */
export interface FtsMarks {
  /** `authorKey` of its author; null when the platform gives none. */
  readonly author: string | null
  /** `field=value` each. */
  readonly facts: readonly string[]
  readonly numbers: Partial<Record<NumberFact, number>>
}

/** Every visible mention holds it, no hidden one: what a query that excludes only starts from. */
export const EVERY_MENTION = '!all'
export const factMark = (fact: string): string => `!f${escaped(fact)}`
export const brandMark = (brand: string): string => factMark(`brand=${exactValue(brand)}`)
export const authorMark = (author: string): string => `!a${escaped(author)}`
export const casedMark = (cased: string): string => `=${escaped(cased)}`

/** A visible mention, from its token string. */
export function ftsDocument(tokens: string, { author, facts, numbers }: FtsMarks): string {
  let document = tokens
  if (tokens.includes('|')) {
    const cased: string[] = []
    document = tokens.replace(/\|([^ ]*)/g, (_, word: string) => {
      cased.push(casedMark(word))
      return ''
    })
    document += ` ${cased.join(' ')}`
  }
  document += ` ${EVERY_MENTION}`
  for (const fact of facts) document += ` ${factMark(fact)}`
  for (const field of Object.keys(numbers) as NumberFact[]) {
    // The time of publication is the number of the row.
    if (field !== 'published') for (const mark of numberMarks(field, numbers[field]!)) document += ` ${mark}`
  }
  return author === null ? document : `${document} ${authorMark(author)}`
}

/** A hidden mention is found by its author's operations only. */
export const hiddenDocument = (author: string | null): string => (author === null ? '' : authorMark(author))

/** FTS5's `ascii` tokenizer folds ASCII case and splits at blanks and control characters: both get a spelling of their own. */
function escaped(text: string): string {
  return text.replace(/[\x00-\x20A-Z~]/g, (character) => {
    if (character === '~') return '~~'
    return character >= 'A'
      ? `~${character.toLowerCase()}`
      : `~_${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}
