const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

export const DURATION_PATTERN = /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/
export const SIZE_PATTERN = /^\d+(?:\.\d+)?(?:B|[KMGT]i?B)$/

/** Milliseconds of `30s`, `5m`, `2h`, `7d`; throws a RangeError for anything else. */
export const parseDuration = (text: string): number => parse(text, DURATION_PATTERN, DURATION_UNITS)

/** Bytes of `500MB` or `4GB` (powers of ten), `4GiB` (powers of two); throws a RangeError for anything else. */
export const parseSize = (text: string): number => parse(text, SIZE_PATTERN, SIZE_UNITS)

function parse(text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number {
  const unit = pattern.test(text) ? units[text.replace(/^[\d.]+/, '')] : undefined
  if (unit === undefined) throw new RangeError(`not a number with its unit: ${text}`)
  return Math.round(Number.parseFloat(text) * unit)
}
