import { compile } from 'html-to-text'
import { canonicalUrl } from './canonical-url.ts'

/** What follows is not looked at: an article of 10,000 words fits, a bomb does not. */
const MAX_HTML_CHARACTERS = 100_000
const MAX_LINKS = 20

const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]/g
// `[^<>]`, not `[^>]`: a new bracket ends the try, so that hostile text costs linear time.
const MARKUP = /<[a-z!/][^<>]*>|&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]\w{1,30});/i

const skipped = ['script', 'style', 'noscript', 'template', 'iframe', 'object', 'svg', 'img', 'head'].map(
  (selector) => ({
    selector,
    format: 'skip',
  }),
)
const plain = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table'].map((selector) => ({
  selector,
  format: 'block',
  options: { leadingLineBreaks: 2, trailingLineBreaks: 2 },
}))
const convert = compile({
  wordwrap: false,
  // Not U+200B, which the library adds: it stands within words.
  whitespaceCharacters: ' \t\r\n\f',
  // Deeper trees would overflow the stack; nobody writes them.
  limits: { maxDepth: 100, ellipsis: '' },
  selectors: [{ selector: 'a', options: { ignoreHref: true } }, ...plain, ...skipped],
})

/** HTML to plain text: paragraphs are lines, images, scripts and link addresses are left out. null when nothing is left. */
export function htmlToText(html: string): string | null {
  return plainText(convert(html.slice(0, MAX_HTML_CHARACTERS)))
}

/** For fields that hold HTML or plain text and do not say which. */
export const looseText = (text: string): string | null => (MARKUP.test(text) ? htmlToText(text) : plainText(text))

/** Without control characters and runs of blank lines; null when nothing is left. */
export function plainText(text: string): string | null {
  const clean = text.slice(0, MAX_HTML_CHARACTERS).toWellFormed().replace(CONTROL, '')
  const lines = clean.split('\n').map((line) => line.trimEnd())
  return (
    lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim() || null
  )
}

/** What the HTML links to, made absolute, in order, each once, at most 20; addresses other than http are left out. */
export function linksIn(html: string, base: string | null): { readonly url: string; readonly canonical: string }[] {
  const links = new Map<string, { url: string; canonical: string }>()
  for (const [, quoted, apostrophed] of html
    .slice(0, MAX_HTML_CHARACTERS)
    .matchAll(/<a\s[^<>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)) {
    const href = (quoted ?? apostrophed ?? '').replace(/&(?:amp|#38|#x26);/gi, '&').replace(/&#x2f;/gi, '/')
    const url = URL.parse(href.trim(), base ?? undefined)?.href
    const canonical = url === undefined ? null : canonicalUrl(url)
    if (url !== undefined && canonical !== null && !links.has(canonical)) links.set(canonical, { url, canonical })
    if (links.size >= MAX_LINKS) break
  }
  return [...links.values()]
}
