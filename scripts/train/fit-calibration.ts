import type { Calibration } from '#enrich/sentiment/sentiment-model.ts'
import { calibrate } from '#enrich/sentiment/sentiment-scorer.ts'

export interface Scored {
  readonly scores: Float64Array
  readonly label: number
  readonly isNegated: boolean
}

/**
 * Offsets and sharpness that make held-out scores most likely, by gradient descent (Platt scaling for several classes, with
 * one temperature: Guo et al., "On calibration of modern neural networks", 2017), then the sharpness of negated posts alone.
 */
export function fitCalibration(rows: readonly Scored[]): Calibration {
  const classes = rows[0]!.scores.length
  const offsets = new Array<number>(classes).fill(0)
  let sharpness = 1
  const into = new Float64Array(classes)
  const descend = (chosen: readonly Scored[], moveOffsets: boolean, start: number): number => {
    let factor = start
    for (let step = 0; step < 400; step++) {
      const slopes = new Float64Array(classes)
      let slope = 0
      for (const { scores, label } of chosen) {
        calibrate(scores, { offsets, sharpness: factor, negatedSharpness: factor }, false, into)
        for (let k = 0; k < classes; k++) {
          const error = into[k]! - (k === label ? 1 : 0)
          slopes[k]! += error * factor
          slope += error * (scores[k]! + offsets[k]!)
        }
      }
      const rate = 1 / chosen.length
      if (moveOffsets) for (let k = 0; k < classes; k++) offsets[k]! -= rate * slopes[k]!
      factor = Math.max(0.05, factor - 0.3 * rate * slope)
    }
    return factor
  }
  sharpness = descend(rows, true, 1)
  const negated = rows.filter(({ isNegated }) => isNegated)
  const negatedSharpness = negated.length < 100 ? sharpness : Math.min(sharpness, descend(negated, false, sharpness))
  const mean = offsets.reduce((sum, offset) => sum + offset, 0) / classes
  return { offsets: offsets.map((offset) => offset - mean), sharpness, negatedSharpness }
}
