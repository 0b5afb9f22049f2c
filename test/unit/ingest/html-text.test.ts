import { describe, expect, it } from 'vitest'
import { htmlToText, linksIn, looseText, plainText } from '#ingest/html-text.ts'

describe('htmlToText', () => {
  it.each([
    ['<p>one <b>bold</b> word<p>two<br>three', 'one bold word\n\ntwo\nthree'],
    ['<h1>Not Shouted</h1>text', 'Not Shouted\n\ntext'],
    ['a <a href="https://example.org/x">link</a> &amp; more', 'a link & more'],
    ['<script>alert(1)</script><style>p{}</style><p onclick="x()">safe</p><img alt="no" src=x>', 'safe'],
    ['<p>\x1b[31mred\x07</p>', '[31mred'],
    ['<p> </p>', null],
    ['', null],
  ])('%s', (html, expected) => expect(htmlToText(html)).toBe(expected))

  it('reads hostile HTML in time that grows with its size only', () => {
    const hostile = ['<', '<a', '<a ', '<b>', '<div>', '<table><tr><td>', '<a href="', ' ', '\n ', '&amp', '<!--']
    for (const part of hostile) {
      const html = part.repeat(100_000 / part.length)
      htmlToText(html)
      looseText(`${html}x`)
      linksIn(html, null)
    }
  })

  it('cuts what is endless', () => {
    expect(htmlToText('x'.repeat(1_000_000))).toHaveLength(100_000)
    expect(plainText('x'.repeat(1_000_000))).toHaveLength(100_000)
  })
})

describe('looseText', () => {
  it.each([
    ['Tom &amp; Jerry', 'Tom & Jerry'],
    ['<b>Bold</b> claims', 'Bold claims'],
    ['2 < 3 and AT&T; yes', '2 < 3 and AT&T; yes'],
    [' \n ', null],
  ])('%s', (text, expected) => expect(looseText(text)).toBe(expected))
})

it('linksIn makes links absolute, keeps each page once and leaves out what is not http', () => {
  const html = `<a href="/a?x=1&amp;y=2">1</a> <a class=x href='https://example.org/b?utm_source=f'>2</a>
    <a href="https://example.org/b">again</a> <a href="mailto:x@example.org">3</a> <a href="http://[broken">4</a>`
  expect(linksIn(html, 'https://example.org/feed')).toEqual([
    { url: 'https://example.org/a?x=1&y=2', canonical: 'https://example.org/a?x=1&y=2' },
    { url: 'https://example.org/b?utm_source=f', canonical: 'https://example.org/b' },
  ])
  const many = Array.from({ length: 50 }, (_, index) => `<a href="https://example.org/${index}">`).join('')
  expect(linksIn(many, null)).toHaveLength(20)
})
