import { describe, expect, it } from 'vitest'
import { parseImportCount, parseImportDecimal, parseImportNumber } from '#ingest/file/import-number.ts'

describe('parseImportNumber', () => {
  it.each([
    ...([
      ['1,234', 1234],
      ['1.234', 1234],
      ['1 234 567', 1_234_567],
      ['1’234', 1234],
      ['12K', 12_000],
    ] as const),
    ...([
      ['1.2M', 1_200_000],
      ['1,5k', 1500],
      ['2bn', 2e9],
      ['0', 0],
      ['-7', -7],
      ['12.5', 12.5],
      ['3,75', 3.75],
    ] as const),
    ...([
      ['1234567', 1_234_567],
      [42, 42],
      [' 8 ', 8],
      ['1.234.567', 1_234_567],
    ] as const),
  ])('reads %s as %d', (value, expected) => expect(parseImportNumber(value)).toBe(expected))

  it.each(['', '-', 'N/A', '12 likes', '1.2.3', '1e5', Number.POSITIVE_INFINITY, null, true])(
    'reads no number from %s',
    (value) => expect(parseImportNumber(value)).toBeNull(),
  )

  it('gives counts that the log can hold', () => {
    expect(parseImportCount('12.9')).toBe(12)
    expect(parseImportCount(1e300)).toBeNull()
    expect(parseImportCount('99999999999999999999')).toBeNull()
  })

  it('reads a point before three digits of a rating as a point', () => {
    expect(parseImportDecimal('4.125')).toBe(4.125)
    expect(parseImportDecimal('4,5')).toBe(4.5)
  })
})
