import type { BrandProfile } from '#schemas/brand-profile.ts'
import type { Component, Fit, Mention } from '#schemas/generated.ts'
import { brakes } from './fit-brakes.ts'
import { FitReader } from './fit-facts.ts'
import { authenticity, reach, relevance, resonance } from './fit-parts.ts'
import { MIN_KNOWN_WEIGHT } from './fit-weights.ts'

export interface FitScorer {
  /** `name/version`. */
  readonly model: string
  score(mention: Mention, brands: readonly BrandProfile[]): { readonly value: Fit } | { readonly notScored: string }
}

/**
 * How well the author of a mention would fit the brands it names: the weighted mean of the parts that the payload lets us know,
 * less what brakes take. `value` is null where too little is known; parts keep their evidence either way. One post shows
 * neither habit nor history: those come from the index. Pure and linear in the text.
 */
export function createFitScorer(): FitScorer {
  const reader = new FitReader()
  const model = 'influencer-fit-rules/1'
  return {
    model,
    score(mention, brands) {
      if (brands.length === 0) return { notScored: 'no brand is matched, and fit is always fit to a brand' }
      if (mention.author === null) return { notScored: `${mention.platform} named no author with this mention` }
      const facts = reader.read(mention, brands)
      const parts = [relevance(facts), resonance(mention, facts), authenticity(mention), reach(mention)]
      const found = brakes(mention, facts)
      return { value: { value: combined(parts, found), components: [...parts, ...found], model } }
    },
  }
}

function combined(parts: readonly Component[], found: readonly Component[]): number | null {
  const known = parts.filter((part): part is Component & { value: number } => part.value !== null)
  const weight = known.reduce((sum, part) => sum + part.weight, 0)
  const saysMore = known.some(({ name }) => name === 'resonance' || name === 'authenticity')
  if (!saysMore || weight < MIN_KNOWN_WEIGHT - 1e-9) return null
  const mean = known.reduce((sum, part) => sum + part.weight * part.value, 0) / weight
  const braked = found.reduce((value, brake) => value + brake.weight * (brake.value ?? 0), mean)
  return Math.round(1000 * Math.min(1, Math.max(0, braked))) / 1000
}
