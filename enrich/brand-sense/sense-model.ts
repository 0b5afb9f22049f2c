import { readFileSync } from 'node:fs'
import { SENSE_FEATURES, type SenseFeature } from './sense-features.ts'

/** The whole model: its weights are few enough to stand in the card. */
export interface SenseCard {
  readonly name: string
  readonly version: string
  readonly bias: number
  /** Log-odds that the brand is meant, for each feature. */
  readonly weights: Readonly<Record<SenseFeature, number>>
  /** Log-odds times this are calibrated. */
  readonly sharpness: number
  /** A probability between 1 - `limit` and `limit` is *unsure*. */
  readonly limit: number
}

export interface SenseModel {
  readonly card: SenseCard
  /** In the order of `SENSE_FEATURES`. */
  readonly weights: Float64Array
}

/** Reads the model from `enrich/models/`. */
export function loadSenseModel(): SenseModel {
  const file = new URL('../models/brand-sense.json', import.meta.url)
  return senseModelOf(JSON.parse(readFileSync(file, 'utf8')) as SenseCard)
}

export function senseModelOf(card: SenseCard): SenseModel {
  const weights = Float64Array.from(SENSE_FEATURES, ([name]) => card.weights[name])
  if (weights.some(Number.isNaN)) throw new RangeError(`${card.name}: a weight is missing in its card`)
  return { card, weights }
}
