import { GROUPS, NUMERIC_ROWS, SentimentFeatures } from '#enrich/sentiment/sentiment-features.ts'
import { CLASSES, TONES } from '#enrich/sentiment/sentiment-model.ts'
import { PostTokens } from '#enrich/text/post-tokens.ts'
import type { WordTable } from '#enrich/text/word-table.ts'
import type { Samples } from './softmax-regression.ts'

export interface LabelledPost {
  readonly text: string
  readonly label: number
  readonly language: string
  readonly weight: number
}

export interface SentimentSamples extends Samples {
  readonly posts: readonly LabelledPost[]
  readonly isNegated: Uint8Array
  readonly featureCount: number
}

/** What the model sees of each post; figures stand behind the hashed rows. */
export function sentimentSamples(posts: readonly LabelledPost[], hashRows: number, lists: WordTable): SentimentSamples {
  const reader = new PostTokens()
  const features = new SentimentFeatures(hashRows, lists)
  const rows: { readonly ids: Int32Array; readonly values: Float32Array }[] = []
  const starts = new Int32Array(posts.length + 1)
  const targets = new Float32Array(posts.length * CLASSES)
  const isNegated = new Uint8Array(posts.length)
  posts.forEach(({ text, label }, row) => {
    features.read(reader.read(text))
    const { count, numericCount } = features
    const ids = new Int32Array(count + numericCount)
    const values = new Float32Array(count + numericCount)
    for (let i = 0; i < count; i++) {
      ids[i] = features.rows[i]!
      values[i] = features.scales[features.groups[i]! % GROUPS]!
    }
    for (let i = 0; i < numericCount; i++) {
      ids[count + i] = hashRows + features.numericRows[i]!
      values[count + i] = features.numericValues[i]!
    }
    rows.push({ ids, values })
    starts[row + 1] = starts[row]! + ids.length
    targets[row * CLASSES + label] = 1
    isNegated[row] = Number(features.hasNegation)
  })
  const all = { features: new Int32Array(starts[posts.length]!), values: new Float32Array(starts[posts.length]!) }
  rows.forEach(({ ids, values }, row) => {
    all.features.set(ids, starts[row])
    all.values.set(values, starts[row])
  })
  const weights = Float32Array.from(posts, ({ weight }) => weight)
  return { ...all, starts, targets, weights, classes: CLASSES, posts, isNegated, featureCount: hashRows + NUMERIC_ROWS }
}

export const toneOf = (label: string): number => TONES.indexOf(label as (typeof TONES)[number])
