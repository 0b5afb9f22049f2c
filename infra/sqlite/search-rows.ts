/**
 * Rows of `index.db` are numbered by time: the hour of publication, then a count within it. A range of time is then a range of
 * rows, the newest come first without a sort, and neighbours in an index differ by little. Every number fits in 53 bits.
 */
const HOUR_MS = 3_600_000
const ROWS_PER_HOUR = 2 ** 31
/** 239 years around 1970; what claims to be older or newer shares the outermost hour, and is told apart by its exact time. */
const MAX_HOUR = 2 ** 21 - 1

/** Which hour a time or a row belongs to. */
export const hourOf = (time: number): number => Math.max(-MAX_HOUR, Math.min(MAX_HOUR, Math.floor(time / HOUR_MS)))
export const hourOfRow = (row: number): number => Math.floor(row / ROWS_PER_HOUR)

export const firstRowOf = (hour: number): number => hour * ROWS_PER_HOUR
export const lastRowOf = (hour: number): number => firstRowOf(hour + 1) - 1

/** True when no row of one hour lies on both sides of `time`. */
export const isHourStart = (time: number): boolean => time % HOUR_MS === 0 && Math.abs(time / HOUR_MS) < MAX_HOUR

const ROWS_PER_CHUNK = 256
/** Numbers of one mention in a chunk, by place. */
export const Fact = { PublishedAt: 0, Negative: 1, Neutral: 2, Positive: 3, FirstObservedAt: 4, Timely: 5 } as const
const FACTS = 6

/** One mention's numbers. The probabilities are NaN when it was not scored. */
export interface Facts {
  readonly publishedAt: number
  readonly negative: number
  readonly neutral: number
  readonly positive: number
  readonly firstObservedAt: number
  readonly timely: boolean
}

export const chunkOf = (row: number): number => Math.floor(row / ROWS_PER_CHUNK)
/** Where a row's facts begin in its chunk. */
export const placeOf = (row: number): number => (row - chunkOf(row) * ROWS_PER_CHUNK) * FACTS

/** The chunk with these facts set: the same array, or a longer copy. */
export function setFacts(numbers: Float64Array, row: number, facts: Facts | null): Float64Array {
  const at = placeOf(row)
  const target = at + FACTS <= numbers.length ? numbers : new Float64Array(at + FACTS)
  if (target !== numbers) target.set(numbers)
  if (facts === null) target.fill(0, at, at + FACTS)
  else {
    target[at + Fact.PublishedAt] = facts.publishedAt
    target[at + Fact.Negative] = facts.negative
    target[at + Fact.Neutral] = facts.neutral
    target[at + Fact.Positive] = facts.positive
    target[at + Fact.FirstObservedAt] = facts.firstObservedAt
    target[at + Fact.Timely] = facts.timely ? 1 : 0
  }
  return target
}

/** Little-endian, as every machine that Node runs on. Copies, because SQLite's bytes need not lie where doubles may. */
export const numbersOf = (blob: Uint8Array): Float64Array => new Float64Array(new Uint8Array(blob).buffer)
export const blobOf = (numbers: Float64Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
