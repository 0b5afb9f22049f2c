import { ALNUM, MARK, propertiesOf } from './characters.ts'

const WWW = 'www.'
const MAX_HOST = 253
const DOT = 0x2e
const HYPHEN = 0x2d
const UNDERSCORE = 0x5f
const LOWER_H = 0x68
const LOWER_T = 0x74
const LOWER_W = 0x77

/** Does `http://`, `https://` or `www.`, and something behind it, stand at `at`? `code` is the character there. */
export function startsUrl(text: string, at: number, code: number): boolean {
  const lower = code | 0x20
  if (lower !== LOWER_H && lower !== LOWER_W) return false
  // Most words that begin so are told by their second letter.
  const second = text.charCodeAt(at + 1) | 0x20
  if (second !== (lower === LOWER_H ? LOWER_T : LOWER_W)) return false
  const length = prefixLength(text, at)
  return length > 0 && at + length < text.length && !/\s/.test(text[at + length]!)
}

function prefixLength(text: string, at: number): number {
  const start = text.slice(at, at + 8).toLowerCase()
  if (start.startsWith(WWW)) return WWW.length
  if (start.startsWith('http://')) return 7
  return start === 'https://' ? 8 : 0
}

/**
 * Host in lower case of the URL between two offsets, without user, port and the signs that a sentence put behind it; empty
 * when there is none.
 */
export function hostOf(text: string, urlStart: number, urlEnd: number): string {
  const scheme = prefixLength(text, urlStart)
  let start = urlStart + (scheme === WWW.length ? 0 : scheme)
  let end = -1
  for (let at = start; at < urlEnd; at++) {
    const char = text[at]!
    if (char === '/' || char === '?' || char === '#' || char === '\\') {
      if (end < 0) end = at
      break
    }
    if (char === '@') {
      start = at + 1
      end = -1
    } else if (end < 0 && !continuesHost(text, start, at)) end = at
  }
  if (end < 0) end = urlEnd
  if (end > start && text[end - 1] === '.') end--
  if (end - start > MAX_HOST) start = end - MAX_HOST + (isLowSurrogate(text.charCodeAt(end - MAX_HOST)) ? 1 : 0)
  return text.slice(start, end).toLowerCase()
}

function continuesHost(text: string, start: number, at: number): boolean {
  const codePoint = text.codePointAt(at)!
  if (codePoint === DOT) return at > start && text.charCodeAt(at - 1) !== DOT
  if (codePoint === HYPHEN || codePoint === UNDERSCORE) return true
  // The second half of a pair was judged with its first.
  if (isLowSurrogate(codePoint)) return at > start && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
  return (propertiesOf(codePoint) & (ALNUM | MARK)) !== 0
}

const isLowSurrogate = (code: number): boolean => (code & ~0x3ff) === 0xdc00
