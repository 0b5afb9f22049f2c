/** Log-odds before any evidence: one post in ten that holds a claim needs a check. */
export const BASE = -2.2

/** Most that all signs of style together may add: 0.4 of log-odds never move a risk by more than 0.1. */
export const STYLE_CAP = 0.4

/** What a signal gives or takes, in log-odds. These numbers are judgement, published so that they can be argued with; nothing was fitted. */
export const WEIGHTS = {
  satire: -2,
  denial: -1.2,
  factCheckerLink: -1.5,
  question: -0.8,
  quote: -0.6,
  shouting: 0.15,
  hearsay: 0.2,
  miracle: 0.2,
  callToShare: 0.2,
} as const

/** A linked site: `slope · (neutral − quality)`, at most `raise` up and `lower` down. A good site lowers less: links decorate false claims too. */
export const LINK = { neutral: 0.45, slope: 6, raise: 2.5, lower: 1 } as const

/** A point of the claim gate above its limit, and the most that the gate adds. */
export const CLAIM = { point: 0.2, cap: 0.6 } as const

/** From these risks on a mention is `raised`, and `high`. */
export const RAISED = 0.2
export const HIGH = 0.5

/** How harmful a false claim would be: a first topic, each further one, an audience of this many followers. Not part of the risk. */
export const PRIORITY = { topic: 0.5, further: 0.2, largeAudience: 0.2, largeFollowers: 100_000 } as const
