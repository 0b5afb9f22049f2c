import { describe, expect, it } from 'vitest'
import { canonicalUrl, unwrapUrl } from '#ingest/canonical-url.ts'

describe('canonicalUrl', () => {
  it.each([
    ['https://Example.ORG:443/A?utm_source=x&id=7&fbclid=1#top', 'https://example.org/A?id=7'],
    ['https://example.org/?utm_medium=rss', 'https://example.org/'],
    ['https://me:word@example.org/a', 'https://example.org/a'],
    ['https://example.org/#!/page', 'https://example.org/#!/page'],
    ['https://example.org/a?b=1&b=2&UTM_Campaign=x', 'https://example.org/a?b=1&b=2'],
    [
      'https://www.google.com/url?rct=j&sa=t&url=https%3A%2F%2Fexample.org%2Fa%3Futm_term%3D1%26id%3D3&ct=ga',
      'https://example.org/a?id=3',
    ],
    ['https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fb&h=x', 'https://example.org/b'],
    ['https://www.google.com/url?q=https://www.google.com/url?q=https://example.org/c', 'https://example.org/c'],
  ])('%s', (url, expected) => expect(canonicalUrl(url)).toBe(expected))

  it.each(['javascript:alert(1)', 'ftp://example.org', 'nonsense', ''])('is null for %s', (url) => {
    expect(canonicalUrl(url)).toBeNull()
  })

  it('keeps a redirector that names no http target', () => {
    expect(unwrapUrl('https://www.google.com/url?url=javascript:alert(1)')).toBe(
      'https://www.google.com/url?url=javascript:alert(1)',
    )
  })

  it('is its own canonical form', () => {
    const once = canonicalUrl('https://example.org/a?utm_source=x&q=a+b%20c')!
    expect(canonicalUrl(once)).toBe(once)
  })
})
