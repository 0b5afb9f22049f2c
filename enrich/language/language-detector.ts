import type { LanguageDetector } from '../scorers.ts'
import { createLanguageGuesser, type LanguageGuess, loadLanguageModel } from './language-model.ts'

/** Fewer letters say too little, unless their script belongs to one language. */
const MIN_LETTERS = 4
const MIN_PROBABILITY = 0.5
/** Log-odds that a declared language starts with: it is right far more often than any other single one. */
const DECLARED_PRIOR = Math.log(20)
const RENAMED: Readonly<Record<string, string>> = { no: 'nb', iw: 'he', in: 'id' }

/** Also tells the best guess where `detect` would rather say nothing. */
export interface GuessingLanguageDetector extends LanguageDetector {
  guess(text: string, declared: string | null): LanguageGuess
}

/**
 * Detects 79 languages from the first 200 characters. `declared` (BCP-47) counts as a prior; below four letters it is the only
 * answer given. `code` is null when no language has a probability of one half; `confidence` is that probability, calibrated.
 */
export function createLanguageDetector(): GuessingLanguageDetector {
  const model = loadLanguageModel()
  const guessWithin = createLanguageGuesser(model, DECLARED_PRIOR)
  const guess = (text: string, declared: string | null): LanguageGuess => guessWithin(text, primaryCode(declared))
  return {
    model: `${model.card.name}/${model.card.version}`,
    guess,
    detect(text, declared) {
      const { code, probability, letters, byScript } = guess(text, declared)
      const isTooShort = letters < MIN_LETTERS && !byScript && code !== primaryCode(declared)
      if (code === null || isTooShort || probability < MIN_PROBABILITY) return { code: null, confidence: null }
      return { code, confidence: probability }
    },
  }
}

/** `pt` of `pt-BR`; Norwegian without a form is taken for Bokmål. */
function primaryCode(tag: string | null): string | null {
  if (tag === null) return null
  const end = tag.search(/[-_]/)
  const code = (end < 0 ? tag : tag.slice(0, end)).toLowerCase()
  return RENAMED[code] ?? code
}
