import type { Logger } from 'pino'
import type { Dispatcher } from 'undici'
import type { Clock } from '#infra/contracts/clock.ts'

/** What every connector is given; it opens no connection by other means. */
export interface ConnectorContext {
  readonly clock: Clock
  /** Refuses private networks unless the configuration allows them. */
  readonly dispatcher: Dispatcher
  readonly logger: Logger
  readonly userAgent: string
}
