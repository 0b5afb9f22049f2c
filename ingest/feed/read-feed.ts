import { detectJsonFeed, type JsonFeed, parseAtomFeed, parseJsonFeed, parseRdfFeed, parseRssFeed } from 'feedsmith'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { isObject } from '#schemas/is-object.ts'
import {
  atomEntry,
  atomInfo,
  type FeedEntry,
  type FeedInfo,
  jsonEntry,
  jsonInfo,
  rdfEntry,
  rdfInfo,
  rssEntry,
  rssInfo,
} from './feed-entry.ts'
import { type FeedSlice, type SplitFeed, splitFeed } from './split-feed.ts'

export type FeedItem =
  | { readonly kind: 'entry'; readonly entry: FeedEntry; readonly raw: string; readonly contentType: string }
  /** RFC 6721: the publisher took the entry with this id back. */
  | { readonly kind: 'deleted'; readonly ref: string; readonly raw: string; readonly contentType: string }
  | { readonly kind: 'unreadable'; readonly message: string; readonly raw: string; readonly contentType: string }

export interface ReadFeed {
  readonly info: FeedInfo
  /** JSON Feed only: there will never be another item. */
  readonly expired: boolean
  /** Parsed as they are asked for. */
  readonly items: Iterable<FeedItem>
  /** Items beyond the limit, which are not looked at. */
  readonly beyondLimit: number
}

const MAX_ITEMS = 10_000
const MAX_ITEM_CHARACTERS = 2_000_000
/** Items parsed at once: as many as make this many characters, and more than the shell that is parsed with them. */
const CHUNK_CHARACTERS = 256_000

/**
 * Reads RSS, RDF, Atom or JSON Feed. One item that cannot be read is `unreadable` and spoils no other. Throws a permanent
 * PipelineError that says what stands there instead when the whole is no feed.
 */
export function readFeed(text: string): ReadFeed {
  const start = text.slice(0, 1000).trimStart()
  if (start === '') throw noFeed('FEED_EMPTY', 'the answer is empty; check the URL')
  if (start.startsWith('{') || start.startsWith('[')) return readJson(text)
  const split = splitFeed(text)
  if (split === null) throw notXmlFeed(text)
  return readXml(split)
}

/** One parse of feedsmith: what the feed says of itself, and its items. */
type Parse = (document: string) => { readonly info: FeedInfo; readonly entries: FeedEntry[] }

const PARSERS: Readonly<Record<SplitFeed['root'], Parse>> = {
  rss: (document) => {
    const feed = parseRssFeed(document)
    return { info: rssInfo(feed), entries: (feed.items ?? []).map(rssEntry) }
  },
  rdf: (document) => {
    const feed = parseRdfFeed(document)
    return { info: rdfInfo(feed), entries: (feed.items ?? []).map(rdfEntry) }
  },
  feed: (document) => {
    const feed = parseAtomFeed(document)
    return { info: atomInfo(feed), entries: (feed.entries ?? []).map(atomEntry) }
  },
}

const NO_INFO: FeedInfo = { title: null, link: null, base: null, language: null, author: null }
const XML = 'application/xml'
const JSON_FEED = 'application/feed+json'

function readXml(split: SplitFeed): ReadFeed {
  const parse = PARSERS[split.root]
  const items = split.items.slice(0, MAX_ITEMS)
  const chunks = [...chunksOf(items, Math.max(CHUNK_CHARACTERS, 4 * (split.head.length + split.tail.length)))]
  // Most feeds are one good chunk, and its parse also gives what the feed says of itself.
  const first = together(parse, split, chunks[0] ?? [])
  const { info, shell } = first === null ? readShell(split, parse) : { info: first.info, shell: split }

  function* read(): Generator<FeedItem> {
    for (const raw of split.deleted.slice(0, MAX_ITEMS)) yield deletedItem(raw)
    for (const [number, chunk] of chunks.entries()) {
      const parsed = number === 0 && first !== null ? first : together(parse, shell, chunk)
      for (const [index, slice] of chunk.entries()) {
        const entry = parsed?.entries[index] ?? alone(parse, shell, slice)
        if (entry === null) yield unreadable(slice.raw, XML)
        else yield { kind: 'entry', entry, raw: slice.raw, contentType: XML }
      }
    }
  }
  return { info, expired: false, items: read(), beyondLimit: split.items.length - items.length }
}

/** null when the chunk does not give an entry for each of its items. */
function together(parse: Parse, shell: Shell, chunk: readonly FeedSlice[]): ReturnType<Parse> | null {
  if (chunk.some(({ raw }) => raw.length > MAX_ITEM_CHARACTERS)) return null
  const parsed = attempt(parse, shell, chunk.map(({ raw }) => raw).join(''))
  return parsed?.entries.length === chunk.length ? parsed : null
}

type Shell = Pick<SplitFeed, 'head' | 'tail'>

/** What a feed says of itself, and the text to parse around its items: the real one, or a bare one when that is too broken. */
function readShell(split: SplitFeed, parse: Parse): { readonly info: FeedInfo; readonly shell: Shell } {
  const info = attempt(parse, split, '')?.info ?? NO_INFO // feedsmith refuses a feed that says nothing
  const takesItems = (shell: Shell): boolean =>
    split.items.slice(0, 3).some(({ raw }) => attempt(parse, shell, raw)?.entries.length === 1)
  if (split.items.length === 0 || takesItems(split)) return { info, shell: split }
  const root = /<(?:[\w.-]+:)?(?:rss|rdf|feed)\b[^<>]*>/i.exec(split.head)?.[0] ?? '<rss version="2.0">'
  const channel = split.root === 'rss' ? ['<channel>', '</channel>'] : ['', '']
  const name = /^<([\w.:-]+)/.exec(root)?.[1] ?? 'rss'
  const bare = { head: root + channel[0], tail: `${channel[1]}</${name}>` }
  return { info, shell: takesItems(bare) ? bare : split }
}

function attempt(parse: Parse, shell: Shell, items: string): ReturnType<Parse> | null {
  try {
    return parse(shell.head + items + shell.tail)
  } catch {
    return null // feedsmith gives no reason; each item is then tried alone, and the broken one is kept with its bytes
  }
}

/** The second, lenient pass over one item. */
function alone(parse: Parse, shell: Shell, slice: FeedSlice): FeedEntry | null {
  if (slice.raw.length > MAX_ITEM_CHARACTERS) return null
  const parsed = attempt(parse, shell, slice.raw) ?? attempt(parse, shell, repaired(slice))
  return parsed?.entries[0] ?? null
}

function unreadable(raw: string, contentType: string): FeedItem {
  const limit = MAX_ITEM_CHARACTERS.toLocaleString('en')
  const tooLong = `the item has ${raw.length.toLocaleString('en')} characters, more than ${limit}`
  return {
    kind: 'unreadable',
    message: raw.length > MAX_ITEM_CHARACTERS ? tooLong : 'the item is broken or empty',
    raw,
    contentType,
  }
}

/** Bare `&` and `<` escaped, and the missing end tag added. */
function repaired({ raw, closed }: FeedSlice): string {
  const escaped = raw.replace(/&(?!#?\w{1,31};)/g, '&amp;').replace(/<(?![/!?\p{L}_])/gu, '&lt;')
  const name = /^<([^\s/>]+)/.exec(raw)?.[1] ?? ''
  return closed ? escaped : `${escaped}</${name}>`
}

function deletedItem(raw: string): FeedItem {
  const ref = /\sref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(raw)
  const id = (ref?.[1] ?? ref?.[2] ?? '').replace(/&amp;/g, '&').trim()
  if (id === '') return { kind: 'unreadable', message: 'a deleted-entry without ref', raw, contentType: XML }
  return { kind: 'deleted', ref: id, raw, contentType: XML }
}

function* chunksOf(slices: readonly FeedSlice[], characters: number): Generator<FeedSlice[]> {
  let chunk: FeedSlice[] = []
  let length = 0
  for (const slice of slices) {
    if (chunk.length > 0 && length + slice.raw.length > characters) {
      yield chunk
      chunk = []
      length = 0
    }
    chunk.push(slice)
    length += slice.raw.length
  }
  if (chunk.length > 0) yield chunk
}

function readJson(text: string): ReadFeed {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw noFeed(
      'FEED_IS_JSON',
      'the answer looks like JSON but cannot be parsed; tell its publisher, or remove its URL',
      error,
    )
  }
  if (!isObject(document) || !detectJsonFeed(document)) {
    throw noFeed('FEED_IS_JSON', 'the answer is JSON but no JSON Feed (an error message?); check the URL')
  }
  const shell = { ...document, items: [] }
  const info = parseJson(shell)
  const all: readonly unknown[] = Array.isArray(document.items) ? document.items : []
  const raws = rawJson(all.slice(0, MAX_ITEMS))
  function* read(): Generator<FeedItem> {
    for (const [index, raw] of raws.entries()) {
      const [entry] = parseJson({ ...shell, items: [all[index]] })?.items ?? []
      if (entry === undefined) yield unreadable(raw, JSON_FEED)
      else yield { kind: 'entry', entry: jsonEntry(entry), raw, contentType: JSON_FEED }
    }
  }
  return {
    info: jsonInfo(info ?? {}),
    expired: info?.expired === true,
    items: read(),
    beyondLimit: all.length - raws.length,
  }
}

function rawJson(items: readonly unknown[]): string[] {
  try {
    return items.map((item) => JSON.stringify(item))
  } catch (error) {
    throw noFeed('FEED_IS_JSON', 'the answer is nested too deeply; tell its publisher, or remove its URL', error) // stringify recurses, parse does not
  }
}

function parseJson(document: Record<string, unknown>): JsonFeed.Feed<string> | null {
  try {
    return parseJsonFeed(document) as JsonFeed.Feed<string>
  } catch {
    return null
  }
}

/** Says what stands there, and where the feed may be when the page names it. */
function notXmlFeed(text: string): PipelineError {
  if (!/<html[\s>]|<!doctype\s+html/i.test(text.slice(0, 5_000))) {
    return noFeed('FEED_UNKNOWN', 'the answer is neither RSS, Atom, RDF nor JSON Feed; check the URL')
  }
  const link = /<link\s[^<>]*application\/(?:rss|atom|feed)\+(?:xml|json)[^<>]*>/i.exec(text.slice(0, 100_000))?.[0]
  const href = /href\s*=\s*["']?([^"'\s>]+)/i.exec(link ?? '')?.[1]
  const remedy = href === undefined ? 'configure the address of its feed' : `its feed is at ${href.slice(0, 500)}`
  return noFeed('FEED_IS_HTML', `the answer is a web page; ${remedy}`)
}

const noFeed = (code: string, message: string, cause?: unknown): PipelineError =>
  new PipelineError(ErrorClass.Permanent, code, message, { cause })
