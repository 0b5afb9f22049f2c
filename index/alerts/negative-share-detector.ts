import { expit, hourOf, learnHour, logit, type MoodBaseline, NEW_BASELINE, usualShare } from './mood-baseline.ts'

/** "Tell me what happens less than once a day, week or month", for one brand. */
export type Sensitivity = 'daily' | 'weekly' | 'monthly'

/** A closed bucket: how many mentions were scored, and how many of them are expected to be negative. */
export interface MoodBucket {
  readonly start: number
  readonly mentions: number
  readonly negative: number
}

/** What the detector says of a bucket. */
export interface MoodSign {
  /** The strongest of the sums as a share of the limit: 1 opens an alert. */
  readonly severity: number
  readonly usual: number | null
  readonly change: MoodChange | null
}

export type MoodChange =
  | {
      readonly kind: 'open'
      /** When the run of unusual mentions began. */
      readonly since: number
      readonly mentions: number
      readonly negative: number
      readonly usual: number
    }
  | { readonly kind: 'resolve' }

/** Everything remembered of a brand, as plain data: a snapshot is its JSON. */
export interface MoodState {
  readonly baseline: MoodBaseline
  readonly hour: { readonly start: number; readonly mentions: number; readonly negative: number } | null
  readonly sums: readonly Sum[]
  /** The latest mentions while an alert is open, newest last. */
  readonly open: { readonly openedAt: number; readonly recent: readonly MoodBucket[] } | null
}

/** Evidence for one size of change since it last stood at zero. */
interface Sum {
  readonly value: number
  readonly since: number | null
  readonly mentions: number
  readonly negative: number
}

/** Sizes of change looked for, in log-odds: 18 % becomes 33, 52 and 75 %. */
const EFFECTS = [0.8, 1.6, 2.6] as const
const NOTHING: Sum = { value: 0, since: null, mentions: 0, negative: 0 }

/** Sum that opens an alert: found with the seeded simulator so that false ones come more rarely than the name says. */
const LIMITS: Readonly<Record<Sensitivity, number>> = { daily: 7, weekly: 10, monthly: 13 }
/** Nothing is said of a brand before this much is known of it. */
const MIN_HOURS = 72
const MIN_MENTIONS = 50
/** An alert needs this many mentions: three angry people are no crisis. */
const MIN_UNUSUAL = 5
/** An alert ends when the last mentions, at least so many or so old, are back within this distance (log-odds) of the usual. */
const RESOLVE_MENTIONS = 80
const RESOLVE_WINDOW_MS = 3 * 3_600_000
const RESOLVE_MIN_MS = 30 * 60_000
const RESOLVE_MARGIN = 0.5
const BUCKET_MS = 5 * 60_000

export const newMoodState = (): MoodState => ({
  baseline: NEW_BASELINE,
  hour: null,
  sums: EFFECTS.map(() => NOTHING),
  open: null,
})

/**
 * One closed bucket further: a cumulative sum of log-likelihood ratios (CUSUM; Page, "Continuous inspection schemes", Biometrika
 * 1954) of the negative share for three sizes of change, damped by the brand's own overdispersion. An alert ends by its own rule,
 * the share of the latest mentions, and the sums start anew then. Pure: the same buckets give the same alerts.
 */
export function stepMood(
  state: MoodState,
  bucket: MoodBucket,
  sensitivity: Sensitivity,
): { state: MoodState; sign: MoodSign } {
  const learnt = closeHour(state, bucket.start)
  const usual = usualShare(learnt.baseline, bucket.start)
  const hour = learnt.hour ?? { start: hourOf(bucket.start), mentions: 0, negative: 0 }
  const next: MoodState = {
    ...learnt,
    hour: { start: hour.start, mentions: hour.mentions + bucket.mentions, negative: hour.negative + bucket.negative },
  }
  const { hours, mentions } = next.baseline
  if (usual === null || hours < MIN_HOURS || mentions < MIN_MENTIONS) {
    return { state: next, sign: { severity: 0, usual, change: null } }
  }
  return next.open === null ? watch(next, bucket, usual, LIMITS[sensitivity]) : follow(next, next.open, bucket, usual)
}

function watch(
  state: MoodState,
  bucket: MoodBucket,
  usual: number,
  limit: number,
): { state: MoodState; sign: MoodSign } {
  const sums = state.sums.map((sum, i) =>
    addEvidence(sum, bucket, usual, EFFECTS[i] as number, state.baseline.dispersion),
  )
  const strongest = sums.reduce((a, b) => (b.value > a.value ? b : a))
  const severity = strongest.value / limit
  if (severity < 1 || strongest.negative < MIN_UNUSUAL) {
    return { state: { ...state, sums }, sign: { severity, usual, change: null } }
  }
  const { since, mentions, negative } = strongest
  const change: MoodChange = { kind: 'open', since: since ?? bucket.start, mentions, negative, usual }
  const open = { openedAt: bucket.start + BUCKET_MS, recent: [bucket] }
  return { state: { ...state, sums, open }, sign: { severity, usual, change } }
}

/** While an alert is open nothing new is looked for; only its end. */
function follow(
  state: MoodState,
  open: NonNullable<MoodState['open']>,
  bucket: MoodBucket,
  usual: number,
): { state: MoodState; sign: MoodSign } {
  const recent = latest([...open.recent, bucket])
  const mentions = recent.reduce((n, b) => n + b.mentions, 0)
  const negative = recent.reduce((n, b) => n + b.negative, 0)
  const span = bucket.start + BUCKET_MS - (recent[0] as MoodBucket).start
  const enough = (mentions >= RESOLVE_MENTIONS && span >= RESOLVE_MIN_MS) || span >= RESOLVE_WINDOW_MS
  const share = (negative + usual * 2) / (mentions + 2)
  const sign = { severity: Math.max(0, logit(share) - logit(usual)), usual }
  if (enough && share <= expit(logit(usual) + RESOLVE_MARGIN)) {
    const sums = state.sums.map(() => NOTHING)
    return { state: { ...state, sums, open: null }, sign: { ...sign, change: { kind: 'resolve' } } }
  }
  return { state: { ...state, open: { ...open, recent } }, sign: { ...sign, change: null } }
}

/** Drops what is no longer needed to judge the latest mentions. */
function latest(buckets: readonly MoodBucket[]): readonly MoodBucket[] {
  const end = (buckets.at(-1) as MoodBucket).start + BUCKET_MS
  let first = buckets.length - 1
  let mentions = 0
  while (first >= 0) {
    const bucket = buckets[first] as MoodBucket
    if (end - bucket.start > RESOLVE_WINDOW_MS) break
    mentions += bucket.mentions
    if (mentions >= RESOLVE_MENTIONS && end - bucket.start >= RESOLVE_MIN_MS) return buckets.slice(first)
    first--
  }
  return buckets.slice(first + 1)
}

function addEvidence(
  sum: Sum,
  { start, mentions, negative }: MoodBucket,
  usual: number,
  effect: number,
  dispersion: number,
): Sum {
  if (mentions <= 0) return sum
  const changed = expit(logit(usual) + effect)
  const ratio = negative * Math.log(changed / usual) + (mentions - negative) * Math.log((1 - changed) / (1 - usual))
  const value = sum.value + ratio / dispersion
  if (value <= 0) return NOTHING
  return { value, since: sum.since ?? start, mentions: sum.mentions + mentions, negative: sum.negative + negative }
}

/** Hands a full hour to the baseline. */
function closeHour(state: MoodState, time: number): MoodState {
  const { hour, baseline, open } = state
  if (hour === null || hourOf(time) === hour.start) return state
  return {
    ...state,
    hour: null,
    baseline: learnHour(baseline, hour.start, hour.mentions, hour.negative, open !== null),
  }
}
