import { describe, expect, it } from 'vitest'
import { editable, hackerNewsId, mapHit, mapItem } from '#ingest/hackernews/map-hackernews.ts'
import { phrasePattern } from '#ingest/hackernews/phrase-pattern.ts'

const NOW = Date.UTC(2026, 0, 5, 12)
const TIME = NOW / 1000 - 600

const story = {
  objectID: '501',
  created_at_i: TIME,
  author: 'ada',
  title: 'Show HN: Acme &amp; a kettle',
  url: 'https://example.org/kettle?utm_source=hn',
  story_text: 'First.<p>See <a href="https:&#x2F;&#x2F;example.org&#x2F;docs" rel="nofollow">the docs</a>',
  points: 12,
  num_comments: 3,
  story_id: 501,
  parent_id: null,
  _tags: ['story', 'author_ada', 'story_501', 'show_hn'],
}

describe('mapHit', () => {
  it('maps a story', () => {
    const mapped = mapHit(story, NOW)
    expect(mapped).toMatchObject({
      kind: 'mention',
      item: 501,
      mention: {
        platform: 'hackernews',
        kind: 'post',
        url: 'https://news.ycombinator.com/item?id=501',
        title: 'Show HN: Acme & a kettle',
        text: 'First.\n\nSee the docs',
        publishedAt: TIME * 1000,
        publishedAtEstimated: false,
        author: { id: 'ada', handle: 'ada', url: 'https://news.ycombinator.com/user?id=ada', followers: null },
        thread: null,
        engagement: { score: 12, replies: 3, measuredAt: NOW },
        links: [
          { url: 'https://example.org/kettle?utm_source=hn', canonical: 'https://example.org/kettle' },
          { url: 'https://example.org/docs', canonical: 'https://example.org/docs' },
        ],
      },
    })
  })

  it('maps a comment with its story', () => {
    const hit = {
      ...story,
      objectID: '502',
      title: null,
      url: null,
      story_text: null,
      comment_text: 'It&#x27;s &lt;loud&gt;',
      story_title: 'Acme',
      parent_id: 501,
      _tags: ['comment'],
    }
    expect(mapHit(hit, NOW)).toMatchObject({
      item: 502,
      mention: {
        kind: 'comment',
        title: null,
        text: "It's <loud>",
        context: ['Acme'],
        thread: { rootId: 'hackernews:item/501', parentId: 'hackernews:item/501' },
        links: [],
      },
    })
  })

  it.each([
    [null, 'unreadable'],
    ['text', 'unreadable'],
    [{ ...story, objectID: undefined }, 'unreadable'],
    [{ ...story, created_at_i: 'soon' }, 'unreadable'],
    [{ ...story, title: '', story_text: null }, 'unreadable'],
    [{ ...story, _tags: ['pollopt'] }, 'other'],
  ])('knows what is no post: %j', (hit, kind) => expect(mapHit(hit, NOW).kind).toBe(kind))

  it('takes absent, null and empty for the same', () => {
    const { title, url, points, ...rest } = story
    const absent = mapHit({ ...rest, title }, NOW)
    expect(mapHit({ ...rest, title, url: null, points: null }, NOW)).toEqual(absent)
    expect(mapHit({ ...rest, title, url: '' }, NOW)).toEqual(absent)
    expect([url, points]).not.toContain(undefined)
  })
})

describe('mapItem', () => {
  const item = {
    id: 501,
    type: 'story',
    by: 'ada',
    time: TIME,
    title: 'Show HN: Acme &amp; a kettle',
    url: story.url,
    text: story.story_text,
    score: 12,
    descendants: 3,
  }

  it('gives the same id and the same editable text as a hit of the search', () => {
    const [fromHit, fromItem] = [mapHit(story, NOW), mapItem(item, NOW)]
    if (fromHit.kind !== 'mention' || fromItem.kind !== 'mention') throw new Error('both are posts')
    expect(fromItem.item).toBe(fromHit.item)
    expect(editable(fromItem.mention)).toBe(editable(fromHit.mention))
    expect(hackerNewsId(501)).toBe('hackernews:item/501')
  })

  it.each([
    [null, { kind: 'missing' }],
    [
      { id: 7, deleted: true, type: 'comment', time: TIME },
      { kind: 'deleted', item: 7 },
    ],
    [
      { id: 7, dead: true, type: 'story', title: 'x', time: TIME },
      { kind: 'dead', item: 7 },
    ],
    [
      { ...item, type: 'pollopt' },
      { kind: 'other', what: 'pollopt' },
    ],
    [{ ...item, time: undefined }, { kind: 'unreadable' }],
    [{ title: 'x' }, { kind: 'unreadable' }],
    [[], { kind: 'unreadable' }],
    [
      { ...item, title: 'Ask HN: why?' },
      { kind: 'mention', mention: { kind: 'question' } },
    ],
    [
      { ...item, time: 9_999_999_999 },
      { kind: 'mention', mention: { publishedAt: NOW + 3_600_000, publishedAtEstimated: true } },
    ],
  ])('knows %j', (value, expected) => expect(mapItem(value, NOW)).toMatchObject(expected))
})

describe('phrasePattern', () => {
  it.each([
    ['Acme', 'the ACME kettle', true],
    ['Acme', 'https://acme.example/x', true],
    ['Acme', 'academe pacmen acmes', false],
    ['kettle co', 'Kettle & Co. said', true],
    ['C++', 'c++ and c', true],
    ['Müller', 'bei müller', true],
  ])('%s in "%s": %s', (phrase, text, expected) => expect(phrasePattern(phrase).test(text)).toBe(expected))
})
