import type { NumberFact } from '#query/fields.ts'
import type { Bounds } from '#query/query.ts'

/**
 * FTS5 knows no numbers, so a number is indexed as a mark of its first digit and its size: 12,345 as `4.1`, which says 10,000 up
 * to 20,000. A range is the marks of the stretches that it touches, exact when it cuts none.
 */
const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9]
const EXPONENTS = 16
const LARGEST = 10 ** EXPONENTS

interface Stretch {
  readonly name: string
  readonly from: number
  /** Not in it. */
  readonly until: number
}

const stretches: readonly Stretch[] = [
  { name: '-', from: Number.NEGATIVE_INFINITY, until: 0 },
  { name: '0', from: 0, until: 1 },
  ...Array.from({ length: EXPONENTS }, (_, exponent) =>
    DIGITS.map((digit) => ({
      name: `${exponent}.${digit}`,
      from: Number(`${digit}e${exponent}`),
      until: Number(`${digit + 1}e${exponent}`),
    })),
  ).flat(),
  { name: '+', from: LARGEST, until: Number.POSITIVE_INFINITY },
]

const markOf = (field: NumberFact, stretch: string): string => `!n${field}~~${stretch}`

export function numberMark(field: NumberFact, number: number): string {
  if (number < 0) return markOf(field, '-')
  if (number < 1) return markOf(field, '0')
  if (number >= LARGEST) return markOf(field, '+')
  const [, digit, exponent] = /^(\d)[\d.]*e\+(\d+)$/.exec(number.toExponential())!
  return markOf(field, `${exponent}.${digit}`)
}

/** The marks of all numbers that may be within the bounds; `exact` when no other number has one of them. */
export function rangeMarks(
  field: NumberFact,
  { gt, gte, lt, lte }: Bounds,
): { readonly marks: readonly string[]; readonly exact: boolean } {
  const touched = stretches.filter(
    ({ from, until }) =>
      (gt === undefined || until > gt) &&
      (gte === undefined || until > gte) &&
      (lt === undefined || from < lt) &&
      (lte === undefined || from <= lte),
  )
  const exact = touched.every(
    ({ from, until }) =>
      (gt === undefined || from > gt) &&
      (gte === undefined || from >= gte) &&
      (lt === undefined || until <= lt) &&
      (lte === undefined || until <= lte),
  )
  return { marks: touched.map(({ name }) => markOf(field, name)), exact }
}
