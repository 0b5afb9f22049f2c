import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 30_000

/** Capped exponential back-off with full jitter (Brooker, "Exponential Backoff and Jitter", AWS 2015); a pause asked for by the other side wins. */
export function backoffMs(
  attempt: number,
  retryAfterMs: number | null = null,
  random: () => number = Math.random,
): number {
  if (retryAfterMs !== null) return retryAfterMs
  return Math.round(random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt))
}

export const isTransient = (error: unknown): error is PipelineError =>
  error instanceof PipelineError && error.class === ErrorClass.Transient

export interface RetryOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called before each pause, with the attempt that failed (from 1). */
  readonly onRetry: (error: PipelineError, attempt: number, pauseMs: number) => void
}

/** Runs one operation until it succeeds, fails for good, or the signal aborts (then the last transient error is thrown). */
export async function retry<T>(operation: () => Promise<T>, { clock, signal, onRetry }: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation()
    } catch (error) {
      if (!isTransient(error) || signal.aborted) throw error
      const pauseMs = backoffMs(attempt, error.retryAfterMs)
      onRetry(error, attempt, pauseMs)
      await clock.sleep(pauseMs, signal).catch(() => {
        throw error
      })
    }
  }
}
