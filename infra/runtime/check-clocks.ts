import { ErrorClass, PipelineError } from '../contracts/errors.ts'

const TOLERATED_MS = 5_000

/** What a server said its time was, and what ours was before and after it was asked. */
export interface ClockReading {
  readonly theirs: number
  /** The server names only the start of so many milliseconds. */
  readonly stepMs: number
  readonly sentAt: number
  readonly receivedAt: number
}

/** Throws a config error when the clock of a server differs from ours by more than five seconds, whenever it was read meanwhile. */
export function checkClocks(place: string, { theirs, stepMs, sentAt, receivedAt }: ClockReading): void {
  const aheadMs = Math.max(0, theirs - receivedAt) + Math.min(0, theirs + stepMs - sentAt)
  if (Math.abs(aheadMs) <= TOLERATED_MS) return
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  const way = aheadMs > 0 ? 'ahead of' : 'behind'
  const message = `${place}: the clock there is ${seconds} s ${way} this machine's; set both by NTP`
  throw new PipelineError(ErrorClass.Config, 'CLOCKS_DIFFER', message)
}
