import { createRequire } from 'node:module'
import { readList } from '../train/read-tsv.ts'

const require = createRequire(import.meta.url)

interface Analyzer {
  getSentiment(words: string[]): number
}

/** A word counter that one would pick instead; `languages` are those it has a list for. */
export interface Peer {
  readonly name: string
  readonly languages: readonly string[]
  judge(text: string, language: string): string
}

const LISTS = [
  { list: 'afinn', languages: { en: 'English', es: 'Spanish', pt: 'Portuguese' } },
  { list: 'senticon', languages: { en: 'English', es: 'Spanish' } },
  { list: 'pattern', languages: { en: 'English', de: 'German', fr: 'French', it: 'Italian' } },
] as const

/** natural's analyzers, one a word list, with its Porter stemmers where it has them for the list's language. */
export function naturalPeers(): Peer[] {
  // Deep imports: the root of the package costs more than a second and prints.
  const SentimentAnalyzer = require('natural/lib/natural/sentiment/SentimentAnalyzer.js') as new (
    language: string,
    stemmer: unknown,
    list: string,
  ) => Analyzer
  const stemmers: Readonly<Record<string, unknown>> = {
    en: require('natural/lib/natural/stemmers/porter_stemmer.js'),
    es: require('natural/lib/natural/stemmers/porter_stemmer_es.js'),
  }
  return LISTS.map(({ list, languages }) => {
    const analyzers = new Map(
      Object.entries(languages).map(([code, name]) => [
        code,
        new SentimentAnalyzer(name, list === 'pattern' ? null : (stemmers[code] ?? null), list),
      ]),
    )
    return {
      name: `natural ${list}`,
      languages: Object.keys(languages),
      judge: (text, language) => {
        const words = wordsOf(text)
        return words.length === 0 ? 'neutral' : toneOf(analyzers.get(language)!.getSentiment(words), 0)
      },
    }
  })
}

/** The sum of VADER's word scores, normalised and cut at ±0.05 as its authors do (Hutto, Gilbert, 2014), without its rules. */
export function vaderPeer(data: string): Peer {
  const scores = new Map(
    readList(data, 'lexicons-sentiment/vader_lexicon.txt').map(([word, score]) => [word!.toLowerCase(), Number(score)]),
  )
  return {
    name: 'VADER word sum',
    languages: ['en'],
    judge: (text) => {
      let sum = 0
      for (const piece of text.toLowerCase().split(/\s+/)) {
        sum += scores.get(piece) ?? scores.get(piece.replace(/^[^\p{L}\d]+|[^\p{L}\d]+$/gu, '')) ?? 0
      }
      return toneOf(sum / Math.sqrt(sum * sum + 15), 0.05)
    },
  }
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{M}\d']+/gu) ?? []

const toneOf = (score: number, band: number): string =>
  score > band ? 'positive' : score < -band ? 'negative' : 'neutral'
