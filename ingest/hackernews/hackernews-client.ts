import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { ConnectorContext } from '#infra/runtime/connector-context.ts'
import { DEFAULT_LIMITS, fetchBounded } from '#infra/runtime/fetch-bounded.ts'
import { backoffMs, isTransient } from '#infra/runtime/retry.ts'
import { retryAfterMs } from '#infra/runtime/retry-after.ts'
import { isObject } from '#schemas/is-object.ts'

export interface BaseUrls {
  /** Algolia: `…/api/v1`. */
  readonly search: string
  /** Firebase: `…/v0`. */
  readonly items: string
}

/** A window of creation times, seconds: from `since`, before `until`. */
export interface Window {
  readonly since: number
  readonly until: number
}

export interface Page {
  readonly hits: readonly unknown[]
  /** The service has more hits than it gives: the window must be halved. */
  readonly full: boolean
}

const HITS_PER_PAGE = 1000
const MOST_ATTEMPTS = 5

/**
 * The two services of Hacker News. Each call waits out 429 and passing failures, five attempts in all, then rejects with
 * a transient PipelineError. Neither service has errors that only concern one request for good, so all are transient.
 */
export class HackerNewsClient {
  readonly #urls: BaseUrls
  readonly #context: ConnectorContext

  constructor(urls: BaseUrls, context: ConnectorContext) {
    this.#urls = urls
    this.#context = context
  }

  /** Asks each service once, without patience. */
  async check(phrase: string, signal: AbortSignal): Promise<void> {
    const now = Math.floor(this.#context.clock.now() / 1000)
    pageOf(await this.#once(this.#searchUrl(phrase, { since: now - 1, until: now }), signal))
    updatesOf(await this.#once(`${this.#urls.items}/updates.json`, signal))
  }

  /** Posts that hold the phrase, newest first. */
  async search(phrase: string, window: Window, signal: AbortSignal): Promise<Page> {
    return pageOf(await this.#ask(this.#searchUrl(phrase, window), signal))
  }

  #searchUrl(phrase: string, { since, until }: Window): string {
    const query = new URLSearchParams({
      query: `"${phrase.replaceAll('"', ' ')}"`,
      tags: '(story,comment,poll,job)',
      numericFilters: `created_at_i>=${since},created_at_i<${until}`,
      hitsPerPage: String(HITS_PER_PAGE),
      typoTolerance: 'false',
      advancedSyntax: 'true',
      attributesToHighlight: '',
    })
    return `${this.#urls.search}/search_by_date?${query}`
  }

  /** One item, or null when it is not visible. */
  item(id: number, signal: AbortSignal): Promise<unknown> {
    return this.#ask(`${this.#urls.items}/item/${id}.json`, signal)
  }

  /** Ids of items that changed in the last minutes. */
  async updates(signal: AbortSignal): Promise<readonly number[]> {
    return updatesOf(await this.#ask(`${this.#urls.items}/updates.json`, signal))
  }

  async #ask(url: string, signal: AbortSignal): Promise<unknown> {
    const { clock, logger } = this.#context
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(url, signal)
      } catch (error) {
        if (!isTransient(error) || attempt === MOST_ATTEMPTS || signal.aborted) throw error
        const pauseMs = Math.max(1_000, backoffMs(attempt + 3, error.retryAfterMs))
        logger.warn(
          { code: error.code, problem: error.message, attempt, pauseMs },
          'request to Hacker News is tried again',
        )
        await clock.sleep(pauseMs, signal)
      }
    }
  }

  async #once(url: string, signal: AbortSignal): Promise<unknown> {
    const { clock, dispatcher, userAgent } = this.#context
    const headers = { 'user-agent': userAgent, accept: 'application/json', 'accept-encoding': 'gzip, br' }
    const response = await fetchBounded({ url, headers, limits: DEFAULT_LIMITS }, dispatcher, signal)
    const { host } = new URL(url)
    if (response.status !== 200) {
      const wait = retryAfterMs(response.headers, clock.now())
      const details = wait === null ? {} : { retryAfterMs: wait }
      const code = response.status === 429 ? 'HACKERNEWS_THROTTLED' : 'HACKERNEWS_UNAVAILABLE'
      throw new PipelineError(ErrorClass.Transient, code, `${host} answers with HTTP ${response.status}`, details)
    }
    try {
      return JSON.parse(Buffer.from(response.bytes).toString('utf8')) as unknown
    } catch (error) {
      throw damaged(host, error)
    }
  }
}

function pageOf(answer: unknown): Page {
  if (!isObject(answer) || !Array.isArray(answer.hits)) throw damaged('the search service')
  const limit = typeof answer.hitsPerPage === 'number' ? answer.hitsPerPage : HITS_PER_PAGE
  return { hits: answer.hits, full: answer.hits.length >= limit }
}

function updatesOf(answer: unknown): readonly number[] {
  if (!isObject(answer) || !Array.isArray(answer.items)) throw damaged('the item service')
  return answer.items.filter((id) => Number.isSafeInteger(id))
}

function damaged(who: string, cause?: unknown): PipelineError {
  const message = `${who} gives something else than its JSON; is the address in baseUrls right?`
  return new PipelineError(ErrorClass.Transient, 'HACKERNEWS_DAMAGED', message, { cause })
}
