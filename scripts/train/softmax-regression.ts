import { Random } from '../random.ts'

/** Sparse rows, one after the other. */
export interface Samples {
  /** Feature numbers of all rows. */
  readonly features: Int32Array
  readonly values: Float32Array
  /** Where each row begins; one more entry than rows. */
  readonly starts: Int32Array
  /** `rows × classes`, each row adds up to 1. */
  readonly targets: Float32Array
  /** What a row counts. */
  readonly weights: Float32Array
  readonly classes: number
}

export interface TrainingOptions {
  readonly featureCount: number
  readonly epochs: number
  readonly rate: number
  readonly l2: number
  readonly seed: number
  /** Rows to use; all when absent. */
  readonly rows?: Int32Array
}

export interface LinearModel {
  /** `features × classes`. */
  readonly weights: Float32Array
  readonly bias: Float32Array
}

/**
 * Softmax regression by stochastic gradient with a rate per weight (AdaGrad; Duchi, Hazan, Singer, 2011). The answer is the
 * mean over the ends of the last half of the epochs. The same samples, options and seed give the same model.
 */
export function trainSoftmax(samples: Samples, options: TrainingOptions): LinearModel {
  const { features, values, starts, targets, weights: sampleWeights, classes } = samples
  const { featureCount, epochs, rate, l2, seed } = options
  const size = featureCount * classes
  const weights = new Float32Array(size)
  const squares = new Float32Array(size).fill(1e-4)
  const mean = new Float32Array(size)
  const bias = new Float32Array(classes)
  const biasSquares = new Float32Array(classes).fill(1e-4)
  const biasMean = new Float32Array(classes)
  const random = new Random(seed)
  const order = options.rows?.slice() ?? Int32Array.from({ length: starts.length - 1 }, (_, i) => i)
  const logits = new Float64Array(classes)
  const averaged = Math.ceil(epochs / 2)
  for (let epoch = 0; epoch < epochs; epoch++) {
    random.shuffle(order)
    for (let n = 0; n < order.length; n++) {
      const row = order[n]!
      const from = starts[row]!
      const to = starts[row + 1]!
      for (let k = 0; k < classes; k++) logits[k] = bias[k]!
      for (let i = from; i < to; i++) {
        const at = features[i]! * classes
        const value = values[i]!
        for (let k = 0; k < classes; k++) logits[k]! += value * weights[at + k]!
      }
      softmax(logits)
      for (let k = 0; k < classes; k++) {
        logits[k] = (logits[k]! - targets[row * classes + k]!) * sampleWeights[row]!
        biasSquares[k]! += logits[k]! * logits[k]!
        bias[k]! -= (rate * logits[k]!) / Math.sqrt(biasSquares[k]!)
      }
      for (let i = from; i < to; i++) {
        const at = features[i]! * classes
        const value = values[i]!
        for (let k = 0; k < classes; k++) {
          const gradient = logits[k]! * value + l2 * weights[at + k]!
          const square = squares[at + k]! + gradient * gradient
          squares[at + k] = square
          weights[at + k]! -= (rate * gradient) / Math.sqrt(square)
        }
      }
    }
    if (epoch >= epochs - averaged) {
      for (let i = 0; i < size; i++) mean[i]! += weights[i]! / averaged
      for (let k = 0; k < classes; k++) biasMean[k]! += bias[k]! / averaged
    }
  }
  return { weights: mean, bias: biasMean }
}

/** Logits to probabilities, in place. */
export function softmax(logits: Float64Array): void {
  let highest = Number.NEGATIVE_INFINITY
  for (let k = 0; k < logits.length; k++) if (logits[k]! > highest) highest = logits[k]!
  let sum = 0
  for (let k = 0; k < logits.length; k++) {
    logits[k] = Math.exp(logits[k]! - highest)
    sum += logits[k]!
  }
  for (let k = 0; k < logits.length; k++) logits[k]! /= sum
}
