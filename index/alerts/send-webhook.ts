import { Webhook } from 'standardwebhooks'
import { type Dispatcher, request } from 'undici'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { pipelineErrorIn } from '#infra/runtime/guarded-dispatcher.ts'
import { retryAfterMs } from '#infra/runtime/retry-after.ts'
import type { Alert } from '#schemas/generated.ts'
import type { AlertTarget } from './alert-rule.ts'

const TIMEOUT_MS = 15_000
/** Answers that a later attempt may change. */
const PASSING = new Set([408, 425, 429])

/**
 * One attempt to hand an alert to an HTTP address, signed as Standard Webhooks says (webhook-id, webhook-timestamp,
 * webhook-signature; the id stays the same for all attempts). Redirects are not followed. Rejects with a PipelineError: transient
 * for what may pass, permanent for a refusal.
 */
export async function sendWebhook(
  target: Extract<AlertTarget, { type: 'webhook' }>,
  id: string,
  alert: Alert,
  {
    clock,
    dispatcher,
    signal,
  }: { readonly clock: Clock; readonly dispatcher: Dispatcher; readonly signal: AbortSignal },
): Promise<void> {
  const body = JSON.stringify({
    type: `alert.${alert.state}`,
    timestamp: new Date(alert.at).toISOString(),
    data: alert,
  })
  const sentAt = new Date(clock.now())
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
  }
  if (target.secret !== null) headers['webhook-signature'] = new Webhook(target.secret).sign(id, sentAt, body)
  const host = new URL(target.url).host
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  let answer: Dispatcher.ResponseData
  try {
    answer = await request(target.url, {
      method: 'POST',
      headers,
      body,
      dispatcher,
      signal: AbortSignal.any([signal, timeout]),
    })
    await answer.body.dump({ limit: 64 * 1024 })
  } catch (cause) {
    const known = pipelineErrorIn(cause)
    if (known !== null) throw known
    throw new PipelineError(ErrorClass.Transient, 'WEBHOOK_UNREACHABLE', `the webhook at ${host} cannot be reached`, {
      cause,
    })
  }
  const { statusCode } = answer
  if (statusCode >= 200 && statusCode < 300) return
  const passing = statusCode >= 500 || PASSING.has(statusCode)
  const asked = { 'retry-after': String(answer.headers['retry-after'] ?? '') }
  const pause = passing ? retryAfterMs(asked, clock.now()) : null
  throw new PipelineError(
    passing ? ErrorClass.Transient : ErrorClass.Permanent,
    passing ? 'WEBHOOK_BUSY' : 'WEBHOOK_REFUSED',
    passing
      ? `the webhook at ${host} answered ${statusCode}`
      : `the webhook at ${host} answered ${statusCode}: check its address and secret in the configuration`,
    pause === null ? {} : { retryAfterMs: pause },
  )
}
