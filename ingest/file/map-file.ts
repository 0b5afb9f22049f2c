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
import { boundedExtra, fieldOf, isObject, RowValues, textOf } from './row-values.ts'

export const FILE_MAPPER = 'file/1'

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
  readonly #row: RowValues
  readonly #extra: FileRecord['extra']
  readonly #mapping: FileMapping
  readonly #observedAt: number
  readonly #hasOwnObservedAt: boolean
  readonly #platform: string

  constructor(record: FileRecord, now: number, mapping: FileMapping) {
    this.#row = new RowValues(record.values, mapping.time)
    this.#extra = record.extra
    this.#mapping = mapping
    const own = this.#row.time('observedAt')
    this.#hasOwnObservedAt = own !== null
    // Nobody has seen anything in the future.
    this.#observedAt = own === null ? now : Math.min(own, now)
    this.#platform = this.#platformOf() ?? mapping.platform
  }

  map(payload: Payload): MappedRow {
    const name = (this.#row.text('op') ?? 'create').toLowerCase().replace(/^mention\./, '')
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
      ingestedAt: this.#row.time('ingestedAt'),
      source: this.#mapping.sourceOf(this.#platform),
      reason: this.#row.text('reason'),
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
      reason: this.#row.text('reason'),
    }
    return { kind: 'author', event }
  }

  #mention(): Mention {
    const title = this.#row.content('title')
    const text = this.#row.content('text')
    const url = this.#row.text('url')
    if (title === null && text === null && url === null) {
      throw new Unmappable('MENTION_EMPTY', 'neither text nor title nor address')
    }
    return newMention({
      platform: this.#platform,
      kind: kindNamed(this.#row.text('kind') ?? ''),
      ...clampPublished(this.#publishedAt(), this.#observedAt),
      canonicalId: this.#row.text('canonicalId'),
      url,
      title,
      text,
      context: this.#row.texts('context'),
      lang: { declared: languageNamed(this.#row.text('lang') ?? 'und'), detected: null, confidence: null },
      editedAt: this.#row.time('editedAt'),
      author: this.#author(),
      container: this.#container(),
      thread: this.#thread(),
      engagement: this.#engagement(),
      rating: this.#rating(),
      links: this.#links(),
      hashtags: this.#row.texts('hashtags').map((tag) => tag.replace(/^#/, '')),
      mentions: this.#accounts(),
      media: this.#media(),
      geo: this.#geo(),
      flags: {
        sensitive: this.#row.flag('flags.sensitive') ?? false,
        contentWarnings: this.#row.texts('flags.contentWarnings'),
        bot: this.#row.flag('flags.bot'),
      },
      imported: this.#imported(),
    })
  }

  /** The platform's own id, else the address, else a hash of author, time and words: stable however often a file is read. */
  #id(mention: Mention | null): string {
    const native = this.#nativeId(this.#row.text('id')) ?? this.#nativeId(this.#row.text('url'))
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
    const runs = this.#row.text('url')?.match(/\d+/g) ?? []
    return runs.find((run) => run.length === Number(exponent) + 1 && run.startsWith(start)) ?? null
  }

  /** A whole mention id is taken as it is, so that rows can name what Earshot has. */
  #mentionId(native: string): string {
    const prefix = `${this.#platform}:`
    const rest = native.startsWith(prefix) ? native.slice(prefix.length) : native
    return mentionId(this.#platform, rest === '' ? native : rest)
  }

  #platformOf(): string | null {
    const named = this.#row.text('platform')
    if (named !== null) return platformNamed(named)
    const source = this.#row.text('siteOrPlatform')
    const known = source === null ? null : knownPlatform(source)
    if (known !== null) return known
    const prefix = /^([a-z]+):/.exec(this.#row.text('id') ?? '')?.[1]
    return prefix !== undefined && knownPlatform(prefix) === prefix ? prefix : null
  }

  #rev(id: string): number {
    const rev = parseImportCount(this.#row.value('rev'))
    if (rev !== null) return rev
    return this.#hasOwnObservedAt ? this.#observedAt : this.#mapping.stamp(id, this.#observedAt)
  }

  #publishedAt(): number | null {
    let value = this.#row.value('publishedAt')
    if (isBlank(value)) return null
    const clock = this.#row.text('publishedTime')
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
    const handle = this.#row.text('author.handle')?.replace(/^@/, '') || null
    const name = this.#row.text('author.name')
    // A file without ids knows an author by the handle; so does a later `author.delete`.
    const id = this.#row.text('author.id') ?? handle
    const url = this.#row.text('author.url')
    if (id === null && name === null && url === null) return null
    return newAuthor({
      id,
      handle,
      name,
      url,
      kind: authorKindNamed(this.#row.text('author.kind') ?? ''),
      followers: this.#row.count('author.followers'),
      following: this.#row.count('author.following'),
      posts: this.#row.count('author.posts'),
      verified: this.#row.flag('author.verified'),
      createdAt: this.#row.time('author.createdAt'),
      reputation: parseImportDecimal(this.#row.value('author.reputation')),
      bio: this.#row.text('author.bio'),
    })
  }

  #container(): Mention['container'] {
    const source = this.#row.text('siteOrPlatform')
    const name = this.#row.text('container.name') ?? (source !== null && knownPlatform(source) === null ? source : null)
    const id = this.#row.text('container.id')
    const url = this.#row.text('container.url')
    if (name === null && id === null && url === null) return null
    return {
      type: this.#row.text('container.type') ?? 'site',
      id,
      name,
      url,
      members: this.#row.count('container.members'),
    }
  }

  #thread(): Thread | null {
    const link = (field: FileField): string | null => {
      const native = this.#row.text(field)
      // Some tools name the post itself where there is no thread.
      if (native === null || native === this.#row.text('id') || native === this.#row.text('url')) return null
      return this.#mentionId(native)
    }
    const rootId = link('thread.rootId')
    const parentId = link('thread.parentId')
    const quoteOfId = link('thread.quoteOfId')
    return rootId === null && parentId === null && quoteOfId === null ? null : { rootId, parentId, quoteOfId }
  }

  #engagement(): Engagement | null {
    const likes = this.#row.count('engagement.likes')
    const replies = this.#row.count('engagement.replies')
    const shares = this.#row.count('engagement.shares')
    const quotes = this.#row.count('engagement.quotes')
    const views = this.#row.count('engagement.views')
    const score = this.#row.count('engagement.score')
    if ((likes ?? replies ?? shares ?? quotes ?? views ?? score) === null) return null
    const measuredAt = this.#row.time('engagement.measuredAt')
    return newEngagement({ likes, replies, shares, quotes, views, score, measuredAt })
  }

  /** Files seldom name the scale; the smallest usual one that holds the value is assumed. */
  #rating(): Mention['rating'] {
    const value = parseImportDecimal(this.#row.value('rating.value'))
    if (value === null) return null
    const min = parseImportDecimal(this.#row.value('rating.min')) ?? Math.min(1, value)
    const max = parseImportDecimal(this.#row.value('rating.max')) ?? [5, 10, 100].find((top) => value <= top) ?? value
    return { value, min, max }
  }

  #geo(): Mention['geo'] {
    const country = this.#row.text('geo.country')
    const region = this.#row.text('geo.region')
    const city = this.#row.text('geo.city')
    return country === null && region === null && city === null ? null : { country, region, city }
  }

  #links(): Mention['links'] {
    return this.#row.list('links').flatMap((item) => {
      const url = textOf(isObject(item) ? item.url : item)
      if (url === null) return []
      return [{ url, canonical: textOf(fieldOf(item, 'canonical')), title: textOf(fieldOf(item, 'title')) }]
    })
  }

  #accounts(): Mention['mentions'] {
    return this.#row.list('mentions').flatMap((item) => {
      const id = textOf(fieldOf(item, 'id'))
      const handle = textOf(isObject(item) ? item.handle : item)?.replace(/^@/, '') || null
      return id === null && handle === null ? [] : [{ id, handle }]
    })
  }

  #media(): Mention['media'] {
    return this.#row.list('media').flatMap((item) => {
      const url = textOf(isObject(item) ? item.url : item)
      const alt = textOf(fieldOf(item, 'alt'))
      return url === null && alt === null ? [] : [{ type: textOf(fieldOf(item, 'type')) ?? 'other', url, alt }]
    })
  }

  #imported(): Mention['imported'] {
    const sentiment = this.#row.text('imported.sentiment')
    const tool = this.#row.text('imported.tool') ?? this.#mapping.tool
    const extra = boundedExtra(this.#extra)
    return sentiment === null && tool === null && extra === null ? null : { tool, sentiment, extra: extra ?? {} }
  }
}
