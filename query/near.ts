/** Where a positional part of a query stands: token positions from `start` up to, not including, `after`. */
export interface Stand {
  readonly start: number
  readonly after: number
}

/** What NEAR says of two stands. */
export interface Nearness {
  readonly distance: number
  readonly ordered: boolean
}

/** The text that stands are in; NEAR does not reach from one field into another. `steps` counts what was looked at. */
export interface Positions {
  readonly length: number
  fieldOf(position: number): number
  steps: number
}

/**
 * Pairs of a left and a right stand with at most `distance` tokens from the end of one to the start of the other
 * (neighbours: 1), not overlapping: at most so many, one when there is any. For each stand its nearest partner behind it.
 * Linear in stands and positions.
 */
export function nearPairs(
  left: readonly Stand[],
  right: readonly Stand[],
  { distance, ordered }: Nearness,
  text: Positions,
  most: number,
): (readonly [Stand, Stand])[] {
  const pairs: (readonly [Stand, Stand])[] = []
  const nextRight = nextStands(right, text)
  for (const stand of left) {
    if (pairs.length === most) return pairs
    const partner = partnerBehind(stand, right[nextRight[stand.after]!], distance, text)
    if (partner !== null) pairs.push([stand, partner])
  }
  if (ordered) return pairs
  const nextLeft = nextStands(left, text)
  for (const stand of right) {
    if (pairs.length === most) return pairs
    const partner = partnerBehind(stand, left[nextLeft[stand.after]!], distance, text)
    if (partner !== null) pairs.push([partner, stand])
  }
  return pairs
}

function partnerBehind({ after }: Stand, partner: Stand | undefined, distance: number, text: Positions): Stand | null {
  text.steps++
  if (partner === undefined || partner.start - after >= distance) return null
  return text.fieldOf(after - 1) === text.fieldOf(partner.start) ? partner : null
}

/** By position: the index of the first stand that starts there or behind it, -1 when there is none. */
function nextStands(stands: readonly Stand[], text: Positions): Int32Array {
  const next = new Int32Array(text.length + 1).fill(-1)
  for (let i = stands.length - 1; i >= 0; i--) next[stands[i]!.start] = i
  for (let at = text.length - 1; at >= 0; at--) if (next[at] === -1) next[at] = next[at + 1]!
  text.steps += stands.length + next.length
  return next
}
