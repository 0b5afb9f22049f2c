import type { Sentiment } from '#schemas/generated.ts'

/** A comma may move a score, but tells a reader nothing. */
const TELLING = /[\p{L}\p{N}\p{Extended_Pictographic}]|[!?]/u

/** The words that moved a sentiment towards its label, most first. `text` is that of `mentionText`. */
export const movingWords = ({ explain }: Sentiment, text: string, most: number): string[] =>
  [...explain.parts]
    .filter(({ start, end, weight }) => weight > 0 && TELLING.test(text.slice(start, end)))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, most)
    .map(({ start, end }) => text.slice(start, end))
