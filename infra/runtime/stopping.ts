import type { Clock } from '../contracts/clock.ts'

/** What is in flight when its part is told to stop may take so long to become durable. */
const GRACE_MS = 2_000

/**
 * Settles as `promise` does, but after the signal's abort only for a little longer, then rejects with the signal's reason. A
 * full log makes its producers wait, and takes nothing more once those who would empty it have stopped too.
 */
export async function withGrace<T>(promise: Promise<T>, signal: AbortSignal, clock: Clock): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>()
  const settled = new AbortController()
  const onAbort = () => {
    const ignore = () => undefined // it settled in time
    clock.sleep(GRACE_MS, settled.signal).then(() => reject(signal.reason), ignore)
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([promise, over])
  } finally {
    signal.removeEventListener('abort', onAbort)
    settled.abort()
  }
}

/** True for the error of what ended because the signal told it to. */
export const isStopped = (error: unknown, signal: AbortSignal): boolean => signal.aborted && error === signal.reason
