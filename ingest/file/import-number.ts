const SCALES: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, bn: 1e9 }

/**
 * A number as people and tools write it: `1,234`, `1.234`, `1 234`, `12K`, `1.2M`. A separator before exactly three digits
 * groups thousands, as counts have no thousandths. null for what is no number.
 */
export function parseImportNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string') return null
  const match = /^([+-]?)(\d[\d.,\s'\u2019]*)(k|m|bn?)?$/i.exec(value.trim())
  if (match === null) return null
  const digits = match[2]!.trim()
  const scale = SCALES[match[3]?.toLowerCase() ?? ''] ?? 1
  const number = Number(isGrouped(digits) ? digits.replace(/\D/g, '') : digits.replace(',', '.'))
  if (!Number.isFinite(number)) return null
  // 1.2 * 1e6 is not whole in binary.
  return (match[1] === '-' ? -1 : 1) * (scale === 1 ? number : Math.round(number * scale))
}

/** The same as a count that the log can hold; null for what is none. */
export function parseImportCount(value: unknown): number | null {
  const number = parseImportNumber(value)
  if (number === null) return null
  const count = Math.trunc(number)
  return Number.isSafeInteger(count) ? count : null
}

/** A rating such as 4.5, where three digits behind a point are digits. */
export function parseImportDecimal(value: unknown): number | null {
  if (typeof value === 'string' && /^[+-]?\d+\.\d+$/.test(value.trim())) return Number(value)
  return parseImportNumber(value)
}

const isGrouped = (digits: string): boolean =>
  /^\d{1,3}([.,\s'\u2019])\d{3}(\1\d{3})*$/.test(digits) || /^\d+$/.test(digits)
