import { pino } from 'pino'
import type { Clock } from '#infra/contracts/clock.ts'
import type { ConnectorContext } from '#infra/runtime/connector-context.ts'
import { createGuardedDispatcher } from '#infra/runtime/guarded-dispatcher.ts'
import { SkippingClock } from './skipping-clock.ts'

export interface TestContext extends ConnectorContext, AsyncDisposable {
  readonly clock: SkippingClock
  /** What was logged, without level and time. */
  readonly logged: Record<string, unknown>[]
}

/** What a connector is given, with a clock that skips its pauses and a log that can be read. */
export function testContext({ allowPrivate = true }: { readonly allowPrivate?: boolean } = {}): TestContext {
  const dispatcher = createGuardedDispatcher({ allowPrivate })
  const logged: Record<string, unknown>[] = []
  const logger = pino({ base: null, timestamp: false }, { write: (line: string) => logged.push(JSON.parse(line)) })
  return {
    clock: new SkippingClock(),
    dispatcher,
    logger,
    userAgent: 'earshot-test',
    logged,
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  } satisfies TestContext & { readonly clock: Clock }
}
