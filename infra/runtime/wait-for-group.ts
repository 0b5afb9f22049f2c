import type { Logger } from 'pino'
import type { Clock } from '../contracts/clock.ts'
import type { EventLog } from '../contracts/event-log.ts'
import { retry } from './retry.ts'

const LOOK_MS = 50

export interface WaitOptions {
  readonly log: Pick<EventLog, 'lag'>
  readonly group: string
  readonly topic: string
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Resolves when the group has committed everything that the topic holds at the first look, or when the signal aborts: what
 * others go on writing is not waited for. Passing failures are waited out.
 */
export async function waitForGroup(options: WaitOptions, signal: AbortSignal): Promise<void> {
  const { log, group, topic, clock, logger } = options
  const onRetry = (err: Error, attempt: number, pauseMs: number) =>
    logger.warn({ err, group, topic, attempt, pauseMs }, 'looking where a group stands retried')
  let ends: ReadonlyMap<number, number> | null = null
  while (!signal.aborted) {
    try {
      const lag = await retry(() => log.lag(group, topic), { clock, signal, onRetry })
      ends ??= new Map(lag.map(({ partition, end }) => [partition, end]))
      if (lag.every(({ partition, committed, end }) => committed >= (ends?.get(partition) ?? end))) return
    } catch (error) {
      if (!signal.aborted) throw error
    }
    await clock.sleep(LOOK_MS, signal).catch(() => {})
  }
}
