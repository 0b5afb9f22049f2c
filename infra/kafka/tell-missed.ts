import type { Logger } from 'pino'

export interface Missed {
  readonly group: string
  readonly topic: string
  readonly partition: number
  /** First offset that the group has not read. */
  readonly from: number
  /** First offset that is still kept. */
  readonly to: number
}

/** Records that were removed before a group has read them are a loss that an operator must know of. */
export function tellMissed(logger: Logger, missed: Missed): void {
  const offsets = missed.to - missed.from
  logger.error(
    { ...missed, offsets },
    'records were removed before the group has read them, it goes on behind them; raise kafka.retention and retention.ms of the topic, and replay what the archive holds',
  )
}
