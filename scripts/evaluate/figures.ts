import { Random } from '#scripts/random.ts'

/** What was said of a row, and what is right. */
export interface Judged {
  readonly right: string
  readonly said: string
}

export type Figure = (rows: readonly Judged[]) => number

export interface Measured {
  readonly value: number
  readonly low: number
  readonly high: number
}

const DRAWS = 400

/** Percent; the interval holds 95 % of `DRAWS` redraws of the rows (bootstrap; Efron, 1979), the same for the same rows. */
export function measure(rows: readonly Judged[], figure: Figure): Measured {
  const random = new Random(17)
  const drawn = Array.from({ length: DRAWS }, () => figure(rows.map(() => rows[random.below(rows.length)]!)))
  drawn.sort((a, b) => a - b)
  return { value: figure(rows), low: drawn[Math.floor(DRAWS * 0.025)]!, high: drawn[Math.ceil(DRAWS * 0.975) - 1]! }
}

export const accuracy: Figure = (rows) => (100 * rows.filter(({ right, said }) => right === said).length) / rows.length

export const macroRecall: Figure = (rows) => mean(perLabel(rows).map(({ hits, right }) => hits / right))

export const macroF1: Figure = (rows) =>
  mean(perLabel(rows).map(({ hits, right, said }) => (2 * hits) / (right + said)))

function perLabel(rows: readonly Judged[]): { hits: number; right: number; said: number }[] {
  const counts = new Map<string, { hits: number; right: number; said: number }>()
  const of = (label: string) => {
    const known = counts.get(label) ?? { hits: 0, right: 0, said: 0 }
    counts.set(label, known)
    return known
  }
  for (const { right, said } of rows) {
    of(right).right++
    of(said).said++
    if (right === said) of(right).hits++
  }
  return [...counts.values()].filter(({ right }) => right > 0)
}

const mean = (shares: readonly number[]): number =>
  (100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length

/** Expected calibration error in percent: 15 bins of equal size. */
export function calibrationError(answers: readonly { readonly confidence: number; readonly hit: boolean }[]): number {
  const sorted = [...answers].sort((a, b) => a.confidence - b.confidence)
  const bins = 15
  let error = 0
  for (let bin = 0; bin < bins; bin++) {
    const part = sorted.slice(Math.floor((bin * sorted.length) / bins), Math.floor(((bin + 1) * sorted.length) / bins))
    error += Math.abs(part.reduce((sum, { confidence, hit }) => sum + confidence - Number(hit), 0))
  }
  return (100 * error) / sorted.length
}

export const shown = ({ value, low, high }: Measured): string =>
  `${value.toFixed(1)} (${low.toFixed(1)}–${high.toFixed(1)})`
