import type { TermCount } from '#infra/contracts/search-index.ts'

/** In how many mentions of a set each word stands. */
export interface WordCounts {
  readonly mentions: number
  /** The most frequent first. */
  readonly words: readonly TermCount[]
  /** There are more words, none of them more frequent than the last. */
  readonly isCut: boolean
}

export interface DistinctiveWord {
  readonly word: string
  /** How many of the found mentions hold it. */
  readonly mentions: number
  /** 0 to 1. */
  readonly shareFound: number
  readonly shareElsewhere: number
  readonly logLikelihood: number
}

/** So large by chance for one word in 10,000 (chi-squared, one degree of freedom). */
const LEAST = 15.13
/** One person's habit is no trait. */
const LEAST_MENTIONS = 3

/** Words that stand in more of `found` than in the rest of `all`, which includes it; the most telling first. */
export function distinctiveWords(
  found: WordCounts,
  all: WordCounts,
  { limit, isKnown }: { readonly limit: number; readonly isKnown: (word: string) => boolean },
): DistinctiveWord[] {
  const elsewhere = Math.max(0, all.mentions - found.mentions)
  if (elsewhere === 0 || found.mentions === 0) return []
  const counts = new Map(all.words.map(({ term, mentions }) => [term, mentions]))
  // A word that fell off the end is taken for as frequent as the last: it may be missed, never told wrongly.
  const unlisted = all.isCut ? (all.words.at(-1)?.mentions ?? 0) : 0
  return found.words
    .filter(({ term, mentions }) => mentions >= LEAST_MENTIONS && !isKnown(term))
    .map(({ term, mentions }) => {
      const other = Math.min(elsewhere, Math.max(0, (counts.get(term) ?? unlisted) - mentions))
      return {
        word: term,
        mentions,
        shareFound: mentions / found.mentions,
        shareElsewhere: other / elsewhere,
        logLikelihood: logLikelihoodRatio(mentions, found.mentions, other, elsewhere),
      }
    })
    .filter(({ shareFound, shareElsewhere, logLikelihood }) => shareFound > shareElsewhere && logLikelihood >= LEAST)
    .sort((a, b) => b.logLikelihood - a.logLikelihood || (a.word < b.word ? -1 : 1))
    .slice(0, limit)
}

/**
 * G² of `a` out of `ofA` against `b` out of `ofB`: Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", 1993.
 * 0 when the shares are equal.
 */
export function logLikelihoodRatio(a: number, ofA: number, b: number, ofB: number): number {
  const share = (a + b) / (ofA + ofB)
  const term = (seen: number, expected: number): number => (seen === 0 ? 0 : seen * Math.log(seen / expected))
  const sum =
    term(a, ofA * share) + term(ofA - a, ofA * (1 - share)) + term(b, ofB * share) + term(ofB - b, ofB * (1 - share))
  return Math.max(0, 2 * sum)
}
