import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { respond } from './loopback-server.ts'

// What people, exports and servers get wrong, or do on purpose.

export const MEGABYTE = `acme ${'x'.repeat(99)} `.repeat(10_000)
export const LONG_ID = 'ü'.repeat(1_000)
export const ESCAPES = 'acme \u001b[31mred\u001b]0;title\u0007 \u009b2J \r\u0000 end'
export const INVISIBLE = '\u202eemca\u202c acme a\u200bc\u200bme \u2066x\u2069 \u200f\ufeff'
export const SCRIPT = `acme <script>alert('1')</script><img src=x onerror=alert(1)> {{7*7}} \${x}`

const line = (row: object): string => JSON.stringify(row)

/** Lines of an NDJSON file, each with what becomes of it: the id of a mention, or the code of a dead letter. */
export const postLines: readonly (readonly [bytes: string | Buffer, fate: { id: string } | { code: string }])[] = [
  [line({ id: 'megabyte', text: MEGABYTE }), { id: 'file:megabyte' }],
  [line({ id: 'empty', text: '' }), { code: 'MENTION_EMPTY' }],
  [line({ id: 'blank', text: ' \n\t ' }), { code: 'MENTION_EMPTY' }],
  [line({ id: 'far', text: 'acme of 30000', publishedAt: '30000-01-01' }), { id: 'file:far' }],
  [line({ id: 'further', text: 'acme of 30000', publishedAt: '+030000-01-01T00:00:00Z' }), { code: 'DATE_UNREADABLE' }],
  [line({ id: LONG_ID, text: 'acme of a long id' }), { id: 'long' }],
  [line({ id: 'twice', text: 'acme once' }), { id: 'file:twice' }],
  [line({ id: 'twice', text: 'acme twice' }), { id: 'file:twice' }],
  [line({ id: 'script', text: SCRIPT, title: '<h1>acme', url: 'javascript:alert(1)' }), { id: 'file:script' }],
  [line({ id: 'escapes', text: ESCAPES, author: { name: ESCAPES, handle: 'e' } }), { id: 'file:escapes' }],
  [line({ id: 'invisible', text: INVISIBLE, author: { name: INVISIBLE } }), { id: 'file:invisible' }],
  ['{"id":"half","text":"acme \\ud83d half"}', { id: 'file:half' }],
  ['{"id":"proto","text":"acme proto","__proto__":{"text":"x"},"constructor":{"prototype":1}}', { id: 'file:proto' }],
  [`{"id":"deep","text":"acme deep","deep":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, { id: 'file:deep' }],
  [Buffer.from('{"id":"latin","text":"acme caf\xe9"}', 'latin1'), { code: 'LINE_NOT_UTF8' }],
  ['{"id":"cut","text":"acme', { code: 'JSON_BROKEN' }],
  ['null', { code: 'JSON_NO_OBJECT' }],
]

export const tableRows: readonly (readonly [row: string, fate: { id: string } | { code: string }])[] = [
  ['t1,acme in a table,2026-01-05T10:00:00Z', { id: 'file:t1' }],
  ['t2', { code: 'ROW_TOO_SHORT' }],
  ['t3,acme, not quoted,2026-01-05T10:00:00Z', { code: 'ROW_TOO_LONG' }],
  ['t4,"acme without an end,2026-01-05T10:00:00Z', { code: 'CSV_QUOTES' }],
  ['t5,"acme ""quoted"", well",2026-01-05T10:00:00Z', { id: 'file:t5' }],
]

export const TABLE = `id,text,date\n${tableRows.map(([row]) => row).join('\n')}\n`

export const postFile = (): Buffer =>
  Buffer.concat(postLines.flatMap(([bytes]) => [Buffer.from(bytes as string), Buffer.from('\n')]))

const BOMB = gzipSync(Buffer.alloc(64 << 20, 'a'), { level: 1 })
/** 64 MB of one line. */
export const bombFile = (): Buffer => BOMB

const rss = (items: string, head = ''): string =>
  `<?xml version="1.0" encoding="utf-8"?>${head}<rss version="2.0"><channel><title>Acme</title>${items}</channel></rss>`
const item = (title: string, rest = ''): string => `<item><title>${title}</title>${rest}</item>`

const LAUGHS = `<!DOCTYPE x [<!ENTITY a "${'ha'.repeat(1_000)}">${['b', 'c', 'd', 'e', 'f']
  .map((name, i) => `<!ENTITY ${name} "${`&${'abcde'[i]};`.repeat(100)}">`)
  .join('')}<!ENTITY file SYSTEM "file:///etc/passwd">]>`

type Answer = (response: ServerResponse) => void
const xml = (body: string | Buffer): Answer => {
  return (response) => respond(response, 200, { 'content-type': 'application/rss+xml; charset=utf-8' }, body)
}

/** Feeds by path, each with the code that the log tells when it cannot be read at all. */
export const feeds: Readonly<Record<string, { readonly answer: Answer; readonly code: string | null }>> = {
  broken: {
    answer: xml(`<rss><channel><item><guid>whole</guid><title>acme & co <b>bold</title></item><item><title>acme, cut`),
    code: null,
  },
  nothing: { answer: xml('this is no feed'), code: 'FEED_UNKNOWN' },
  empty: { answer: xml(''), code: 'FEED_EMPTY' },
  page: { answer: xml('<!doctype html><html><body>Sign in</body></html>'), code: 'FEED_IS_HTML' },
  large: { answer: endless, code: 'BODY_TOO_LARGE' },
  bomb: {
    answer: (response) => respond(response, 200, { 'content-encoding': 'gzip' }, BOMB),
    code: 'BODY_TOO_LARGE',
  },
  bytes: { answer: xml(Buffer.from(rss(item('acme \xff\xfe caf\xe9')), 'latin1')), code: null },
  laughs: { answer: xml(rss(item('acme &f; &file;'), LAUGHS)), code: null },
  hostile: {
    answer: xml(
      rss(
        item('acme far', '<guid>far</guid><pubDate>Sat, 01 Jan 30000 00:00:00 GMT</pubDate>') +
          item('acme long', `<guid>${LONG_ID}</guid>`) +
          item('acme same', '<guid>same</guid>') +
          item('acme same', '<guid>same</guid>') +
          item('&lt;script&gt;alert(1)&lt;/script&gt;acme &#27;[31m \u202e', '<guid>script</guid>') +
          '<item></item>',
      ),
    ),
    code: null,
  },
}

export function answerFeed(request: IncomingMessage, response: ServerResponse): void {
  const feed = feeds[request.url?.slice(1) ?? '']
  if (feed === undefined) respond(response, 404)
  else feed.answer(response)
}

/** 50 MB, if the reader takes them, of unknown length. */
function endless(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/rss+xml' })
  const part = item('acme', `<guid>${'x'.repeat(1_000)}</guid>`).repeat(1_000)
  let left = 50_000_000
  const write = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= part.length
      if (!response.write(part)) return
    }
    response.end()
  }
  response.on('drain', write)
  response.write('<rss><channel>')
  write()
}
