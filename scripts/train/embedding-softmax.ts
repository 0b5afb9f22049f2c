import { Random } from '../random.ts'

/** Rows of hashed features; all features of a row count the same. */
export interface BagSamples {
  readonly features: Int32Array
  readonly starts: Int32Array
  readonly labels: Int32Array
  readonly weights: Float32Array
  /** Number of the set of classes that can be right for a row. */
  readonly groups: Int32Array
  /** Classes per group. */
  readonly classesOf: readonly Int32Array[]
  readonly classes: number
}

export interface BagOptions {
  readonly featureCount: number
  readonly dimensions: number
  readonly epochs: number
  readonly rate: number
  /** Share of a row's features that are left out at random, so that no single one is relied upon. */
  readonly dropout: number
  readonly seed: number
  readonly rows?: Int32Array
}

export interface BagModel {
  /** `features × dimensions`. */
  readonly embeddings: Float32Array
  /** `classes × dimensions`. */
  readonly outputs: Float32Array
  readonly bias: Float32Array
}

/**
 * A linear classifier through a narrow layer: the sum of a row's embeddings over √n, then one output per class (Joulin et al.,
 * "Bag of tricks for efficient text classification", 2016). Stochastic gradient with AdaGrad and a rate that falls to zero.
 */
export function trainBag(samples: BagSamples, options: BagOptions): BagModel {
  const { features, starts, labels, weights, groups, classesOf, classes } = samples
  const { featureCount, dimensions, epochs, rate, dropout, seed } = options
  const random = new Random(seed)
  const embeddings = Float32Array.from({ length: featureCount * dimensions }, () => (random.next() - 0.5) / dimensions)
  const squares = new Float32Array(featureCount).fill(1e-3)
  const outputs = new Float32Array(classes * dimensions)
  const outputSquares = new Float32Array(classes).fill(1e-3)
  const bias = new Float32Array(classes)
  const order = options.rows?.slice() ?? Int32Array.from(labels.keys())
  const kept = new Int32Array(
    samples.starts.reduce((most, start, row) => Math.max(most, start - (samples.starts[row - 1] ?? 0)), 0),
  )
  const hidden = new Float64Array(dimensions)
  const back = new Float64Array(dimensions)
  const scores = new Float64Array(classes)
  const total = epochs * order.length
  for (let epoch = 0, done = 0; epoch < epochs; epoch++) {
    random.shuffle(order)
    for (let n = 0; n < order.length; n++, done++) {
      const row = order[n]!
      const from = starts[row]!
      const to = starts[row + 1]!
      const step = rate * (1 - done / total)
      let count = 0
      for (let i = from; i < to; i++) if (random.next() >= dropout) kept[count++] = features[i]! * dimensions
      if (count === 0) continue
      const scale = 1 / Math.sqrt(count)
      hidden.fill(0)
      for (let i = 0; i < count; i++) {
        const at = kept[i]!
        for (let d = 0; d < dimensions; d++) hidden[d]! += embeddings[at + d]!
      }
      for (let d = 0; d < dimensions; d++) hidden[d]! *= scale
      const possible = classesOf[groups[row]!]!
      let highest = Number.NEGATIVE_INFINITY
      for (const k of possible) {
        let score = bias[k]!
        for (let d = 0; d < dimensions; d++) score += outputs[k * dimensions + d]! * hidden[d]!
        scores[k] = score
        if (score > highest) highest = score
      }
      let sum = 0
      for (const k of possible) {
        scores[k] = Math.exp(scores[k]! - highest)
        sum += scores[k]!
      }
      back.fill(0)
      for (const k of possible) {
        const error = (scores[k]! / sum - (k === labels[row] ? 1 : 0)) * weights[row]!
        if (Math.abs(error) < 1e-4) continue
        const at = k * dimensions
        let size = 0
        for (let d = 0; d < dimensions; d++) size += hidden[d]! * hidden[d]!
        outputSquares[k]! += (error * error * size) / dimensions
        const pace = (step * error) / Math.sqrt(outputSquares[k]!)
        for (let d = 0; d < dimensions; d++) {
          back[d]! += error * outputs[at + d]!
          outputs[at + d]! -= pace * hidden[d]!
        }
        bias[k]! -= pace * 0.1
      }
      let size = 0
      for (let d = 0; d < dimensions; d++) {
        back[d]! *= scale
        size += back[d]! * back[d]!
      }
      if (size === 0) continue
      size /= dimensions
      for (let i = 0; i < count; i++) {
        const at = kept[i]!
        const feature = at / dimensions
        squares[feature]! += size
        const pace = step / Math.sqrt(squares[feature]!)
        for (let d = 0; d < dimensions; d++) embeddings[at + d]! -= pace * back[d]!
      }
    }
  }
  return { embeddings, outputs, bias }
}
