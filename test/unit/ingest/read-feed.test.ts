import { describe, expect, it } from 'vitest'
import { type FeedItem, readFeed } from '#ingest/feed/read-feed.ts'
import { splitFeed } from '#ingest/feed/split-feed.ts'

const rss = (items: string, head = '<title>Site</title>'): string =>
  `<?xml version="1.0"?><rss version="2.0"><channel>${head}${items}</channel></rss>`

const read = (document: string): FeedItem[] => [...readFeed(document).items]
const titles = (document: string): (string | null)[] =>
  read(document).map((item) => (item.kind === 'entry' ? (item.entry.title?.value ?? '') : null))

describe('readFeed', () => {
  it.each([
    ['RSS', rss('<item><title>a</title></item><item><title>b</title></item>')],
    [
      'RDF',
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>S</title><items><rdf:Seq/></items></channel><item rdf:about="x"><title>a</title></item><item><title>b</title></item></rdf:RDF>',
    ],
    [
      'Atom',
      '<feed xmlns="http://www.w3.org/2005/Atom"><title>S</title><entry><title>a</title></entry><entry><title>b</title></entry></feed>',
    ],
    [
      'Atom with a prefix',
      '<atom:feed xmlns:atom="http://www.w3.org/2005/Atom"><atom:entry><atom:title>a</atom:title></atom:entry><atom:entry><atom:title>b</atom:title></atom:entry></atom:feed>',
    ],
    [
      'JSON Feed',
      '{"version":"https://jsonfeed.org/version/1.1","title":"S","items":[{"id":"1","title":"a"},{"id":"2","title":"b"}]}',
    ],
  ])('reads %s', (_, document) => expect(titles(document)).toEqual(['a', 'b']))

  it('keeps the bytes of each item as they stand in the document', () => {
    const items = ['<item><title>a &amp; b</title></item>', '<ITEM><title><![CDATA[</item>]]></title></ITEM>']
    expect(read(rss(items.join('\n'))).map(({ raw }) => raw)).toEqual(items)
    const [item] = read('{"version":"https://jsonfeed.org/version/1","items":[{"id": 7, "_own": true}]}')
    expect(item?.raw).toBe('{"id":7,"_own":true}')
  })

  it('lets one broken item spoil no other, and repairs what it can', () => {
    const items = [
      '<item><title>first</title></item>',
      '<item><title>never closed</item>',
      '<item><title>Q&A < R&D</title><link>https://example.org/?a=1&b=2</link></item>',
      '<item></item>',
      '<item><title>the end is missing</title>',
      '<item><title>last</title></item>',
    ]
    expect(titles(rss(items.join('')))).toEqual(['first', null, 'Q&A < R&D', null, 'the end is missing', 'last'])
  })

  it('gives each item its own bytes when another says nothing', () => {
    const items = ['<item><title>a</title></item>', '<item></item>', '<item><title>b</title></item>']
    expect(titles(rss(items.join('')))).toEqual(['a', null, 'b'])
    expect(read(rss(items.join(''))).map(({ raw }) => raw)).toEqual(items)
  })

  it('reads the items of a feed whose own elements are broken', () => {
    const document = rss('<item><title>a</title></item>', '<title>Site</title><category><open>')
    expect(titles(document)).toEqual(['a'])
  })

  it('reads a document that was cut off', () => {
    const document = rss('<item><title>a</title></item><item><title>b</title><description>half a sen')
    expect(titles(document.slice(0, document.indexOf('half') + 10))[0]).toBe('a')
  })

  it('has no use for entities but those of HTML', () => {
    const bomb = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('')
    const evil = `<!DOCTYPE rss [<!ENTITY l0 "lol">${bomb}<!ENTITY xxe SYSTEM "file:///etc/passwd"><!-- ' -->]>`
    const document = evil + rss('<item><title>&l9;</title><description>&xxe; caf&eacute;</description></item>')
    const [item] = read(document)
    expect(item).toMatchObject({ kind: 'entry', entry: { title: { value: '&l9;' }, summary: { value: '&xxe; café' } } })
  })

  it('finds what a publisher took back', () => {
    const feed = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">
      <at:deleted-entry ref="tag:a&amp;b" when="2026-01-01T00:00:00Z"><at:comment>x</at:comment></at:deleted-entry>
      <at:deleted-entry ref='tag:c' when="2026-01-01T00:00:00Z"/><at:deleted-entry/></feed>`
    const items = read(feed)
    expect(items.map((item) => (item.kind === 'deleted' ? item.ref : item.kind))).toEqual([
      'tag:a&b',
      'tag:c',
      'unreadable',
    ])
  })

  it('reads no more than ten thousand items, and says how many there were', () => {
    const feed = readFeed(rss('<item><title>a</title></item>'.repeat(10_020)))
    expect(feed.beyondLimit).toBe(20)
    expect([...feed.items]).toHaveLength(10_000)
  })

  it('reports an item of more than two million characters instead of parsing it', () => {
    const [item, next] = read(rss(`<item><title>${'x'.repeat(2_000_000)}</title></item><item><title>b</title></item>`))
    expect(item).toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining('2,000,028 characters') as string,
    })
    expect(next).toMatchObject({ kind: 'entry' })
  })

  it.each([
    ['', 'FEED_EMPTY', /empty/],
    ['  \n ', 'FEED_EMPTY', /empty/],
    [
      '<!doctype html><html><link rel="alternate" type="application/rss+xml" href="/feed.xml">',
      'FEED_IS_HTML',
      /its feed is at \/feed\.xml/,
    ],
    ['<html><body>Not here</body></html>', 'FEED_IS_HTML', /address of its feed/],
    ['{"error":"not found"}', 'FEED_IS_JSON', /no JSON Feed/],
    ['{"error":', 'FEED_IS_JSON', /cannot be parsed/],
    ['[1,2]', 'FEED_IS_JSON', /no JSON Feed/],
    [
      `{"version":"https://jsonfeed.org/version/1","items":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`,
      'FEED_IS_JSON',
      /nested too deeply/,
    ],
    ['Service unavailable', 'FEED_UNKNOWN', /neither/],
    ['<note><to>x</to></note>', 'FEED_UNKNOWN', /neither/],
    ['PK\u0003\u0004', 'FEED_UNKNOWN', /neither/],
  ])('says what stands there instead of a feed: %.40s', (document, code, message) => {
    expect(() => readFeed(document)).toThrow(
      expect.objectContaining({ code, class: 'permanent', message: expect.stringMatching(message) as string }) as Error,
    )
  })

  it('takes a feed without items for what it is', () => {
    expect(read(rss(''))).toEqual([])
    expect(read('<feed xmlns="http://www.w3.org/2005/Atom"/>')).toEqual([])
  })

  it('says when a JSON Feed has expired', () => {
    expect(readFeed('{"version":"https://jsonfeed.org/version/1","title":"x","expired":true,"items":[]}').expired).toBe(
      true,
    )
  })
})

describe('splitFeed', () => {
  it('puts head, items and tail together to the document, without its DOCTYPE', () => {
    const document = rss('<item>1</item><!-- <item>no</item> --><item/>')
    const split = splitFeed(document.replace('<rss', '<!DOCTYPE rss [<!ENTITY a "<b>">]><rss'))!
    expect(split.items.map(({ raw }) => raw)).toEqual(['<item>1</item>', '<item/>'])
    expect(split.head + split.tail).toBe(rss('<!-- <item>no</item> -->'))
  })

  it('needs time that grows with the size of a hostile document only', () => {
    for (const part of ['<![CDATA[', '<!--', '<item>', '<item ', '<item a="', '</item>', '<', '<?', '<!DOCTYPE [']) {
      splitFeed(`<rss>${part.repeat(1_000_000 / part.length)}`)
      splitFeed(part.repeat(1_000_000 / part.length))
    }
  })
})
