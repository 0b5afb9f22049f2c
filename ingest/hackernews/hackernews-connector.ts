import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { ConnectorContext } from '#infra/runtime/connector-context.ts'
import { pause } from '#infra/runtime/pause.ts'
import type { Mention, MentionEvent } from '#schemas/generated.ts'
import { payloadOf } from '../payload-of.ts'
import { contentDigest, keyDigest, type SeenItem, SeenItems } from '../seen-items.ts'
import { type BaseUrls, HackerNewsClient, type Window } from './hackernews-client.ts'
import { editable, HACKERNEWS_MAPPER, hackerNewsId, type Mapped, mapHit, mapItem } from './map-hackernews.ts'
import { phrasePattern } from './phrase-pattern.ts'

export interface HackerNewsConnectorOptions {
  readonly id: string
  /** Phrases to search for. */
  readonly terms: readonly string[]
  readonly everyMs: number
  readonly baseUrls: BaseUrls
  readonly prefilter: boolean
  readonly latenessMs: number
}

/** A first start looks back this far. */
const FIRST_LOOKBACK_MS = 24 * 3_600_000
/** The index lags behind the site, and its clock may differ from ours. */
const OVERLAP_MS = 3_600_000
/** Items of which edits and removals are noticed, 187 KB of cursor. */
const MOST_SEEN = 10_000
/** The site lists changes of the last minutes only: after a longer pause what we gave out lately is read again. */
const UPDATES_REACH_MS = 10 * 60_000
const REREAD_AGE_MS = 24 * 3_600_000
const MOST_REREAD = 500
const CONCURRENT = 10
/** Beyond it the remembered keys are digests of what could not be read. */
const LARGEST_ITEM = 2 ** 32
const VERSION = 1

/** Stand where a digest of content would: such items come back through the item service only. */
const DELETED = 0
const HIDDEN = 1

/**
 * Stories, comments, polls and jobs that hold one of the terms, by Algolia's search over windows of time; edits and removals of what
 * was given out, by Firebase's list of changed items. An update of a comment names its parent but not its story.
 */
export function createHackerNewsConnector(options: HackerNewsConnectorOptions, context: ConnectorContext): Connector {
  const client = new HackerNewsClient(options.baseUrls, context)
  return {
    id: options.id,
    platform: 'hackernews',
    supply: 'polled',
    latenessMs: options.latenessMs,
    prefilter: options.prefilter,
    check: (signal) => client.check(options.terms[0] ?? '', signal),
    read: (cursor, signal) => new HackerNewsReader(options, context, client, cursor).read(signal),
  }
}

class HackerNewsReader {
  readonly #options: HackerNewsConnectorOptions
  readonly #context: ConnectorContext
  readonly #client: HackerNewsClient
  readonly #seen: SeenItems
  /** Items whose text differs between the two services. */
  readonly #doubtful = new Set<number>()
  /** Everything created before is given out, milliseconds; null: this is the first start. */
  #seenUpTo: number | null

  constructor(
    options: HackerNewsConnectorOptions,
    context: ConnectorContext,
    client: HackerNewsClient,
    cursor: string | null,
  ) {
    const saved = cursor === null ? { seenUpTo: null, seen: '' } : parse(cursor)
    this.#options = options
    this.#context = context
    this.#client = client
    this.#seenUpTo = saved.seenUpTo
    this.#seen = new SeenItems(MOST_SEEN, saved.seen)
  }

  async *read(signal: AbortSignal): AsyncGenerator<ReadItem> {
    const { clock } = this.#context
    try {
      while (!signal.aborted) {
        const startedAt = clock.now()
        yield* this.#round(startedAt, signal)
        await pause(startedAt + this.#options.everyMs - clock.now(), clock, signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async *#round(startedAt: number, signal: AbortSignal): AsyncGenerator<ReadItem> {
    const { terms } = this.#options
    const from = this.#seenUpTo === null ? startedAt - FIRST_LOOKBACK_MS : this.#seenUpTo - OVERLAP_MS
    // The end lies ahead of our clock, so that a site whose clock runs ahead of it hides nothing.
    const whole = { since: Math.floor(from / 1000), until: Math.ceil((startedAt + OVERLAP_MS) / 1000) }
    for (const [index, term] of terms.entries()) {
      yield* this.#search(term, whole, signal)
      // What is remembered was yielded, so the cursor may be saved; the window stays open until the round ends.
      if (index < terms.length - 1) yield this.#checkpoint(index + 1, this.#seenUpTo ?? from)
    }
    yield* this.#reread(await this.#changed(startedAt, signal), signal)
    this.#seenUpTo = startedAt
    yield this.#checkpoint(terms.length, startedAt)
  }

  /** Halves a window that holds more than the service gives, down to a second. */
  async *#search(term: string, whole: Window, signal: AbortSignal): AsyncGenerator<ReadItem> {
    const holds = phrasePattern(term)
    const windows = [whole]
    for (let window = windows.pop(); window !== undefined; window = windows.pop()) {
      const { hits, full } = await this.#client.search(term, window, signal)
      if (full && window.until - window.since > 1) {
        const middle = Math.floor((window.since + window.until) / 2)
        windows.push({ since: middle, until: window.until }, { since: window.since, until: middle })
        continue
      }
      if (full)
        this.#context.logger.warn(
          { second: window.since, hits: hits.length },
          'more posts in a second than can be read',
        )
      yield* this.#hits(hits.toReversed(), holds)
    }
  }

  *#hits(hits: readonly unknown[], holds: RegExp): Generator<ReadItem> {
    const observedAt = this.#context.clock.now()
    for (const hit of hits) {
      const mapped = mapHit(hit, observedAt)
      const raw = rawHit(hit)
      if (mapped.kind !== 'mention') {
        if (mapped.kind === 'other') yield ignored(mapped.what)
        else yield* this.#bury(raw, describe(mapped), observedAt)
        continue
      }
      const before = this.#seen.get(mapped.item)
      const content = contentDigest(editable(mapped.mention))
      if (before !== undefined) {
        // The index may lag behind an edit or a removal: the item service has the last word.
        if (before.content !== content && before.content > HIDDEN) this.#doubtful.add(mapped.item)
        yield ignored('seen')
      } else if (!holds.test(searchable(mapped.mention))) yield ignored('not_matching')
      else {
        yield this.#post('create', mapped, raw, observedAt)
        this.#remember(mapped.item, content, observedAt)
      }
    }
  }

  /** Items that we gave out and that may have changed since. */
  async #changed(startedAt: number, signal: AbortSignal): Promise<readonly number[]> {
    const updates = await this.#client.updates(signal)
    const ids = new Set(updates.filter((id) => this.#seen.get(id) !== undefined)).union(this.#doubtful)
    this.#doubtful.clear()
    if (this.#seenUpTo !== null && startedAt - this.#seenUpTo > UPDATES_REACH_MS) {
      const recent = [...this.#seen.entries()].filter(
        ([id, { content, firstSeen }]) =>
          id <= LARGEST_ITEM && content !== DELETED && startedAt - firstSeen * 1000 < REREAD_AGE_MS,
      )
      for (const [id] of recent.slice(-MOST_REREAD)) ids.add(id)
    }
    return [...ids]
  }

  async *#reread(ids: readonly number[], signal: AbortSignal): AsyncGenerator<ReadItem> {
    for (let at = 0; at < ids.length; at += CONCURRENT) {
      const items = await Promise.all(ids.slice(at, at + CONCURRENT).map((id) => this.#client.item(id, signal)))
      for (const item of items) yield* this.#item(item)
    }
  }

  *#item(item: unknown): Generator<ReadItem> {
    const observedAt = this.#context.clock.now()
    const mapped = mapItem(item, observedAt)
    const raw = Buffer.from(JSON.stringify(item))
    switch (mapped.kind) {
      case 'mention': {
        const before = this.#seen.get(mapped.item)?.content
        const content = contentDigest(editable(mapped.mention))
        if (before === content) return yield ignored('unchanged')
        if (before === HIDDEN) yield this.#event('restore', mapped.item, raw, observedAt, null)
        yield this.#post('update', mapped, raw, observedAt)
        return this.#remember(mapped.item, content, observedAt)
      }
      case 'deleted':
        return yield* this.#removal('delete', DELETED, 'deleted by its author', mapped.item, raw, observedAt)
      case 'dead':
        return yield* this.#removal('hide', HIDDEN, 'flagged on Hacker News', mapped.item, raw, observedAt)
      case 'other':
        return yield ignored(mapped.what)
      case 'missing':
        return yield ignored('not_visible')
      case 'unreadable':
        return yield* this.#bury(raw, mapped.message, observedAt)
      default:
        mapped satisfies never
    }
  }

  /** Once, however often it is found. */
  *#bury(raw: Buffer, message: string, observedAt: number): Generator<ReadItem> {
    const key = keyDigest(raw.toString('latin1')) // far above the numbers of items
    if (this.#seen.get(key) !== undefined) return yield ignored('seen')
    yield { kind: 'dead', code: 'HACKERNEWS_ITEM_UNREADABLE', message, bytes: raw, contentType: 'application/json' }
    this.#remember(key, DELETED, observedAt)
  }

  *#removal(
    op: 'delete' | 'hide',
    mark: number,
    reason: string,
    item: number,
    raw: Buffer,
    observedAt: number,
  ): Generator<ReadItem> {
    if (this.#seen.get(item)?.content === mark) return yield ignored('unchanged')
    yield this.#event(op, item, raw, observedAt, reason)
    this.#remember(item, mark, observedAt)
  }

  /** Only after the event was yielded: a checkpoint must not cover what was not given out. */
  #remember(item: number, content: number, observedAt: number): void {
    const firstSeen = this.#seen.get(item)?.firstSeen ?? Math.floor(observedAt / 1000)
    const entry: readonly [number, SeenItem] = [item, { content, firstSeen }]
    this.#seen.remember([entry])
  }

  #post(
    op: 'create' | 'update',
    { item, mention }: Extract<Mapped, { kind: 'mention' }>,
    raw: Buffer,
    observedAt: number,
  ): ReadItem {
    const { event } = this.#event(op, item, raw, observedAt, null)
    return { kind: 'mention', event: { ...event, mention } }
  }

  #event(
    op: MentionEvent['op'],
    item: number,
    raw: Buffer,
    observedAt: number,
    reason: string | null,
  ): Extract<ReadItem, { kind: 'mention' }> {
    const { id: connector, latenessMs } = this.#options
    const event = {
      id: hackerNewsId(item),
      op,
      // No clock of the site stamps edits and removals: when we saw it orders them.
      rev: observedAt,
      observedAt,
      ingestedAt: null,
      source: { connector, platform: 'hackernews', instance: 'news.ycombinator.com', latenessMs },
      reason,
      mention: null,
      payload: payloadOf(raw, 'application/json', HACKERNEWS_MAPPER),
    }
    return { kind: 'mention', event }
  }

  #checkpoint(done: number, observedAt: number): ReadItem {
    const cursor = JSON.stringify({ version: VERSION, seenUpTo: this.#seenUpTo, seen: this.#seen.pack() })
    const progress = { done, total: this.#options.terms.length, unit: 'items' } as const
    return { kind: 'checkpoint', cursor, observedAt, progress }
  }
}

const ignored = (reason: string): ReadItem => ({ kind: 'ignored', reason, count: 1 })

const describe = (mapped: Mapped): string =>
  mapped.kind === 'unreadable' ? mapped.message : `a hit that is ${mapped.kind}`

/** The hit without what only helps to draw it. */
function rawHit(hit: unknown): Buffer {
  const { _highlightResult: _, ...kept } = Object(hit) as Record<string, unknown>
  return Buffer.from(JSON.stringify(typeof hit === 'object' && hit !== null ? kept : hit))
}

const searchable = ({ title, text, context, author, links }: Mention): string =>
  [title, text, ...context, author?.handle, ...links.map(({ url }) => url)].join('\n')

function parse(cursor: string): { readonly seenUpTo: number | null; readonly seen: string } {
  try {
    const saved = JSON.parse(cursor) as { version: number; seenUpTo: number | null; seen: string }
    if (saved.version === VERSION) return saved
  } catch {
    // Not ours; said below.
  }
  const message =
    'the saved position of this Hacker News connector cannot be read; give the connector another id to start anew'
  throw new PipelineError(ErrorClass.Config, 'CURSOR_INVALID', message)
}
