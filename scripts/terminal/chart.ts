const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█']

/** A horizontal bar of `width` characters at full `most`, in steps of an eighth of a character. */
export function bar(value: number, most: number, width: number): string {
  if (most <= 0 || value <= 0) return ''
  const eighths = Math.max(1, Math.round((Math.min(value, most) / most) * width * 8))
  return '█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? '')
}

/** Where each of the values ends, as whole characters of a bar of `width`: rounded so that they add up to `width`. */
export function splitBar(values: readonly number[], width: number): readonly number[] {
  const total = values.reduce((a, b) => a + b, 0)
  if (total <= 0) return values.map(() => 0)
  let before = 0
  let drawn = 0
  return values.map((value) => {
    before += value
    const end = Math.round((before / total) * width)
    const length = end - drawn
    drawn = end
    return length
  })
}
