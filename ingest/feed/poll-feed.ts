import { hash } from 'node:crypto'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { ConnectorContext } from '#infra/runtime/connector-context.ts'
import { DEFAULT_LIMITS, type FetchedResponse, fetchBounded } from '#infra/runtime/fetch-bounded.ts'
import { retryAfterMs } from '#infra/runtime/retry-after.ts'
import { decodeFeed } from './decode-feed.ts'
import { shortDigest, type UrlState } from './feed-state.ts'
import { type ReadFeed, readFeed } from './read-feed.ts'

export type Polled =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'changed'
      readonly feed: ReadFeed
      /** Where it was read from, after redirects. */
      readonly url: string
      /** To be remembered once its items are. */
      readonly validators: Pick<UrlState, 'etag' | 'lastModified' | 'validFor' | 'body'>
      /** The publisher asks to use this address from now on. */
      readonly movedTo: string | null
    }

const ACCEPT =
  'application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1'

/**
 * Asks one feed whether something changed and reads it. A failure is a PipelineError whose class says what to do: transient ones
 * may be tried again soon (`retryAfterMs` when the server said when), permanent ones concern this URL only.
 */
export async function pollFeed(
  url: string,
  state: UrlState,
  context: ConnectorContext,
  signal: AbortSignal,
): Promise<Polled> {
  const conditions: Record<string, string> = {}
  if (state.etag !== null) conditions['if-none-match'] = state.etag
  if (state.lastModified !== null) conditions['if-modified-since'] = state.lastModified
  let response = await ask(url, conditions, context, signal)
  if (response.status === 304 && shortDigest(response.url) !== state.validFor) {
    // A redirect led elsewhere than last time: that server cannot know what we hold.
    response = await ask(url, {}, context, signal)
  }
  if (response.status === 304) return { kind: 'unchanged' }
  if (response.status !== 200) throw refused(response, context.clock.now())

  const validators = validatorsOf(response)
  const sameTag = validators.etag !== null && validators.etag === state.etag && validators.validFor === state.validFor
  if (sameTag || validators.body === state.body) return { kind: 'unchanged' }
  const feed = readFeed(decodeFeed(response.bytes, response.headers['content-type'] ?? null))
  return { kind: 'changed', feed, url: response.url, validators, movedTo: response.movedTo }
}

function ask(
  url: string,
  conditions: Record<string, string>,
  { dispatcher, userAgent }: ConnectorContext,
  signal: AbortSignal,
): Promise<FetchedResponse> {
  const headers = {
    'user-agent': userAgent,
    accept: ACCEPT,
    'accept-encoding': 'gzip, br, zstd, deflate',
    ...conditions,
  }
  return fetchBounded({ url, headers, limits: DEFAULT_LIMITS }, dispatcher, signal)
}

function validatorsOf({ headers, url, bytes }: FetchedResponse): Extract<Polled, { kind: 'changed' }>['validators'] {
  // `Expires: 0` comes from programs that send an answer made a moment ago with an old date.
  const stale = headers.expires?.trim() === '0'
  return {
    etag: stale ? null : (headers.etag ?? null),
    lastModified: stale ? null : (headers['last-modified'] ?? null),
    validFor: shortDigest(url),
    body: hash('sha256', bytes).slice(0, 32),
  }
}

function refused({ status, headers }: FetchedResponse, now: number): PipelineError {
  const fail = (errorClass: ErrorClass, code: string, message: string): PipelineError => {
    const wait = retryAfterMs(headers, now)
    return new PipelineError(
      errorClass,
      code,
      `HTTP ${status}: ${message}`,
      wait === null ? {} : { retryAfterMs: wait },
    )
  }
  if (status === 429) return fail(ErrorClass.Transient, 'FEED_THROTTLED', 'asked too often')
  if (status >= 500 || status === 408) return fail(ErrorClass.Transient, 'FEED_UNAVAILABLE', 'the server has a problem')
  if (status === 410) return fail(ErrorClass.Permanent, 'FEED_GONE', 'the publisher ended this feed; remove its URL')
  if (status === 404)
    return fail(ErrorClass.Permanent, 'FEED_NOT_FOUND', 'there is no feed at this address; correct its URL')
  if (status === 401 || status === 403) {
    const remedy = headers['cf-mitigated'] === 'challenge' ? 'it wants a browser (Cloudflare)' : 'check its credentials'
    return fail(ErrorClass.Permanent, 'FEED_FORBIDDEN', `the server refuses us; ${remedy}`)
  }
  return fail(ErrorClass.Permanent, 'FEED_REFUSED', 'no feed in the answer; check the URL')
}
