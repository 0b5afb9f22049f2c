import type { ReadItem } from '#infra/contracts/connector.ts'
import type { AuthorOp, Source } from '#schemas/generated.ts'
import { isObject } from '#schemas/is-object.ts'
import { mentionId } from '#schemas/mention-id.ts'
import { payloadOf } from '../payload-of.ts'
import { mapPost } from './map-post.ts'

export const POSTS = 'app.bsky.feed.post'
const MAPPER = 'bluesky/1'
const CONTENT_TYPE = 'application/json'

/** A frame of the v1 wire as far as it was understood; `key` is the same when the same event comes again. */
export interface JetstreamEvent {
  readonly did: string
  readonly timeUs: number
  readonly key: string
  readonly body: Commit | Account | Identity | { readonly kind: 'other' }
}

interface Commit {
  readonly kind: 'commit'
  readonly operation: unknown
  readonly collection: unknown
  readonly rkey: string
  readonly record: unknown
}

interface Account {
  readonly kind: 'account'
  readonly active: boolean
  readonly status: string | null
}

interface Identity {
  readonly kind: 'identity'
  /** null: changed to something that the frame does not say. */
  readonly handle: string | null
}

export interface BlueskyMapping {
  readonly source: Source
  readonly observedAt: number
  /** What identity events said last; null when unknown. */
  readonly handleOf: (did: string) => string | null
}

/** Reads a frame; null when it is none of the v1 wire. Never throws, however deep or odd it is. */
export function parseFrame(frame: string): JetstreamEvent | null {
  let value: unknown
  try {
    value = JSON.parse(frame)
  } catch {
    return null
  }
  if (!isObject(value)) return null
  const { did, time_us: timeUs } = value
  const kind = value.kind ?? value.type // as very old servers wrote
  if (typeof did !== 'string' || !/^did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,2000}$/.test(did)) return null
  if (!Number.isSafeInteger(timeUs) || (timeUs as number) < 0) return null
  const body = bodyOf(kind, value)
  if (body === null) return null
  return { did, timeUs: timeUs as number, key: keyOf(did, kind, value, timeUs), body }
}

function bodyOf(kind: unknown, value: Record<string, unknown>): JetstreamEvent['body'] | null {
  switch (kind) {
    case 'commit': {
      const { commit } = value
      if (!isObject(commit)) return null
      const { operation, collection, rkey, record } = commit
      if (typeof rkey !== 'string' || !/^[A-Za-z0-9._:~-]{1,512}$/.test(rkey)) return null
      return { kind, operation, collection, rkey, record }
    }
    case 'account': {
      const { account } = value
      if (!isObject(account) || typeof account.active !== 'boolean') return null
      return { kind, active: account.active, status: typeof account.status === 'string' ? account.status : null }
    }
    case 'identity': {
      const handle = isObject(value.identity) ? value.identity.handle : null
      return { kind, handle: typeof handle === 'string' && handle !== '' ? handle : null }
    }
    default:
      return typeof kind === 'string' ? { kind: 'other' } : null
  }
}

function keyOf(did: string, kind: unknown, value: Record<string, unknown>, timeUs: unknown): string {
  const { commit, account } = value
  if (kind === 'commit' && isObject(commit)) {
    return `${did} ${commit.rev} ${commit.collection} ${commit.rkey} ${commit.operation}`
  }
  return `${did} ${kind} ${(isObject(account) ? account.seq : null) ?? timeUs}`
}

/**
 * What an event means. Pure: the same frame, source and time give the same item. Posts become mentions, account events become
 * operations on all that the author published, all else is ignored by reason.
 */
export function mapJetstream(event: JetstreamEvent, frame: string, mapping: BlueskyMapping): ReadItem {
  switch (event.body.kind) {
    case 'commit':
      return mapCommit(event, event.body, frame, mapping)
    case 'account':
      return mapAccount(event, event.body, mapping)
    case 'identity':
      return ignored('identity')
    case 'other':
      return ignored('other kind')
    default:
      return event.body satisfies never
  }
}

export const deadFrame = (code: string, message: string, frame: string | Uint8Array): ReadItem => ({
  kind: 'dead',
  code,
  message,
  bytes: typeof frame === 'string' ? Buffer.from(frame) : Buffer.from(frame.buffer),
  contentType: typeof frame === 'string' ? CONTENT_TYPE : 'application/octet-stream',
})

function mapCommit({ did, timeUs }: JetstreamEvent, commit: Commit, frame: string, mapping: BlueskyMapping): ReadItem {
  if (commit.collection !== POSTS) return ignored(names.get(commit.collection) ?? 'other collection')
  const { operation, rkey, record } = commit
  const { source, observedAt } = mapping
  const event = {
    id: mentionId('bluesky', `at://${did}/${POSTS}/${rkey}`),
    rev: Math.trunc(timeUs / 1000),
    observedAt,
    ingestedAt: null,
    source,
    reason: null,
  }
  switch (operation) {
    case 'delete':
      return { kind: 'mention', event: { ...event, op: operation, mention: null, payload: null } }
    case 'create':
    case 'update': {
      if (!isObject(record)) return deadFrame('POST_WITHOUT_RECORD', `${operation} of a post without its record`, frame)
      const mention = mapPost(record, { did, rkey, handle: mapping.handleOf(did), observedAt })
      const payload = payloadOf(Buffer.from(frame), CONTENT_TYPE, MAPPER)
      return { kind: 'mention', event: { ...event, op: operation, mention, payload } }
    }
    default:
      return deadFrame('OPERATION_UNKNOWN', 'an operation on a post that is neither create, update nor delete', frame)
  }
}

/** Reasons of a closed set, so that they can be counted. */
const names: ReadonlyMap<unknown, string> = new Map([
  ['app.bsky.feed.like', 'like'],
  ['app.bsky.feed.repost', 'repost'],
])

/**
 * Only the author's own deletion is final; a taken down, suspended or deactivated account may come back. The other
 * states speak of the server (desynchronized, throttled) and change nothing about the posts.
 */
function mapAccount({ did, timeUs }: JetstreamEvent, { active, status }: Account, mapping: BlueskyMapping): ReadItem {
  const op = active ? 'restore' : (inactive.get(status) ?? null)
  if (op === null) return ignored('account status')
  return {
    kind: 'author',
    event: {
      platform: 'bluesky',
      authorId: did,
      op,
      rev: Math.trunc(timeUs / 1000),
      observedAt: mapping.observedAt,
      block: false,
      source: mapping.source,
      reason: active ? null : `account ${status ?? 'inactive'}`,
    },
  }
}

const inactive: ReadonlyMap<string | null, AuthorOp> = new Map([
  ['deleted', 'delete'],
  ['takendown', 'hide'],
  ['suspended', 'hide'],
  ['deactivated', 'hide'],
  [null, 'hide'],
])

const ignored = (reason: string): ReadItem => ({ kind: 'ignored', reason, count: 1 })
