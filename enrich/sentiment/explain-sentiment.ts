import type { Explanation } from '#schemas/generated.ts'
import type { PostTokens } from '../text/post-tokens.ts'
import { FeatureGroup, type SentimentFeatures } from './sentiment-features.ts'
import { CLASSES, type SentimentModel } from './sentiment-model.ts'

/** Tokens shown at most: those that moved the score most. */
const MAX_PARTS = 8

let weights = new Float64Array(256)

/**
 * Why `label` and not `other`: the difference of their raw scores, taken apart into bias, tokens and rest. A feature of two
 * tokens is shared equally between them; figures of the whole post are part of the rest.
 */
export function explainSentiment(
  { card, numeric, hashed }: SentimentModel,
  features: SentimentFeatures,
  tokens: PostTokens,
  margin: number,
  label: number,
  other: number,
): Explanation {
  if (weights.length < tokens.count) weights = new Float64Array(tokens.count * 2)
  weights.fill(0, 0, tokens.count)
  let rest = 0
  for (let i = 0; i < features.count; i++) {
    const row = features.rows[i]! * CLASSES
    const group = features.groups[i]!
    const weight = (hashed[row + label]! - hashed[row + other]!) * features.scales[group]! * card.scale
    const token = features.tokens[i]!
    if (group === FeatureGroup.Pairs) {
      weights[token]! += weight / 2
      weights[token - 1]! += weight / 2
    } else weights[token]! += weight
  }
  for (let i = 0; i < features.numericCount; i++) {
    const row = features.numericRows[i]! * CLASSES
    const weight = features.numericValues[i]! * (numeric[row + label]! - numeric[row + other]!)
    const token = features.numericTokens[i]!
    if (token < 0) rest += weight
    else weights[token]! += weight
  }
  const shown = strongest(tokens.count)
  for (let token = 0; token < tokens.count; token++) if (!shown.includes(token)) rest += weights[token]!
  return {
    margin,
    bias: card.bias[label]! - card.bias[other]!,
    rest,
    parts: shown.map((token) => ({ start: tokens.starts[token]!, end: tokens.ends[token]!, weight: weights[token]! })),
  }
}

/** The tokens of the largest weights, in reading order. */
function strongest(count: number): number[] {
  const shown: number[] = []
  for (let token = 0; token < count; token++) {
    const size = Math.abs(weights[token]!)
    if (size === 0) continue
    let at = shown.length
    while (at > 0 && Math.abs(weights[shown[at - 1]!]!) < size) at--
    if (at < MAX_PARTS) {
      shown.splice(at, 0, token)
      if (shown.length > MAX_PARTS) shown.pop()
    }
  }
  return shown.sort((a, b) => a - b)
}
