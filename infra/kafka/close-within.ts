import type { Clock } from '#infra/contracts/clock.ts'

/** While no broker answers, kafkajs tries for minutes; who ends a process does not wait that long. */
const CLOSE_MS = 10_000

/** Waits for `closing`, but not for ever; how it ends is nobody's concern any more. */
export async function closeWithin(clock: Clock, closing: Promise<unknown>): Promise<void> {
  const waiting = new AbortController()
  const closed = closing.catch(() => {})
  await Promise.race([closed, clock.sleep(CLOSE_MS, waiting.signal).catch(() => {})])
  waiting.abort()
}
