/** What each part counts in the weighted mean of the parts that are known. Judgement, published so that it can be argued with. */
export const PARTS = { relevance: 0.4, resonance: 0.3, authenticity: 0.15, reach: 0.15 } as const

/** What each brake takes from the mean when it is full on. */
export const BRAKES = {
  ownAccount: -0.6,
  automated: -0.4,
  rivalTie: -0.3,
  boughtEngagement: -0.2,
  paidPost: -0.15,
} as const

/** A value needs relevance, resonance or authenticity beside it, and parts of this weight in all. Reach alone never gives one. */
export const MIN_KNOWN_WEIGHT = 0.55

/** Interactions: a reply costs its author more than a like, and a share more than a reply. */
export const INTERACTION = { like: 1, reply: 2, quote: 2, share: 3 } as const

/** Interactions count once a post has stood this long: earlier they only tell its age. */
export const SETTLED_MS = 60 * 60 * 1000
