/** Where a positional part of a query stands: token positions from `start` up to, not including, `after`. */
export interface Stand {
  readonly start: number
  readonly after: number
}

/** What NEAR says of two stands; `gaps` are the positions, in order, that it never reaches across. */
export interface Nearness {
  readonly distance: number
  readonly ordered: boolean
  readonly gaps: readonly number[]
}

/**
 * Pairs of a left and a right stand with at most `distance` tokens from the end of one to the start of the other
 * (neighbours: 1), not overlapping. For each stand the nearest partner behind it, so that at least one pair is given when
 * any exists. Both lists are in order of `start`.
 */
export function* nearPairs(
  left: readonly Stand[],
  right: readonly Stand[],
  nearness: Nearness,
): Generator<readonly [Stand, Stand]> {
  for (const stand of left) {
    const partner = partnerBehind(stand, right, nearness)
    if (partner !== null) yield [stand, partner]
  }
  if (nearness.ordered) return
  for (const stand of right) {
    const partner = partnerBehind(stand, left, nearness)
    if (partner !== null) yield [partner, stand]
  }
}

function partnerBehind({ after }: Stand, others: readonly Stand[], { distance, gaps }: Nearness): Stand | null {
  const partner = others[firstFrom(others, after, ({ start }) => start)]
  if (partner === undefined || partner.start - after >= distance) return null
  const gap = gaps[firstFrom(gaps, after, (position) => position)]
  return gap === undefined || gap > partner.start ? partner : null
}

/** Index of the first item at `from` or behind it. */
function firstFrom<T>(items: readonly T[], from: number, positionOf: (item: T) => number): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (positionOf(items[middle]!) < from) low = middle + 1
    else high = middle
  }
  return low
}
