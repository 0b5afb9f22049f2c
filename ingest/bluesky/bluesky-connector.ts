import { hash } from 'node:crypto'
import type { Connector, ReadItem } from '#infra/contracts/connector.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { ConnectorContext } from '#infra/runtime/connector-context.ts'
import { pause } from '#infra/runtime/pause.ts'
import type { Source } from '#schemas/generated.ts'
import { BoundedMap } from './bounded-map.ts'
import { HostRotation } from './host-rotation.ts'
import { type Frame, JetstreamSocket } from './jetstream-socket.ts'
import { deadFrame, type JetstreamEvent, mapJetstream, POSTS, parseFrame } from './map-bluesky.ts'

export interface BlueskyOptions {
  readonly id: string
  /** Jetstream servers, v1 wire: `wss://…/subscribe`. */
  readonly urls: readonly string[]
  readonly prefilter: boolean
  readonly latenessMs: number
}

/** Servers differ in their clocks and re-order at the change from replay to live. */
const OVERLAP_US = 5_000_000
/** Somebody writes at any moment; a server that says nothing for so long is stuck, as its open socket does not show. */
const SILENCE_MS = 30_000
/** What came is checkpointed after a pause of the stream, and at least so often. */
const CHECKPOINT_MS = 1_000
const CHECKPOINT_ITEMS = 1_000
/** The stream has caught up when its events are nearer to now than this, or when it pauses for so long. */
const LIVE_MS = 10_000
const CAUGHT_UP_MS = 3_000
/** On a network where somebody always writes, a longer hole at the resumed place means that events are missing. */
const GAP_MS = 60_000
/** An event that comes later after opening than this has happened in the meantime: the source is quiet, nothing is missing. */
const REPLAY_STARTS_WITHIN_MS = 10_000
/** More than five seconds of all of Bluesky. */
const MAX_REMEMBERED_EVENTS = 50_000
const MAX_HANDLES = 50_000

/**
 * Posts of Bluesky as Jetstream tells them, with edits, deletes and what becomes of accounts. The cursor is `time_us` of the
 * furthest event; reading goes on five seconds before it. Without a cursor it begins now. A checkpoint whose
 * progress is complete says that the stream has caught up. Failing servers are waited out and exchanged; `read` throws
 * only when every server refuses, or the address is none of this wire.
 */
export function createBlueskyConnector(options: BlueskyOptions, context: ConnectorContext): Connector {
  const { id, prefilter, latenessMs } = options
  return {
    id,
    platform: 'bluesky',
    supply: 'streamed',
    latenessMs,
    prefilter,
    check: (signal) => check(options, context, signal),
    read: (cursor, signal) => new BlueskyReader(options, context, cursor).read(signal),
  }
}

/** Resolves when a server takes the subscription; rejects with the error of the last one when none does. */
async function check({ urls }: BlueskyOptions, context: ConnectorContext, signal: AbortSignal): Promise<void> {
  let failure: unknown = null
  for (const url of urls) {
    try {
      using _ = await JetstreamSocket.open(subscription(url, null), context, signal)
      return
    } catch (error) {
      signal.throwIfAborted()
      failure = error
    }
  }
  throw failure
}

class BlueskyReader {
  readonly #options: BlueskyOptions
  readonly #context: ConnectorContext
  readonly #seen = new BoundedMap<string, true>(MAX_REMEMBERED_EVENTS)
  readonly #handles = new BoundedMap<string, string>(MAX_HANDLES)
  /** `time_us` up to which everything was yielded; null before the first life begins. */
  #reachedUs: number | null
  #lastUs = 0
  #observedAt = 0
  #items = 0
  #checkpointItems = 0
  #checkpointAt = 0

  constructor(options: BlueskyOptions, context: ConnectorContext, cursor: string | null) {
    this.#options = options
    this.#context = context
    this.#reachedUs = cursor === null ? null : decodeCursor(cursor)
  }

  async *read(signal: AbortSignal): AsyncGenerator<ReadItem> {
    const { clock, logger } = this.#context
    const hosts = new HostRotation(this.#options.urls)
    if (this.#reachedUs === null && !signal.aborted) {
      // Whatever happens from here on is asked for again until it was yielded.
      this.#reachedUs = clock.now() * 1000
      yield this.#checkpoint(false)
    }
    while (!signal.aborted) {
      const { url } = hosts
      const { host } = new URL(url)
      let pauseMs: number
      try {
        using socket = await JetstreamSocket.open(subscription(url, this.#resumeUs()), this.#context, signal)
        const openedAt = clock.now()
        yield* this.#connection(socket, host, openedAt, signal)
        if (signal.aborted) return
        pauseMs = hosts.ended(clock.now() - openedAt)
        logger.warn({ connector: this.#options.id, host, why: socket.closed, pauseMs }, 'stream ended')
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof PipelineError)) throw error
        pauseMs = hosts.failed(error)
        logger.warn(
          { connector: this.#options.id, host, code: error.code, problem: error.message, pauseMs },
          'no stream',
        )
      }
      await pause(pauseMs, clock, signal)
    }
  }

  #resumeUs(): number {
    return Math.max(0, (this.#reachedUs ?? 0) - OVERLAP_US)
  }

  /** One connection, until it closes, says nothing for too long, or the signal aborts. */
  async *#connection(
    socket: JetstreamSocket,
    host: string,
    openedAt: number,
    signal: AbortSignal,
  ): AsyncGenerator<ReadItem> {
    const { id, latenessMs } = this.#options
    const source: Source = { connector: id, platform: 'bluesky', instance: host, latenessMs }
    const resumedUs = this.#reachedUs ?? 0
    const itemsBefore = this.#items
    let first = true
    let quietMs = 0
    while (!signal.aborted) {
      const frame = await socket.next(CHECKPOINT_MS, signal)
      if (signal.aborted) return
      if (frame === null) {
        if (socket.closed !== null) break
        quietMs += CHECKPOINT_MS
        if (this.#items > this.#checkpointItems || quietMs === CAUGHT_UP_MS) {
          yield this.#checkpoint(quietMs >= CAUGHT_UP_MS)
        }
        if (quietMs >= SILENCE_MS) break
        continue
      }
      quietMs = 0
      const event = typeof frame === 'string' ? parseFrame(frame) : null
      if (first && event !== null) {
        first = false
        yield* this.#gapBefore(event, resumedUs, openedAt)
      }
      yield this.#itemOf(event, frame, source)
      if (this.#isCheckpointDue()) yield this.#checkpoint(this.#isLive())
    }
    // Nothing new from the resumed place on, although the server answered: there was nothing until we asked.
    if (quietMs >= SILENCE_MS && this.#items === itemsBefore) this.#observedAt = Math.max(this.#observedAt, openedAt)
    yield this.#checkpoint(quietMs >= SILENCE_MS)
  }

  #itemOf(event: JetstreamEvent | null, frame: Frame, source: Source): ReadItem {
    const { clock } = this.#context
    const key = event?.key ?? hash('sha256', frame)
    if (this.#seen.has(key)) return { kind: 'ignored', reason: 'repeat', count: 1 }
    this.#seen.set(key, true)
    this.#items++
    if (typeof frame !== 'string')
      return deadFrame('FRAME_BINARY', 'a binary frame, though no compression was asked for', frame)
    if (event === null) return deadFrame('FRAME_UNKNOWN', 'no event of the Jetstream v1 wire', frame)
    const observedAt = clock.now()
    this.#lastUs = event.timeUs
    // A server's clock may run ahead, or back after a restart; what was yielded stays yielded.
    this.#reachedUs = Math.max(this.#reachedUs ?? 0, Math.min(event.timeUs, observedAt * 1000))
    if (event.body.kind === 'identity') {
      if (event.body.handle === null) this.#handles.delete(event.did)
      else this.#handles.set(event.did, event.body.handle)
    }
    return mapJetstream(event, frame, { source, observedAt, handleOf: (did) => this.#handles.get(did) ?? null })
  }

  /** Servers keep about a day and a half and take an older cursor for the oldest that they have, without a word. */
  *#gapBefore(event: JetstreamEvent, resumedUs: number, openedAt: number): Generator<ReadItem> {
    const { clock, logger } = this.#context
    if (clock.now() - openedAt > REPLAY_STARTS_WITHIN_MS) return
    const gapMs = Math.trunc((event.timeUs - resumedUs) / 1000)
    if (gapMs < GAP_MS) return
    const [from, to] = [resumedUs, event.timeUs].map((us) => new Date(us / 1000).toISOString())
    logger.warn(
      { connector: this.#options.id, code: 'STREAM_GAP', from, to, gapMs },
      'posts are missing: the server no longer has them',
    )
    yield { kind: 'ignored', reason: 'gap in the stream', count: 1 }
  }

  #isLive(): boolean {
    return this.#context.clock.now() - this.#lastUs / 1000 < LIVE_MS
  }

  #isCheckpointDue(): boolean {
    if (this.#items - this.#checkpointItems >= CHECKPOINT_ITEMS) return true
    return this.#context.clock.now() - this.#checkpointAt >= CHECKPOINT_MS
  }

  #checkpoint(caughtUp: boolean): ReadItem {
    const now = this.#context.clock.now()
    this.#checkpointAt = now
    this.#checkpointItems = this.#items
    const reachedUs = this.#reachedUs ?? now * 1000
    this.#observedAt = Math.max(this.#observedAt, Math.min(now, Math.trunc(reachedUs / 1000)))
    const progress = { done: this.#items, total: this.#items, unit: 'items' } as const
    const checkpoint = { kind: 'checkpoint', cursor: String(reachedUs), observedAt: this.#observedAt } as const
    return caughtUp ? { ...checkpoint, progress } : checkpoint
  }
}

/** The address with our filter and place; what its query says already stays. */
function subscription(url: string, cursorUs: number | null): string {
  const address = new URL(url)
  if (address.pathname.includes('network.bsky.jetstream')) {
    const message = `${address.host}${address.pathname} speaks the v2 wire, which Earshot does not; name the same host with the path /subscribe`
    throw new PipelineError(ErrorClass.Config, 'WIRE_UNSUPPORTED', message)
  }
  if (!address.searchParams.has('wantedCollections')) address.searchParams.append('wantedCollections', POSTS)
  if (cursorUs !== null) address.searchParams.set('cursor', String(cursorUs))
  return address.href
}

function decodeCursor(text: string): number {
  if (/^\d{1,16}$/.test(text)) return Number(text)
  const message = 'the saved place in the stream is not one of ours; give the connector a new id to begin anew'
  throw new PipelineError(ErrorClass.Config, 'CURSOR_UNREADABLE', message)
}
