import { hash } from 'node:crypto'
import type { ReadItem } from '#infra/contracts/connector.ts'
import type { Author, Engagement, Mention, Op, Payload, Source, Thread } from '#schemas/generated.ts'
import { newAuthor, newEngagement, newMention } from '#schemas/mention.ts'
import { mentionId } from '#schemas/mention-id.ts'
import { clampPublished } from '../clamp-published.ts'
import { type FileField, type FileRecord, isBlank } from './file-record.ts'
import { authorKindNamed, kindNamed, knownPlatform, languageNamed, platformNamed } from './import-names.ts'
import { parseImportCount, parseImportDecimal } from './import-number.ts'
import { hasClock, parseImportTime, type TimeReading } from './import-time.ts'

export const FILE_MAPPER = 'file/1'

const MAX_EXTRA_BYTES = 4096
const MAX_LIST_ITEMS = 200

/** What is the same for all rows of a file. */
export interface FileMapping {
  readonly sourceOf: (platform: string) => Source
  /** Platform of rows that name none. */
  readonly platform: string
  readonly time: TimeReading
  /** The listening tool that wrote the file. */
  readonly tool: string | null
  /** A `rev` for a row that brings none; rows of one id are in the order of the file. */
  readonly stamp: (id: string, observedAt: number) => number
}

export type MappedRow =
  | Extract<ReadItem, { kind: 'mention' | 'author' }>
  | { readonly kind: 'bad'; readonly code: string; readonly message: string }

/** Thrown inside this file only. */
class Unmappable extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * The operation that a row means. Pure: the same row, settings and times give the same answer. Never throws; a row
 * without meaning is `bad`, with a reason that repeats nothing of its content.
 */
export function mapFileRecord(record: FileRecord, payload: Payload, now: number, mapping: FileMapping): MappedRow {
  try {
    return new RowMapper(record, now, mapping).map(payload)
  } catch (error) {
    if (error instanceof Unmappable) return { kind: 'bad', code: error.code, message: error.message }
    throw error
  }
}

const authorOps = { 'author.delete': 'delete', 'author.hide': 'hide', 'author.restore': 'restore' } as const
const mentionOps: Readonly<Record<string, Op>> = {
  create: 'create',
  update: 'update',
  delete: 'delete',
  hide: 'hide',
  restore: 'restore',
}

class RowMapper {
  readonly #record: FileRecord
  readonly #mapping: FileMapping
  readonly #observedAt: number
  readonly #hasOwnObservedAt: boolean
  readonly #platform: string

  constructor(record: FileRecord, now: number, mapping: FileMapping) {
    this.#record = record
    this.#mapping = mapping
    const own = this.#time('observedAt')
    this.#hasOwnObservedAt = own !== null
    // Nobody has seen anything in the future.
    this.#observedAt = own === null ? now : Math.min(own, now)
    this.#platform = this.#platformOf() ?? mapping.platform
  }

  map(payload: Payload): MappedRow {
    const name = (this.#text('op') ?? 'create').toLowerCase().replace(/^mention\./, '')
    if (Object.hasOwn(authorOps, name)) return this.#authorEvent(authorOps[name as keyof typeof authorOps])
    if (!Object.hasOwn(mentionOps, name)) {
      const names = [...Object.keys(mentionOps), ...Object.keys(authorOps)].join(', ')
      throw new Unmappable('OP_UNKNOWN', `"op" is none of ${names}`)
    }
    const op = mentionOps[name]!
    const withContent = op === 'create' || op === 'update'
    const mention = withContent ? this.#mention() : null
    const id = this.#id(mention)
    const event = {
      id,
      op,
      rev: this.#rev(id),
      observedAt: this.#observedAt,
      ingestedAt: this.#time('ingestedAt'),
      source: this.#mapping.sourceOf(this.#platform),
      reason: this.#text('reason'),
      mention,
      payload: withContent ? payload : null,
    }
    return { kind: 'mention', event }
  }

  #authorEvent(op: 'delete' | 'hide' | 'restore'): MappedRow {
    const authorId = this.#author()?.id ?? null
    if (authorId === null) throw new Unmappable('AUTHOR_MISSING', `author.${op} needs "author.id"`)
    const event = {
      platform: this.#platform,
      authorId,
      op,
      rev: this.#rev(mentionId(this.#platform, authorId)),
      observedAt: this.#observedAt,
      block: false,
      source: this.#mapping.sourceOf(this.#platform),
      reason: this.#text('reason'),
    }
    return { kind: 'author', event }
  }

  #mention(): Mention {
    const title = this.#content('title')
    const text = this.#content('text')
    const url = this.#text('url')
    if (title === null && text === null && url === null) {
      throw new Unmappable('MENTION_EMPTY', 'neither text nor title nor address')
    }
    return newMention({
      platform: this.#platform,
      kind: kindNamed(this.#text('kind') ?? ''),
      ...clampPublished(this.#publishedAt(), this.#observedAt),
      canonicalId: this.#text('canonicalId'),
      url,
      title,
      text,
      context: this.#texts('context'),
      lang: { declared: languageNamed(this.#text('lang') ?? 'und'), detected: null, confidence: null },
      editedAt: this.#time('editedAt'),
      author: this.#author(),
      container: this.#container(),
      thread: this.#thread(),
      engagement: this.#engagement(),
      rating: this.#rating(),
      links: this.#links(),
      hashtags: this.#texts('hashtags').map((tag) => tag.replace(/^#/, '')),
      mentions: this.#accounts(),
      media: this.#media(),
      geo: this.#geo(),
      flags: {
        sensitive: this.#flag('flags.sensitive') ?? false,
        contentWarnings: this.#texts('flags.contentWarnings'),
        bot: this.#flag('flags.bot'),
      },
      imported: this.#imported(),
    })
  }

  /** The platform's own id, else the address, else a hash of author, time and words: stable however often a file is read. */
  #id(mention: Mention | null): string {
    const native = this.#nativeId(this.#text('id')) ?? this.#nativeId(this.#text('url'))
    if (native !== null) return this.#mentionId(native)
    if (mention === null) throw new Unmappable('ID_MISSING', 'an operation on a mention needs its "id"')
    const publishedAt = mention.publishedAtEstimated ? null : mention.publishedAt
    const author = mention.author?.id ?? mention.author?.name ?? null
    const content = JSON.stringify([author, publishedAt, mention.title, mention.text])
    return mentionId(this.#platform, `row-${hash('sha256', content, 'hex').slice(0, 32)}`)
  }

  /** Spreadsheets round long numbers to 1.37765E+18; the address often still has all digits. */
  #nativeId(id: string | null): string | null {
    if (id === null || !/^\d(?:[.,]\d+)?E\+?\d{1,2}$/i.test(id)) return id
    const [mantissa = '', exponent = ''] = id.toUpperCase().split('E')
    const digits = mantissa.replace(/\D/g, '')
    // The last digit shown is rounded.
    const start = digits.slice(0, -1)
    const runs = this.#text('url')?.match(/\d+/g) ?? []
    return runs.find((run) => run.length === Number(exponent) + 1 && run.startsWith(start)) ?? null
  }

  /** A whole mention id is taken as it is, so that rows can name what Earshot has. */
  #mentionId(native: string): string {
    const prefix = `${this.#platform}:`
    const rest = native.startsWith(prefix) ? native.slice(prefix.length) : native
    return mentionId(this.#platform, rest === '' ? native : rest)
  }

  #platformOf(): string | null {
    const named = this.#text('platform')
    if (named !== null) return platformNamed(named)
    const source = this.#text('siteOrPlatform')
    const known = source === null ? null : knownPlatform(source)
    if (known !== null) return known
    const prefix = /^([a-z]+):/.exec(this.#text('id') ?? '')?.[1]
    return prefix !== undefined && knownPlatform(prefix) === prefix ? prefix : null
  }

  #rev(id: string): number {
    const rev = parseImportCount(this.#value('rev'))
    if (rev !== null) return rev
    return this.#hasOwnObservedAt ? this.#observedAt : this.#mapping.stamp(id, this.#observedAt)
  }

  #publishedAt(): number | null {
    let value = this.#value('publishedAt')
    if (isBlank(value)) return null
    const clock = this.#text('publishedTime')
    if (clock !== null && typeof value === 'string' && !hasClock(value)) value = `${value.trim()} ${clock}`
    const time = parseImportTime(value, this.#mapping.time)
    if (time === 'ambiguous') {
      throw new Unmappable(
        'DATE_AMBIGUOUS',
        'day and month of its date cannot be told apart; set `dateOrder: day-first` or `month-first`',
      )
    }
    if (time === null) throw new Unmappable('DATE_UNREADABLE', 'its time of publication cannot be read')
    return time
  }

  #author(): Author | null {
    const handle = this.#text('author.handle')?.replace(/^@/, '') || null
    const name = this.#text('author.name')
    // A file without ids knows an author by the handle; so does a later `author.delete`.
    const id = this.#text('author.id') ?? handle
    const url = this.#text('author.url')
    if (id === null && name === null && url === null) return null
    return newAuthor({
      id,
      handle,
      name,
      url,
      kind: authorKindNamed(this.#text('author.kind') ?? ''),
      followers: this.#count('author.followers'),
      following: this.#count('author.following'),
      posts: this.#count('author.posts'),
      verified: this.#flag('author.verified'),
      createdAt: this.#time('author.createdAt'),
      reputation: parseImportDecimal(this.#value('author.reputation')),
      bio: this.#text('author.bio'),
    })
  }

  #container(): Mention['container'] {
    const source = this.#text('siteOrPlatform')
    const name = this.#text('container.name') ?? (source !== null && knownPlatform(source) === null ? source : null)
    const id = this.#text('container.id')
    const url = this.#text('container.url')
    if (name === null && id === null && url === null) return null
    return { type: this.#text('container.type') ?? 'site', id, name, url, members: this.#count('container.members') }
  }

  #thread(): Thread | null {
    const link = (field: FileField): string | null => {
      const native = this.#text(field)
      return native === null ? null : this.#mentionId(native)
    }
    const rootId = link('thread.rootId')
    const parentId = link('thread.parentId')
    const quoteOfId = link('thread.quoteOfId')
    return rootId === null && parentId === null && quoteOfId === null ? null : { rootId, parentId, quoteOfId }
  }

  #engagement(): Engagement | null {
    const likes = this.#count('engagement.likes')
    const replies = this.#count('engagement.replies')
    const shares = this.#count('engagement.shares')
    const quotes = this.#count('engagement.quotes')
    const views = this.#count('engagement.views')
    const score = this.#count('engagement.score')
    if ((likes ?? replies ?? shares ?? quotes ?? views ?? score) === null) return null
    const measuredAt = this.#time('engagement.measuredAt')
    return newEngagement({ likes, replies, shares, quotes, views, score, measuredAt })
  }

  /** Files seldom name the scale; the smallest usual one that holds the value is assumed. */
  #rating(): Mention['rating'] {
    const value = parseImportDecimal(this.#value('rating.value'))
    if (value === null) return null
    const min = parseImportDecimal(this.#value('rating.min')) ?? Math.min(1, value)
    const max = parseImportDecimal(this.#value('rating.max')) ?? [5, 10, 100].find((top) => value <= top) ?? value
    return { value, min, max }
  }

  #geo(): Mention['geo'] {
    const country = this.#text('geo.country')
    const region = this.#text('geo.region')
    const city = this.#text('geo.city')
    return country === null && region === null && city === null ? null : { country, region, city }
  }

  #links(): Mention['links'] {
    return this.#list('links').flatMap((item) => {
      const url = textOf(isObject(item) ? item.url : item)
      if (url === null) return []
      return [{ url, canonical: textOf(fieldOf(item, 'canonical')), title: textOf(fieldOf(item, 'title')) }]
    })
  }

  #accounts(): Mention['mentions'] {
    return this.#list('mentions').flatMap((item) => {
      const id = textOf(fieldOf(item, 'id'))
      const handle = textOf(isObject(item) ? item.handle : item)?.replace(/^@/, '') || null
      return id === null && handle === null ? [] : [{ id, handle }]
    })
  }

  #media(): Mention['media'] {
    return this.#list('media').flatMap((item) => {
      const url = textOf(isObject(item) ? item.url : item)
      const alt = textOf(fieldOf(item, 'alt'))
      return url === null && alt === null ? [] : [{ type: textOf(fieldOf(item, 'type')) ?? 'other', url, alt }]
    })
  }

  #imported(): Mention['imported'] {
    const sentiment = this.#text('imported.sentiment')
    const tool = this.#text('imported.tool') ?? this.#mapping.tool
    const extra = boundedExtra(this.#record.extra)
    return sentiment === null && tool === null && extra === null ? null : { tool, sentiment, extra: extra ?? {} }
  }

  #value(field: FileField): unknown {
    return this.#record.values.get(field)
  }

  /** A short value: blanks around it mean nothing. */
  #text(field: FileField): string | null {
    return textOf(this.#record.values.get(field))
  }

  /** What a person wrote, as it was written. */
  #content(field: FileField): string | null {
    const value = this.#record.values.get(field)
    if (typeof value !== 'string') return textOf(value)
    return /\S/.test(value) ? wellFormed(value) : null
  }

  #texts(field: FileField): string[] {
    return this.#list(field).flatMap((item) => textOf(item) ?? [])
  }

  /** A list, or what stands between commas, semicolons or blanks in a cell. */
  #list(field: FileField): readonly unknown[] {
    const value = this.#record.values.get(field)
    if (value === undefined) return []
    if (Array.isArray(value)) return value.slice(0, MAX_LIST_ITEMS)
    if (field === 'context' || field === 'flags.contentWarnings') return [value]
    return typeof value === 'string' ? value.split(/[\s,;|]+/, MAX_LIST_ITEMS) : []
  }

  #count(field: FileField): number | null {
    const value = this.#record.values.get(field)
    return value === undefined ? null : parseImportCount(value)
  }

  #flag(field: FileField): boolean | null {
    const value = this.#record.values.get(field)
    if (typeof value === 'boolean') return value
    const word = textOf(value)?.toLowerCase()
    if (word === undefined) return null
    return /^(?:true|yes|y|1)$/.test(word) ? true : /^(?:false|no|n|0)$/.test(word) ? false : null
  }

  /** Times beside that of publication are not worth losing a row for. */
  #time(field: FileField): number | null {
    const value = this.#record.values.get(field)
    if (value === undefined) return null
    const time = parseImportTime(value, this.#mapping.time)
    return typeof time === 'number' ? time : null
  }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') {
    const trimmed = value.trim()
    return trimmed === '' ? null : wellFormed(trimmed)
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

/** Half a surrogate pair changes on its way through UTF-8, and an id with it. */
const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed())

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const fieldOf = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

/** As much as fits, in the order of the file; the payload has the rest. */
function boundedExtra(extra: ReadonlyMap<string, unknown>): Record<string, string> | null {
  if (extra.size === 0) return null
  const kept: [string, string][] = []
  let room = MAX_EXTRA_BYTES
  for (const [name, value] of extra) {
    const text = textOf(isObject(value) ? compactJson(value) : value)
    if (text === null) continue
    room -= Buffer.byteLength(name) + Buffer.byteLength(text)
    if (room < 0) break
    kept.push([wellFormed(name), text])
  }
  return kept.length === 0 ? null : Object.fromEntries(kept)
}

function compactJson(value: object): string | null {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) return null // nested deeper than the stack
    throw error
  }
}
