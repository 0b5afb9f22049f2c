const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b)

/** The smallest value that so large a share of them does not exceed (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const all = sorted(values)
  return all[Math.max(0, Math.ceil(share * all.length) - 1)] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** `median (least–most)`, as whole numbers above 1,000. */
export function spread(values: readonly number[]): string {
  const all = sorted(values)
  return `${figure(median(all))} (${figure(all[0] ?? Number.NaN)}–${figure(all.at(-1) ?? Number.NaN)})`
}

export function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Rise of the straight line through points (least squares). */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)]
  const above = mean((point) => (point.x - x) * (point.y - y))
  return above / mean((point) => (point.x - x) ** 2)
}
