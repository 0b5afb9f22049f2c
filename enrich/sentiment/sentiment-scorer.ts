import type { Sentiment } from '#schemas/generated.ts'
import { firstCharacters } from '../text/first-characters.ts'
import { PostTokens, TokenKind } from '../text/post-tokens.ts'
import { hashWord } from '../text/word-hash.ts'
import { explainSentiment } from './explain-sentiment.ts'
import { SentimentFeatures } from './sentiment-features.ts'
import {
  addScores,
  type Calibration,
  CLASSES,
  loadSentimentModel,
  type SentimentModel,
  TONES,
} from './sentiment-model.ts'

export interface SentimentScorer {
  /** `name/version` of the models used. */
  readonly model: string
  /**
   * The tone of a post as a whole, a pure function of text and language (ISO 639-1; null: not recognised). Looks at the first
   * 10,000 characters. A post in a language without a model, or without anything to judge by, is not scored.
   */
  score(text: string, language: string | null): { readonly value: Sentiment } | { readonly notScored: string }
}

interface LanguageModel {
  readonly model: SentimentModel
  readonly features: SentimentFeatures
  readonly name: string
}

// Writers who say that they do not mean it.
const IRONY_MARKS = new Set(
  ['sarcasm', 'sarcastic', 'irony', 'ironie', 'ironia', 'sarcasmo', 'sarkasmus', 'not'].map(hashWord),
)

/** A scorer for English, Arabic, German, Spanish, French, romanised Hindi, Italian and Portuguese; loads its models at once. */
export function createSentimentScorer(): SentimentScorer {
  const english = open('sentiment-en')
  const others = open('sentiment-multi')
  const tokens = new PostTokens()
  const scores = new Float64Array(CLASSES)
  const probabilities = new Float64Array(CLASSES)

  const score: SentimentScorer['score'] = (text, language) => {
    tokens.read(firstCharacters(text))
    if (tokens.count === 0) return { notScored: 'no text' }
    // Faces and pictures mean much the same everywhere: they are judged, and never decided, without a language.
    if (language === null && !hasPicture(tokens)) return { notScored: 'language not recognised' }
    const code = language ?? 'und'
    const { model, features, name } = code === 'en' ? english : others
    const calibration = model.card.calibration[code]
    if (calibration === undefined) return { notScored: `no sentiment model for language ${code}` }

    features.read(tokens)
    for (let k = 0; k < CLASSES; k++) scores[k] = model.card.bias[k]!
    addScores(model, features, scores)
    const label = highest(scores, -1)
    const other = highest(scores, label)
    calibrate(scores, calibration, features.hasNegation, probabilities)
    const uncertain =
      probabilities[label]! < model.card.limit || language === null || features.count < 2 || hasIronyMark(tokens)
    return {
      value: {
        label: TONES[label]!,
        negative: probabilities[0]!,
        neutral: probabilities[1]!,
        positive: probabilities[2]!,
        uncertain,
        explain: explainSentiment(model, features, tokens, scores[label]! - scores[other]!, label, other),
        model: name,
      },
    }
  }
  return { model: [english.name, others.name].join(' '), score }
}

function open(file: string): LanguageModel {
  const model = loadSentimentModel(file)
  const features = new SentimentFeatures(model.card.hashRows, model.lists)
  return { model, features, name: `${model.card.name}/${model.card.version}` }
}

/** Probabilities from raw scores. */
export function calibrate(
  scores: ArrayLike<number>,
  { offsets, sharpness, negatedSharpness }: Calibration,
  isNegated: boolean,
  into: Float64Array,
): void {
  const factor = isNegated ? negatedSharpness : sharpness
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < CLASSES; k++) {
    into[k] = (scores[k]! + offsets[k]!) * factor
    top = Math.max(top, into[k]!)
  }
  let sum = 0
  for (let k = 0; k < CLASSES; k++) {
    into[k] = Math.exp(into[k]! - top)
    sum += into[k]!
  }
  for (let k = 0; k < CLASSES; k++) into[k]! /= sum
}

function highest(scores: Float64Array, except: number): number {
  let best = -1
  for (let k = 0; k < CLASSES; k++) if (k !== except && (best < 0 || scores[k]! > scores[best]!)) best = k
  return best
}

function hasPicture({ count, kinds }: PostTokens): boolean {
  for (let i = 0; i < count; i++) if (kinds[i] === TokenKind.Emoji || kinds[i] === TokenKind.Emoticon) return true
  return false
}

function hasIronyMark({ count, kinds, hashes }: PostTokens): boolean {
  for (let i = 0; i < count; i++) if (kinds[i] === TokenKind.Hashtag && IRONY_MARKS.has(hashes[i]!)) return true
  return false
}
