import type { Clock } from '../contracts/clock.ts'

/** Waits until `ms` have passed or the signal aborts, whichever is first; unlike `clock.sleep` an abort is no error. */
export async function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return
  try {
    await clock.sleep(ms, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
