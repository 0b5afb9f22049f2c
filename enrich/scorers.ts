import type { BrandProfile } from '#schemas/brand-profile.ts'
import type { Entities, Fit, Mention, Misinformation, Sentiment } from '#schemas/generated.ts'
import type { BrandSenseScorer } from './brand-sense/brand-sense-scorer.ts'

/** A score with its reasons, or why there is none. */
export type Scored<T> = { readonly value: T } | { readonly notScored: string }

/** The scores of a mention, each a pure function of what it is given and of the model that it names (`name/version`). */
export interface Scorers {
  readonly sentiment: {
    readonly model: string
    score(text: string, language: string | null): Scored<Sentiment>
  }
  readonly entities: {
    readonly model: string
    tag(text: string, language: string | null, brands: readonly BrandProfile[]): Scored<Entities>
  }
  readonly brandSense: BrandSenseScorer
  readonly fit: {
    readonly model: string
    score(mention: Mention, brands: readonly BrandProfile[]): Scored<Fit>
  }
  readonly misinformation: {
    readonly model: string
    score(mention: Mention, text: string, language: string | null): Scored<Misinformation>
  }
}

/** What every mention gets, also when scores are off: it decides what may be scored at all. */
export interface LanguageDetector {
  readonly model: string
  /** `code` is ISO 639-1; null when unsure. */
  detect(text: string, declared: string | null): { readonly code: string | null; readonly confidence: number | null }
}
