import type { S3Client } from '@aws-sdk/client-s3'
import type { Clock } from '#infra/contracts/clock.ts'
import { type ClockReading, checkClocks } from '#infra/runtime/check-clocks.ts'

/** The header knows whole seconds. */
const HEADER_STEP_MS = 1_000

/** Reads the store's clock from the `Date` of its next answer; `check` throws a config error when it differs from ours by more than five seconds. */
export function watchServerClock(client: S3Client, clock: Clock): { check(place: string): void } {
  let reading: ClockReading | null = null
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentAt = clock.now()
      const answer = await next(args)
      const theirs = dateOf(answer.response)
      if (!Number.isNaN(theirs)) reading ??= { theirs, stepMs: HEADER_STEP_MS, sentAt, receivedAt: clock.now() }
      return answer
    },
    { step: 'deserialize', name: 'earshotServerClock', priority: 'low' },
  )
  return {
    check: (place) => {
      if (reading !== null) checkClocks(place, reading)
    },
  }
}

/** NaN when the answer does not say. */
function dateOf(response: unknown): number {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> }
  return Date.parse(headers?.date ?? '')
}
