/**
 * 8-bit weights with one step for all. A few weights are far larger than the rest: `share` of them keep their size, so that
 * the steps stay small.
 */
export function quantise(weights: Float32Array, share: number): { readonly bytes: Int8Array; readonly scale: number } {
  const sizes = weights.map(Math.abs).sort()
  const scale = sizes[Math.floor(share * (sizes.length - 1))]! / 127
  return {
    bytes: Int8Array.from(weights, (weight) => Math.max(-127, Math.min(127, Math.round(weight / scale)))),
    scale,
  }
}
