import { ALNUM, MARK, propertiesOf } from './characters.ts'

const MAX_HOST = 253
const LOWER_H = 0x68
const LOWER_W = 0x77

/** Does `http://`, `https://` or `www.`, and something behind it, stand at `at`? `code` is the character there. */
export function startsUrl(text: string, at: number, code: number): boolean {
  const lower = code | 0x20
  if (lower !== LOWER_H && lower !== LOWER_W) return false
  const length = prefixLength(text, at)
  return length > 0 && at + length < text.length && !/\s/.test(text[at + length]!)
}

function prefixLength(text: string, at: number): number {
  const start = text.slice(at, at + 8).toLowerCase()
  if (start.startsWith('www.')) return 4
  if (start.startsWith('http://')) return 7
  return start === 'https://' ? 8 : 0
}

/**
 * Host in lower case of the URL between two offsets, without user, port and signs that a sentence put behind it; empty when
 * there is none.
 */
export function hostOf(text: string, urlStart: number, urlEnd: number): string {
  const scheme = prefixLength(text, urlStart)
  let start = urlStart + (scheme === 4 ? 0 : scheme)
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
    } else if (end < 0 && !isHostCharacter(text.codePointAt(at)!)) end = at
  }
  if (end < 0) end = urlEnd
  while (start < end && text[start] === '.') start++
  while (end > start && text[end - 1] === '.') end--
  return text.slice(Math.max(start, end - MAX_HOST), end).toLowerCase()
}

function isHostCharacter(codePoint: number): boolean {
  if (codePoint === 0x2d || codePoint === 0x2e || codePoint === 0x5f) return true
  // The second half of a pair was judged with its first.
  return (codePoint & ~0x3ff) === 0xdc00 || (propertiesOf(codePoint) & (ALNUM | MARK)) !== 0
}
