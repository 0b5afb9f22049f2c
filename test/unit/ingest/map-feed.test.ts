import { describe, expect, it } from 'vitest'
import { entryKey, type FeedPlace, mapFeedEntry } from '#ingest/feed/map-feed.ts'
import { readFeed } from '#ingest/feed/read-feed.ts'
import { encode } from '#schemas/codec.ts'
import type { Mention } from '#schemas/generated.ts'

const SEEN = Date.UTC(2026, 0, 5, 12)

function entries(document: string, url = 'https://example.org/feeds/all.xml') {
  const feed = readFeed(document)
  const place: FeedPlace = { info: feed.info, url }
  return [...feed.items].map((item) => {
    if (item.kind !== 'entry') throw new Error(item.kind)
    return { entry: item.entry, place }
  })
}

function mentions(document: string, firstSeen = SEEN): (Mention | null)[] {
  return entries(document).map(({ entry, place }) => mapFeedEntry(entry, place, { firstSeen, observedAt: SEEN }))
}

const rss = (item: string, head = '<title>The Site</title><link>https://example.org/</link>'): string =>
  `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
    xmlns:media="http://search.yahoo.com/mrss/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
    xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>${head}${item}</channel></rss>`
const atom = (entry: string, attributes = ''): string =>
  `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xmlns:yt="http://www.youtube.com/xml/schemas/2015" ${attributes}>
    <title type="html">An &amp;amp; Atom</title><link href="https://example.org/"/>${entry}</feed>`

describe('mapFeedEntry', () => {
  it('maps a full RSS item', () => {
    const [mention] = mentions(
      rss(
        `<item><guid isPermaLink="false">17</guid><title>Kettle &amp;amp; Co recall&lt;br&gt; kettles</title>
        <link>/news/17?utm_source=rss</link><pubDate>Mon, 05 Jan 2026 09:00:00 +0100</pubDate><dc:creator>Ada L.</dc:creator>
        <description>Short.</description><content:encoded><![CDATA[<p>Long &amp; <a href="/more">more</a></p>]]></content:encoded>
        <category>Recalls</category><category>#Kettles</category><slash:comments>4</slash:comments>
        <enclosure url="/a.jpg" type="image/jpeg" length="1"/><itunes:explicit>yes</itunes:explicit></item>`,
        '<title>The Site</title><link>https://example.org/</link><language>en-gb</language>',
      ),
    )
    expect(mention).toEqual({
      platform: 'feed',
      kind: 'article',
      canonicalId: 'https://example.org/news/17',
      url: 'https://example.org/news/17?utm_source=rss',
      title: 'Kettle & Co recall kettles',
      text: 'Long & more',
      context: ['Short.'],
      lang: { declared: 'en-GB', detected: null, confidence: null },
      publishedAt: Date.UTC(2026, 0, 5, 8),
      publishedAtEstimated: false,
      editedAt: null,
      author: expect.objectContaining({ id: null, name: 'Ada L.', handle: null, followers: null }) as unknown,
      container: { type: 'site', id: 'example.org', name: 'The Site', url: 'https://example.org/', members: null },
      thread: null,
      engagement: expect.objectContaining({ replies: 4, likes: null, measuredAt: SEEN }) as unknown,
      rating: null,
      links: [
        { url: 'https://example.org/news/17?utm_source=rss', canonical: 'https://example.org/news/17', title: null },
        { url: 'https://example.org/more', canonical: 'https://example.org/more', title: null },
      ],
      hashtags: ['Recalls', 'Kettles'],
      mentions: [],
      media: [{ type: 'image', url: 'https://example.org/a.jpg', alt: null }],
      geo: null,
      flags: { sensitive: true, contentWarnings: [], bot: null },
      imported: null,
    })
  })

  it('tells text from HTML in Atom, prefers the page, and knows when it was edited', () => {
    const [mention] = mentions(
      atom(`<entry xml:lang="de"><id>tag:1</id><title type="text">5 &lt; 6 &amp; &lt;b&gt;</title>
        <link rel="self" href="https://example.org/self.xml"/><link type="application/pdf" href="/a.pdf"/><link href="/a.html" type="text/html"/>
        <published>2026-01-01T10:00:00Z</published><updated>2026-01-02T10:00:00Z</updated>
        <author><name>Bo</name><uri>/bo</uri></author>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two &amp; three</p></div></content></entry>`),
    )
    expect(mention).toMatchObject({
      title: '5 < 6 &',
      text: 'One\n\nTwo & three',
      url: 'https://example.org/a.html',
      lang: { declared: 'de' },
      publishedAt: Date.UTC(2026, 0, 1, 10),
      editedAt: Date.UTC(2026, 0, 2, 10),
      author: { id: 'https://example.org/bo', name: 'Bo', url: 'https://example.org/bo' },
      container: { name: 'An & Atom' },
    })
  })

  it('knows a video, its counts and pictures', () => {
    const [mention] = mentions(
      atom(`<entry><id>yt:video:x</id><yt:videoId>x</yt:videoId><title>Unboxing</title><link href="https://www.youtube.com/watch?v=x"/>
        <media:group><media:content url="https://example.org/v" type="application/x-shockwave-flash"/><media:thumbnail url="https://example.org/t.jpg"/>
        <media:description>All about it</media:description><media:community><media:starRating count="21"/><media:statistics views="1234"/></media:community></media:group></entry>`),
    )
    expect(mention).toMatchObject({
      kind: 'video',
      text: 'All about it',
      engagement: { views: 1234, likes: 21, replies: null },
    })
    expect(mention?.media).toEqual([
      { type: 'other', url: 'https://example.org/v', alt: null },
      { type: 'image', url: 'https://example.org/t.jpg', alt: null },
    ])
  })

  it('unwraps Google Alerts and reads the emphasis as text', () => {
    const [mention] = mentions(
      atom(`<entry><id>tag:google.com,2013:googlealerts/feed:1</id><title type="html">New &lt;b&gt;Acme&lt;/b&gt; kettle</title>
        <link href="https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://example.net/acme%3Fid%3D1%26utm_medium%3Dx&amp;ct=ga"/>
        <published>2026-01-05T08:00:00Z</published><content type="html">the &lt;b&gt;Acme&lt;/b&gt; kettle is&amp;nbsp;...</content></entry>`),
    )
    expect(mention).toMatchObject({
      title: 'New Acme kettle',
      text: 'the Acme kettle is\u00a0...',
      url: 'https://example.net/acme?id=1&utm_medium=x',
      canonicalId: 'https://example.net/acme?id=1',
    })
  })

  it('resolves relative links against xml:base, the site, then the feed', () => {
    const item = '<entry xml:base="sub/"><title>x</title><link href="a"/></entry>'
    expect(mentions(atom(item, 'xml:base="https://other.example/blog/"'))[0]?.url).toBe(
      'https://other.example/blog/sub/a',
    )
    expect(
      mentions(
        rss('<item><title>x</title><link>a</link></item>', '<title>x</title><link>https://site.example/dir/</link>'),
      )[0]?.url,
    ).toBe('https://site.example/dir/a')
    expect(mentions(rss('<item><title>x</title><link>a</link></item>', '<title>x</title>'))[0]?.url).toBe(
      'https://example.org/feeds/a',
    )
  })

  it.each([
    ['', SEEN, true],
    ['<pubDate>soon</pubDate>', SEEN, true],
    ['<pubDate>0001-01-01T00:00:00Z</pubDate>', SEEN, true],
    ['<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>', SEEN, true],
    ['<pubDate>Sat, 01 Jan 30000 10:00:00 GMT</pubDate>', SEEN, true],
    ['<pubDate>Mon, 05 Jan 2026 23:00:00 GMT</pubDate>', SEEN + 3_600_000, true],
    ['<pubDate>Mon, 05 Jan 2026 12:30:00 GMT</pubDate>', SEEN + 1_800_000, false],
    ['<pubDate>never</pubDate><dc:date>2026-01-04</dc:date>', Date.UTC(2026, 0, 4), false],
  ])('dates an item: %s', (date, publishedAt, publishedAtEstimated) => {
    const [mention] = mentions(rss(`<item><title>x</title>${date}</item>`))
    expect(mention).toMatchObject({ publishedAt, publishedAtEstimated })
  })

  it('keeps hostile text harmless and within its schema', () => {
    const hostile = '<script>alert(1)</script>\u202Eabc\u200B <img src=x onerror=alert(1)> \u0007\u001b[2J'
    const document = JSON.stringify({
      version: 'https://jsonfeed.org/version/1',
      title: 'x',
      items: [
        {
          id: '\ud800 1',
          title: `t\ud800${hostile}`,
          content_html: hostile,
          url: 'javascript:alert(1)',
          language: '<x>',
          tags: ['', '#', 'ok', 'ok'],
        },
        { id: 2, content_text: 'x'.repeat(1_000_000), image: 'data:x', authors: [{ name: '<b>N</b>', url: 'nope' }] },
      ],
    })
    const [first, second] = mentions(document)
    expect(first).toMatchObject({
      url: null,
      title: 't\ufffd\u202eabc\u200b [2J',
      lang: { declared: null },
      hashtags: ['ok'],
    })
    expect(first?.text).not.toMatch(/script|alert|\u0007|\u001b/)
    expect(second).toMatchObject({ title: null, author: { name: 'N' }, media: [] })
    expect(second?.text).toHaveLength(100_000)
    for (const mention of [first!, second!]) {
      const event = {
        id: 'feed:x',
        op: 'create',
        rev: 1,
        observedAt: 1,
        ingestedAt: null,
        reason: null,
        payload: null,
      } as const
      encode('MentionEvent', {
        ...event,
        source: { connector: 'c', platform: 'feed', instance: null, latenessMs: 0 },
        mention,
      })
    }
  })

  it('is null for an item that says nothing', () => {
    expect(
      mentions(rss('<item><guid>1</guid><description> </description><pubDate>2026-01-01</pubDate></item>')),
    ).toEqual([null])
  })
})

describe('entryKey', () => {
  const key = (item: string): string | null => {
    const [first] = entries(rss(item))
    return first === undefined ? null : entryKey(first.entry, first.place)
  }

  it('is the id, trimmed', () => expect(key('<item><guid> 17 </guid><title>x</title></item>')).toBe('17'))

  it('is the link without tracking when there is no id, and the title with its date when there is neither', () => {
    const plain = key('<item><link>https://example.org/a</link></item>')
    expect(plain).toMatch(/^link-[0-9a-f]{32}$/)
    expect(key('<item><link>https://example.org/a?utm_source=x</link><title>other</title></item>')).toBe(plain)
    expect(key('<item><link>https://example.org/b</link></item>')).not.toBe(plain)
    const title = key('<item><title>a</title><pubDate>1 Jan 2026</pubDate></item>')
    expect(title).toMatch(/^title-/)
    expect(key('<item><title>a</title><pubDate>2 Jan 2026</pubDate></item>')).not.toBe(title)
    expect(key('<item><description>only</description></item>')).toBeNull()
  })
})
