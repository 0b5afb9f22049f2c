import { firstCharacters } from '#enrich/text/first-characters.ts'
import { PostTokens } from '#enrich/text/post-tokens.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { SenseExtractor } from './sense-extractor.ts'
import { SENSE_FEATURES } from './sense-features.ts'
import { loadSenseModel, type SenseModel } from './sense-model.ts'
import { SenseProfile } from './sense-profile.ts'

/** Language of the word lists and of the sentences that the weights were learnt from. */
const LANGUAGE = 'en'

/** `unsure` is an answer for people to settle. */
export type SenseState = 'brand' | 'other' | 'unsure'

export interface SensePart {
  /** UTF-16 offsets into the text. */
  readonly start: number
  readonly end: number
  /** Log-odds: above 0 for the brand. */
  readonly weight: number
  readonly reason: string
}

export interface BrandSense {
  /** Whether the name stands there as a word of its own, not only in a hashtag, an account or a link. */
  readonly isNamed: boolean
  readonly state: SenseState
  /** Calibrated probability that the brand is meant. */
  readonly probability: number
  /** Log-odds before calibration, above 0 for the brand = `bias` + the weights of all parts. */
  readonly margin: number
  readonly bias: number
  readonly parts: readonly SensePart[]
}

export interface BrandSenseScorer {
  /** `name/version` */
  readonly model: string
  /** Whether the name of the profile means the brand in this text. `language` is ISO 639-1, null when unknown. */
  judge(text: string, language: string | null, profile: BrandProfile): BrandSense
}

/**
 * Tells a brand from the word that its name also is, by the words around the name and by the profile: a logistic regression over
 * some forty readable features, learnt from brands other than the one asked about. Pure, linear in the text, of which it reads
 * the first 10,000 characters. In another language than English only a word of the profile lets it decide.
 */
export function createBrandSenseScorer(model: SenseModel = loadSenseModel()): BrandSenseScorer {
  const { card, weights } = model
  const extractor = new SenseExtractor()
  const profiles = new WeakMap<BrandProfile, SenseProfile>()

  const senseProfileOf = (profile: BrandProfile): SenseProfile => {
    const known = profiles.get(profile)
    if (known !== undefined) return known
    const made = new SenseProfile(profile, new PostTokens())
    profiles.set(profile, made)
    return made
  }

  return {
    model: `${card.name}/${card.version}`,
    judge(given, language, profile) {
      const text = firstCharacters(given)
      const { count, features, values, at, tokens, isNamed, isToldByProfile } = extractor.read(
        text,
        senseProfileOf(profile),
      )
      let margin = card.bias
      const parts: SensePart[] = []
      for (let i = 0; i < count; i++) {
        const feature = features[i]!
        const weight = weights[feature]! * values[i]!
        if (weight === 0) continue
        margin += weight
        const token = at[i]!
        parts.push({
          start: tokens.starts[token]!,
          end: tokens.ends[token]!,
          weight,
          reason: SENSE_FEATURES[feature]![1],
        })
      }
      const probability = 1 / (1 + Math.exp(-card.sharpness * margin))
      const canDecide = isToldByProfile || language === LANGUAGE || language === null
      const state =
        canDecide && probability >= card.limit
          ? 'brand'
          : canDecide && probability <= 1 - card.limit
            ? 'other'
            : 'unsure'
      return { isNamed, state, probability, margin, bias: card.bias, parts }
    },
  }
}
