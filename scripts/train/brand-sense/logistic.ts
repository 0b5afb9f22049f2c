export interface LogisticModel {
  readonly bias: number
  readonly weights: Float64Array
}

/**
 * `counts` says what each row counts. Logistic regression with a quadratic penalty on the weights, by Newton's steps (iteratively reweighted least squares): the
 * exact optimum, so that the same rows give the same model.
 */
export function fitLogistic(
  rows: readonly Float64Array[],
  labels: readonly number[],
  counts: readonly number[],
  penalty: number,
): LogisticModel {
  const size = rows[0]!.length + 1
  const weights = new Float64Array(size)
  for (let step = 0; step < 30; step++) {
    const slope = new Float64Array(size)
    const curve = Array.from({ length: size }, () => new Float64Array(size))
    for (let i = 1; i < size; i++) {
      slope[i] = penalty * weights[i]!
      curve[i]![i] = penalty
    }
    curve[0]![0] = 1e-9
    for (const [r, row] of rows.entries()) {
      const p = 1 / (1 + Math.exp(-scoreOf(row, weights)))
      const spread = counts[r]! * Math.max(1e-6, p * (1 - p))
      for (let i = 0; i < size; i++) {
        const x = i === 0 ? 1 : row[i - 1]!
        if (x === 0) continue
        slope[i]! += counts[r]! * (p - labels[r]!) * x
        const line = curve[i]!
        for (let j = 0; j <= i; j++) line[j]! += spread * x * (j === 0 ? 1 : row[j - 1]!)
      }
    }
    const move = solved(curve, slope)
    let largest = 0
    for (let i = 0; i < size; i++) {
      weights[i]! -= move[i]!
      largest = Math.max(largest, Math.abs(move[i]!))
    }
    if (largest < 1e-9) break
  }
  return { bias: weights[0]!, weights: weights.slice(1) }
}

function scoreOf(row: Float64Array, weights: Float64Array): number {
  let sum = weights[0]!
  for (let i = 0; i < row.length; i++) sum += row[i]! * weights[i + 1]!
  return sum
}

/** Solves `lower · x = right` for a symmetric positive matrix given by its lower half (Cholesky). */
function solved(lower: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = lower[i]![j]!
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!
      lower[i]![j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / lower[j]![j]!
    }
  }
  const x = Float64Array.from(right)
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i]![k]! * x[k]!
    x[i]! /= lower[i]![i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= lower[k]![i]! * x[k]!
    x[i]! /= lower[i]![i]!
  }
  return x
}
