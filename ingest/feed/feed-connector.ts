import { setImmediate as turn } from 'node:timers/promises'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { ConnectorContext } from '#infra/runtime/connector-context.ts'
import { displayUrl } from '#infra/runtime/fetch-bounded.ts'
import { pause } from '#infra/runtime/pause.ts'
import { diffFeed } from './diff-feed.ts'
import { FeedState, shortDigest } from './feed-state.ts'
import { type Polled, pollFeed } from './poll-feed.ts'
import { PollRound } from './poll-round.ts'
import type { FeedItem, ReadFeed } from './read-feed.ts'

export interface FeedConnectorOptions {
  readonly id: string
  readonly urls: readonly string[]
  /** From the start of one round over all URLs to the start of the next. */
  readonly everyMs: number
  readonly prefilter: boolean
  readonly latenessMs: number
}

/** A checkpoint within a round is due after this many items. */
const CHECKPOINT_ITEMS = 500
/** Of one URL in one round, when its failures may pass. */
const ATTEMPTS = 4
const LONGEST_BACKOFF_MS = 24 * 3_600_000
/** Other work gets its turn after this many parsed items. */
const ITEMS_PER_TURN = 50

/**
 * RSS, Atom, RDF and JSON feeds, polled. A URL that fails is logged, asked less often and keeps nobody waiting; one that answers
 * 410 is not asked again before the next start. `read` throws only when its very first round finds every URL refused by
 * the configuration (private network, no http); all else is waited out.
 */
export function createFeedConnector(options: FeedConnectorOptions, context: ConnectorContext): Connector {
  const { id, urls, prefilter, latenessMs } = options
  return {
    id,
    platform: 'feed',
    supply: 'polled',
    latenessMs,
    prefilter,
    check: (signal) => check(options, context, signal),
    read: (cursor, signal) => new FeedReader(options, context, new FeedState(urls, cursor)).read(signal),
  }
}

/** Asks every URL once. Rejects when none can be read, naming each with its reason; else those that cannot are logged. */
async function check(
  { id, urls }: FeedConnectorOptions,
  context: ConnectorContext,
  signal: AbortSignal,
): Promise<void> {
  const failures = new Map<string, PipelineError>()
  const state = new FeedState(urls, null)
  const round = new PollRound(urls, (url) => pollFeed(url, state.get(url), context, signal), context.clock, 1)
  for await (const { url, result } of round.run(signal)) if (result instanceof PipelineError) failures.set(url, result)
  if (failures.size === urls.length) throw allFailed(failures)
  for (const [url, { code, message }] of failures) {
    context.logger.warn({ connector: id, url: displayUrl(url), code, problem: message }, 'feed cannot be read')
  }
}

class FeedReader {
  readonly #options: FeedConnectorOptions
  readonly #context: ConnectorContext
  readonly #state: FeedState
  readonly #gone = new Set<string>()
  #sinceCheckpoint = 0

  constructor(options: FeedConnectorOptions, context: ConnectorContext, state: FeedState) {
    this.#options = options
    this.#context = context
    this.#state = state
  }

  async *read(signal: AbortSignal): AsyncGenerator<ReadItem> {
    const { urls, everyMs } = this.#options
    const { clock } = this.#context
    this.#reportWaiting()
    for (let first = true; !signal.aborted; first = false) {
      const startedAt = clock.now()
      const refused = yield* this.#round(startedAt, signal)
      if (signal.aborted) return
      if (first && refused.size === urls.length) throw allFailed(refused)
      yield this.#checkpoint(urls.length)
      await pause(startedAt + everyMs - clock.now(), clock, signal)
    }
  }

  /** A pause that a server asked for outlasts a restart; whoever restarts should know why nothing comes. */
  #reportWaiting(): void {
    const { clock, logger } = this.#context
    for (const url of this.#options.urls) {
      const waitMs = this.#state.get(url).notBefore - clock.now()
      if (waitMs > 0)
        logger.warn({ connector: this.#options.id, url: displayUrl(url), waitMs }, 'feed is not asked yet')
    }
  }

  /** Reads every URL that is due; answers those that the configuration forbids. */
  async *#round(startedAt: number, signal: AbortSignal): AsyncGenerator<ReadItem, Map<string, PipelineError>> {
    const { urls } = this.#options
    const refused = new Map<string, PipelineError>()
    const due = urls.filter((url) => !this.#gone.has(url) && this.#state.get(url).notBefore <= startedAt)
    let done = urls.length - due.length
    const round = new PollRound(due, (url, abort) => this.#poll(url, abort), this.#context.clock, ATTEMPTS)
    for await (const { url, result } of round.run(signal)) {
      if (signal.aborted) break
      if (result instanceof PipelineError) {
        if (result.class === ErrorClass.Config) refused.set(url, result)
        this.#failed(url, result)
      } else yield* this.#succeeded(url, result, startedAt, signal)
      done++
      if (done < urls.length && this.#sinceCheckpoint >= CHECKPOINT_ITEMS) yield this.#checkpoint(done)
    }
    return refused
  }

  #poll(url: string, signal: AbortSignal): Promise<Polled> {
    return pollFeed(url, this.#state.get(url), this.#context, signal)
  }

  async *#succeeded(url: string, polled: Polled, startedAt: number, signal: AbortSignal): AsyncGenerator<ReadItem> {
    const good = { failures: 0, notBefore: 0, seenUpTo: startedAt }
    if (polled.kind === 'unchanged') {
      this.#state.set(url, good)
      return
    }
    const { id, latenessMs } = this.#options
    const { clock, logger } = this.#context
    if (polled.movedTo !== null) {
      const movedTo = displayUrl(polled.movedTo)
      logger.warn(
        { connector: id, url: displayUrl(url), movedTo },
        'feed has moved for good, configure its new address',
      )
    }
    const document = {
      items: await parsed(polled.feed),
      place: { info: polled.feed.info, url: polled.url },
      scope: `${URL.parse(url)?.hostname}-${shortDigest(url).slice(0, 12)}`,
      source: { connector: id, platform: 'feed', instance: displayUrl(url), latenessMs },
      observedAt: clock.now(),
    }
    for (const item of diffFeed(document, this.#state.seen(url))) {
      if (signal.aborted) return // nothing of this document is remembered: the next start reads it again
      this.#sinceCheckpoint++
      yield item
    }
    const { beyondLimit, expired } = polled.feed
    if (beyondLimit > 0) {
      logger.warn({ connector: id, url: displayUrl(url), items: beyondLimit }, 'feed is too long, its end was not read')
      yield { kind: 'ignored', reason: 'beyond_limit', count: beyondLimit }
    }
    if (expired) this.#disable(url, 'the feed says that it has expired; remove its URL')
    this.#state.set(url, { ...polled.validators, ...good })
  }

  #failed(url: string, { code, message, retryAfterMs }: PipelineError): void {
    if (code === 'FEED_GONE') {
      this.#disable(url, message)
      return
    }
    const failures = this.#state.get(url).failures + 1
    // The first failure waits for the next round, then each doubles the pause.
    const backoff =
      failures === 1 ? 0 : Math.min(LONGEST_BACKOFF_MS, this.#options.everyMs * 2 ** Math.min(failures - 1, 20))
    const wait = Math.max(backoff, retryAfterMs ?? 0)
    this.#state.set(url, { failures, notBefore: wait === 0 ? 0 : this.#context.clock.now() + wait })
    const fields = { connector: this.#options.id, url: displayUrl(url), code, problem: message, failures, waitMs: wait }
    this.#context.logger.warn(fields, 'feed could not be read')
  }

  #disable(url: string, problem: string): void {
    this.#gone.add(url)
    const fields = { connector: this.#options.id, url: displayUrl(url), code: 'FEED_GONE', problem }
    this.#context.logger.error(fields, 'feed is gone and will not be asked again until the next start')
  }

  #checkpoint(done: number): ReadItem {
    this.#sinceCheckpoint = 0
    const progress = { done, total: this.#options.urls.length, unit: 'items' } as const
    return { kind: 'checkpoint', cursor: this.#state.toCursor(), observedAt: this.#state.observedAt, progress }
  }
}

/** Parsing is synchronous; a long feed must not keep everything else waiting. */
async function parsed(feed: ReadFeed): Promise<FeedItem[]> {
  const items: FeedItem[] = []
  for (const item of feed.items) {
    items.push(item)
    if (items.length % ITEMS_PER_TURN === 0) await turn()
  }
  return items
}

function allFailed(failures: ReadonlyMap<string, PipelineError>): PipelineError {
  const severity = [ErrorClass.Config, ErrorClass.Permanent, ErrorClass.Transient]
  const [worst] = [...failures.values()].toSorted((a, b) => severity.indexOf(a.class) - severity.indexOf(b.class))
  const lines = [...failures].map(([url, { message }]) => `${displayUrl(url)}: ${message}`)
  return new PipelineError(worst!.class, worst!.code, lines.join('\n'), { cause: worst })
}
