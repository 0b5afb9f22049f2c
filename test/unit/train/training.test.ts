import { describe, expect, it } from 'vitest'
import { Random } from '#scripts/random.ts'
import { accuracy, calibrationError, macroF1, macroRecall, measure } from '../../../scripts/evaluate/figures.ts'
import { type BagSamples, trainBag } from '../../../scripts/train/embedding-softmax.ts'
import { fitCalibration, type Scored } from '../../../scripts/train/fit-calibration.ts'
import { quantise } from '../../../scripts/train/quantise.ts'
import { type Samples, trainSoftmax } from '../../../scripts/train/softmax-regression.ts'

const ROWS = 300
const CLASSES = 3

/** Each row has the feature of its class, one of another class at half weight, and noise that says nothing. */
function samples(): Samples & { readonly labels: Int32Array } {
  const random = new Random(1)
  const labels = Int32Array.from({ length: ROWS }, (_, row) => row % CLASSES)
  const features: number[] = []
  const values: number[] = []
  for (const label of labels) {
    features.push(label, random.below(CLASSES), CLASSES + random.below(20))
    values.push(1, 0.5, 1)
  }
  const targets = new Float32Array(ROWS * CLASSES)
  labels.forEach((label, row) => {
    targets[row * CLASSES + label] = 1
  })
  return {
    features: Int32Array.from(features),
    values: Float32Array.from(values),
    starts: Int32Array.from({ length: ROWS + 1 }, (_, row) => row * 3),
    targets,
    weights: new Float32Array(ROWS).fill(1),
    classes: CLASSES,
    labels,
  }
}

describe('trainSoftmax', () => {
  const data = samples()
  const options = { featureCount: CLASSES + 20, epochs: 6, rate: 0.1, l2: 1e-6, seed: 5 }

  it('learns what decides, and gives the same model for the same seed', () => {
    const model = trainSoftmax(data, options)
    for (let k = 0; k < CLASSES; k++) {
      const row = model.weights.subarray(k * CLASSES, (k + 1) * CLASSES)
      expect(row.indexOf(Math.max(...row))).toBe(k)
    }
    expect(trainSoftmax(data, options)).toEqual(model)
    expect(trainSoftmax(data, { ...options, seed: 6 })).not.toEqual(model)
  })

  it('learns from the rows it is given only', () => {
    const rows = Int32Array.from(data.labels.keys()).filter((row) => data.labels[row] !== 2)
    const { weights } = trainSoftmax(data, { ...options, rows })
    expect(weights[2 * CLASSES + 2]).toBeLessThan(0.1)
  })
})

describe('trainBag', () => {
  const { features, starts, weights, labels } = samples()
  const data: BagSamples = {
    features,
    starts,
    weights,
    labels,
    groups: new Int32Array(ROWS),
    classesOf: [Int32Array.of(0, 1, 2)],
    classes: CLASSES,
  }
  const options = { featureCount: CLASSES + 20, dimensions: 4, epochs: 20, rate: 0.3, dropout: 0.1, seed: 5 }

  it('tells the classes apart, and gives the same model for the same seed', () => {
    const model = trainBag(data, options)
    const scoreOf = (feature: number, k: number): number => {
      let score = 0
      for (let d = 0; d < 4; d++) score += model.embeddings[feature * 4 + d]! * model.outputs[k * 4 + d]!
      return score
    }
    for (let k = 0; k < CLASSES; k++) {
      const scores = [0, 1, 2].map((other) => scoreOf(k, other))
      expect(scores.indexOf(Math.max(...scores))).toBe(k)
    }
    expect(trainBag(data, options)).toEqual(model)
  })
})

describe('fitCalibration', () => {
  it('finds how much surer raw scores are than right', () => {
    const random = new Random(3)
    const rows: Scored[] = Array.from({ length: 3000 }, (_, n) => {
      const label = n % 3
      const scores = Float64Array.from({ length: 3 }, (_, k) => (k === label ? 1 : 0) + 2 * (random.next() - 0.5))
      return { scores: scores.map((score) => score * 10), label, isNegated: false }
    })
    const { sharpness } = fitCalibration(rows)
    const tenth = fitCalibration(rows.map((row) => ({ ...row, scores: row.scores.map((score) => score / 10) })))
    expect(sharpness).toBeLessThan(1)
    expect(tenth.sharpness / sharpness).toBeCloseTo(10, 0)
  })

  it('moves the offsets to the labels that are more frequent', () => {
    const rows = Array.from(
      { length: 400 },
      (_, n): Scored => ({ scores: new Float64Array(3), label: n % 4 === 0 ? 0 : 1, isNegated: false }),
    )
    const { offsets } = fitCalibration(rows)
    expect(offsets[1]).toBeGreaterThan(offsets[0]!)
    expect(offsets[0]).toBeGreaterThan(offsets[2]!)
  })
})

describe('quantise', () => {
  it('keeps weights to half a step and cuts the few that are larger than the rest', () => {
    const weights = Float32Array.from({ length: 1001 }, (_, n) => (n === 1000 ? 50 : n / 1000 - 0.5))
    const { bytes, scale } = quantise(weights, 0.99)
    expect(bytes[1000]).toBe(127)
    for (let n = 10; n < 990; n++)
      expect(Math.abs(bytes[n]! * scale - weights[n]!)).toBeLessThanOrEqual(scale / 2 + 1e-6)
  })
})

describe('figures', () => {
  const rows = [
    { right: 'a', said: 'a' },
    { right: 'a', said: 'a' },
    { right: 'a', said: 'b' },
    { right: 'b', said: 'b' },
  ]

  it('count as their definitions say', () => {
    expect(accuracy(rows)).toBe(75)
    expect(macroRecall(rows)).toBeCloseTo((100 * (2 / 3 + 1)) / 2)
    expect(macroF1(rows)).toBeCloseTo((100 * (0.8 + 2 / 3)) / 2)
  })

  it('come with an interval around them, the same each time', () => {
    const many = Array.from({ length: 100 }, (_, n) => rows[n % 4]!)
    const measured = measure(many, accuracy)
    expect(measured.value).toBe(75)
    expect(measured.low).toBeGreaterThan(60)
    expect(measured.low).toBeLessThan(75)
    expect(measured.high).toBeGreaterThan(75)
    expect(measure(many, accuracy)).toEqual(measured)
  })

  it('see a confidence that is off by a fifth', () => {
    const answers = Array.from({ length: 1000 }, (_, n) => ({ confidence: 0.9 + n * 1e-9, hit: n % 10 < 7 }))
    expect(calibrationError(answers)).toBeCloseTo(20, 0)
  })
})
