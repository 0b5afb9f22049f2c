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
