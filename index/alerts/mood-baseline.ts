/**
 * What share of a brand's mentions is usually negative at this hour: a slow level (half-life 7 days of mentions) plus an offset
 * for each hour of the day on weekdays and at weekends, in log-odds, and how much more than a coin the share scatters
 * (overdispersion). Learnt hour by hour; an hour that stands out moves it no more than a usual one could.
 */
export interface MoodBaseline {
  /** Log-odds; null before the first full hour with mentions. */
  readonly level: number | null
  /** Log-odds, [0..23] weekdays, [24..47] weekends. */
  readonly offsets: readonly number[]
  /** Mentions that have taught each offset, fading. */
  readonly offsetWeights: readonly number[]
  /** Variance of an hour's count as a multiple of the binomial one, at least 1. */
  readonly dispersion: number
  /** Scored mentions and hours seen so far. */
  readonly mentions: number
  readonly hours: number
}

export const NEW_BASELINE: MoodBaseline = {
  level: null,
  offsets: Array.from({ length: 48 }, () => 0),
  offsetWeights: Array.from({ length: 48 }, () => 0),
  dispersion: 1,
  mentions: 0,
  hours: 0,
}

const HOUR_MS = 3_600_000
/** Hours until the weight of what was learnt has halved. */
const LEVEL_HALF_LIFE_HOURS = 7 * 24
const DISPERSION_HALF_LIFE_HOURS = 14 * 24
const OFFSET_HALF_LIFE_HOURS = 28
/** An offset is believed half when it has seen so many mentions. */
const OFFSET_PRIOR_MENTIONS = 60
/** An hour counts as at most this many standard deviations away. */
const WINSORISED_AT = 2

export const logit = (p: number): number => Math.log(p / (1 - p))
export const expit = (x: number): number => 1 / (1 + Math.exp(-x))

/** 0..23 on weekdays, 24..47 at weekends; UTC. */
function slotOf(time: number): number {
  const date = new Date(time)
  const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6
  return date.getUTCHours() + (weekend ? 24 : 0)
}

/** The usual negative share at that time; null while nothing is known. */
export function usualShare({ level, offsets, offsetWeights }: MoodBaseline, time: number): number | null {
  if (level === null) return null
  const slot = slotOf(time)
  const weight = offsetWeights[slot] as number
  const belief = weight / (weight + OFFSET_PRIOR_MENTIONS)
  return Math.min(0.95, Math.max(0.01, expit(level + belief * (offsets[slot] as number))))
}

/**
 * The baseline after a full hour with `mentions` scored ones, of which `negative` are expected to be negative. An `unusual` hour, in
 * which an alert was open, teaches only what is usual at that time of day: an evening that is bad every day must become usual.
 */
export function learnHour(
  baseline: MoodBaseline,
  hourStart: number,
  mentions: number,
  negative: number,
  unusual: boolean,
): MoodBaseline {
  if (mentions <= 0) return { ...baseline, hours: baseline.hours + 1 }
  // A Laplace prior keeps hours of a single mention finite.
  const seen = logit((negative + 0.5) / (mentions + 1))
  if (baseline.level === null) {
    return { ...baseline, level: seen, mentions: baseline.mentions + mentions, hours: baseline.hours + 1 }
  }
  const usual = usualShare(baseline, hourStart) as number
  const variance = mentions * usual * (1 - usual)
  const z = (negative - mentions * usual) / Math.sqrt(variance * baseline.dispersion)
  const clipped = Math.max(-WINSORISED_AT, Math.min(WINSORISED_AT, z))
  const winsorised = mentions * usual + clipped * Math.sqrt(variance * baseline.dispersion)
  // One step of a weighted logistic regression: the residual over the information, slowed by what is already known.
  const information = variance
  const effective = Math.min(
    baseline.mentions,
    (LEVEL_HALF_LIFE_HOURS * baseline.mentions) / Math.max(1, baseline.hours),
  )
  const known = (effective * usual * (1 - usual)) / Math.LN2
  const step = (winsorised - mentions * usual) / (known + information)
  const slot = slotOf(hourStart)
  const fade = 0.5 ** (1 / OFFSET_HALF_LIFE_HOURS)
  const slotWeight = (baseline.offsetWeights[slot] as number) * fade
  const slotStep =
    (winsorised - mentions * usual) / ((slotWeight + OFFSET_PRIOR_MENTIONS) * usual * (1 - usual) + information)
  const offsets = baseline.offsets.with(
    slot,
    Math.max(-1.5, Math.min(1.5, (baseline.offsets[slot] as number) + slotStep)),
  )
  const offsetWeights = baseline.offsetWeights.with(slot, slotWeight + mentions)
  const seenUntilNow = { offsets, offsetWeights, mentions: baseline.mentions + mentions, hours: baseline.hours + 1 }
  if (unusual) return { ...baseline, ...seenUntilNow }
  const squared = Math.min(9, (negative - mentions * usual) ** 2 / variance)
  const rate = 1 - 0.5 ** (1 / DISPERSION_HALF_LIFE_HOURS)
  return {
    ...seenUntilNow,
    level: baseline.level + step,
    dispersion: Math.max(1, baseline.dispersion + rate * Math.min(1, mentions / 5) * (squared - baseline.dispersion)),
  }
}

export const hourOf = (time: number): number => time - (time % HOUR_MS)
