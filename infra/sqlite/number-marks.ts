import type { NumberFact } from '#query/fields.ts'
import type { Bounds } from '#query/query.ts'

/**
 * FTS5 knows no numbers, so a number is indexed as two marks, of its size and of its size and first digit: 12,345 as `4`, which
 * says 10,000 up to 100,000, and `4.1`, up to 20,000. A range is the marks of the stretches that it touches, exact when it cuts none.
 */
const EXPONENTS = 16

interface Stretch {
  readonly name: string
  readonly from: number
  /** Not in it, unless it is the only number of the stretch. */
  readonly until: number
  readonly digits: readonly Stretch[]
}

const stretch = (name: string, from: number, until: number, digits: readonly Stretch[] = []): Stretch => ({
  name,
  from,
  until,
  digits,
})

const stretches: readonly Stretch[] = [
  stretch('-', Number.NEGATIVE_INFINITY, 0),
  stretch('0', 0, 0),
  stretch('<', Number.MIN_VALUE, 1),
  ...Array.from({ length: EXPONENTS }, (_, exponent) => {
    const times = (digit: number): number => Number(`${digit}e${exponent}`)
    const digits = Array.from({ length: 9 }, (_, i) => stretch(`${exponent}.${i + 1}`, times(i + 1), times(i + 2)))
    return stretch(`e${exponent}`, times(1), times(10), digits)
  }),
  stretch('+', Number(`1e${EXPONENTS}`), Number.POSITIVE_INFINITY),
]

const markOf = (field: NumberFact, name: string): string => `!n${field}~~${name}`

const holds = ({ from, until }: Stretch, number: number): boolean =>
  number === from || (number > from && number < until)

export function numberMarks(field: NumberFact, number: number): readonly string[] {
  const found = stretches.find((one) => holds(one, number))!
  const digit = found.digits.find((one) => holds(one, number))
  return digit === undefined ? [markOf(field, found.name)] : [markOf(field, found.name), markOf(field, digit.name)]
}

/** The marks of all numbers that may be within the bounds; `exact` when no other number has one of them. */
export function rangeMarks(
  field: NumberFact,
  bounds: Bounds,
): { readonly marks: readonly string[]; readonly exact: boolean } {
  const touched = stretches
    .filter((one) => touches(one, bounds))
    .flatMap((one) =>
      one.digits.length === 0 || isWithin(one, bounds) ? [one] : one.digits.filter((digit) => touches(digit, bounds)),
    )
  return {
    marks: touched.map(({ name }) => markOf(field, name)),
    exact: touched.every((one) => isWithin(one, bounds)),
  }
}

const touches = ({ from, until }: Stretch, { gt, gte, lt, lte }: Bounds): boolean =>
  (gt === undefined || until > gt) &&
  (gte === undefined || until > gte || from >= gte) &&
  (lt === undefined || from < lt) &&
  (lte === undefined || from <= lte)

const isWithin = ({ from, until }: Stretch, { gt, gte, lt, lte }: Bounds): boolean =>
  (gt === undefined || from > gt) &&
  (gte === undefined || from >= gte) &&
  (lt === undefined || (from === until ? from < lt : until <= lt)) &&
  (lte === undefined || until <= lte)
