import type { S3Client } from '@aws-sdk/client-s3'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

const TOLERATED_MS = 5_000
/** The header knows whole seconds. */
const HEADER_STEP_MS = 1_000

/** Compares the store's clock with ours, by the `Date` of its next answer; `check` throws a config error when they differ by more than five seconds. */
export function watchServerClock(client: S3Client, clock: Clock): { check(place: string): void } {
  let aheadMs: number | null = null
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentAt = clock.now()
      const answer = await next(args)
      aheadMs ??= aheadOf(answer.response, sentAt, clock.now())
      return answer
    },
    { step: 'deserialize', name: 'earshotServerClock', priority: 'low' },
  )
  return {
    check: (place) => {
      if (aheadMs === null || Math.abs(aheadMs) <= TOLERATED_MS) return
      const seconds = Math.round(Math.abs(aheadMs) / 1000)
      const way = aheadMs > 0 ? 'ahead of' : 'behind'
      const message = `${place}: the clock of the store is ${seconds} s ${way} this machine's; set both by NTP`
      throw new PipelineError(ErrorClass.Config, 'CLOCKS_DIFFER', message)
    },
  }
}

/** How far the other clock is ahead at the least, milliseconds; null when the answer does not say. */
function aheadOf(response: unknown, sentAt: number, receivedAt: number): number | null {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> }
  const date = Date.parse(headers?.date ?? '')
  if (Number.isNaN(date)) return null
  if (date > receivedAt) return date - receivedAt
  if (date + HEADER_STEP_MS < sentAt) return date + HEADER_STEP_MS - sentAt
  return 0
}
