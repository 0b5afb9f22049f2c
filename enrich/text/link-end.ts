import { CharClass, classOf } from './char-class.ts'
import { isAsciiAlphanumeric, isWordUnit } from './unit.ts'

/** Hosts have at most 253 characters; looking no further keeps hostile text linear. */
const MAX_HOST = 253
const COMMON_ENDINGS = new Set(['com', 'org', 'net'])

/** Where the link that begins at `start` ends, or `start` when there is none: a scheme, `www.`, or a bare `http` that stands for a removed link. */
export function linkEnd(text: string, start: number): number {
  const first = text.charCodeAt(start) | 32
  if (first === 104) {
    if (!startsWith(text, start, 'http')) return start
    const secure = (text.charCodeAt(start + 4) | 32) === 115 ? 1 : 0
    const after = start + 4 + secure
    if (startsWith(text, after, '://')) return runEnd(text, after)
    if (startsWith(text, after, ':/')) return after + 2
    return after === start + 4 && !isWordUnit(text.charCodeAt(after)) ? after : start
  }
  if (first === 119 && startsWith(text, start, 'www.') && isWordUnit(text.charCodeAt(start + 4))) {
    return runEnd(text, start)
  }
  return start
}

/** Where a host without a scheme ends with its path: `bit.ly/x`, `nike.com`; `start` when it is none. `scanned` tells how far it looked. */
export function bareLinkEnd(text: string, start: number, scanned: { end: number }): number {
  let at = start
  let dot = -1
  const limit = Math.min(text.length, start + MAX_HOST)
  for (; at < limit; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 46) {
      if (at === start || dot === at - 1 || !isHostUnit(text.charCodeAt(at + 1))) break
      dot = at
    } else if (!isHostUnit(unit)) break
  }
  scanned.end = at
  if (dot < 0) return start
  const ending = text.slice(dot + 1, at).toLowerCase()
  if (!/^[a-z]{2,18}$/.test(ending)) return start
  if (text.charCodeAt(at) === 47) return runEnd(text, at)
  return COMMON_ENDINGS.has(ending) && !isWordUnit(text.charCodeAt(at)) ? at : start
}

function startsWith(text: string, at: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    const unit = text.charCodeAt(at + i)
    const folded = unit >= 65 && unit <= 90 ? unit | 32 : unit
    if (folded !== lower.charCodeAt(i)) return false
  }
  return true
}

/** To the next blank, without the punctuation that ends the sentence. */
function runEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && classOf(text.charCodeAt(end)) !== CharClass.Space && !isBracket(text.charCodeAt(end)))
    end++
  while (end > start && isSentenceMark(text.charCodeAt(end - 1))) end--
  return end
}

// < > " “ ” « » … and the Japanese ones: never part of a link as people write it
const isBracket = (unit: number): boolean =>
  unit === 60 ||
  unit === 62 ||
  unit === 34 ||
  unit === 0x201c ||
  unit === 0x201d ||
  unit === 0xab ||
  unit === 0xbb ||
  unit === 0x300c ||
  unit === 0x300d
const isSentenceMark = (unit: number): boolean =>
  unit === 46 ||
  unit === 44 ||
  unit === 33 ||
  unit === 63 ||
  unit === 58 ||
  unit === 59 ||
  unit === 39 ||
  unit === 41 ||
  unit === 93 ||
  unit === 0x2026 ||
  unit === 0x2019
const isHostUnit = (unit: number): boolean => unit === 45 || isAsciiAlphanumeric(unit)
