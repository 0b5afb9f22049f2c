import {
  ALNUM,
  isApostrophe,
  isEmojiMark,
  MARK,
  propertiesAt,
  propertiesOf,
  SPACE,
  type UNCLEAN,
  UNSPACED,
} from './characters.ts'
import { ASCII_FOLDED, DROPPED, EMPTY_HASH, foldedHash, foldUnit, hashOn, NO_HASH, UNCLEAR } from './folding.ts'
import { SpanKind, type Spans } from './spans.ts'
import { MAX_WORD } from './token.ts'
import { startsUrl } from './url-host.ts'

const AMPERSAND = 0x26
const APOSTROPHE = 0x27
const AT = 0x40
const HASH = 0x23
const HYPHEN = 0x2d
const DOT = 0x2e
const UNDERSCORE = 0x5f
const SPACE_SIGN = 0x20

/** What else was seen in a word, beside the properties of its characters. */
export const STRAIGHT = 1 << 16
export const CURLY = 1 << 17
/** A unit whose folded form its neighbours change. */
const UNHASHED = 1 << 18

/** The answer of a reader that met a character which has to be cleaned first. */
const UNREAD = -1

/**
 * Finds the tokens of a text, in one pass. Of a text that is not known to be clean, `stopAt` is UNCLEAN: false, and spans of
 * no use, when it has something that NFKC may change.
 */
export function scan(text: string, spans: Spans, stopAt: typeof UNCLEAN | 0): boolean {
  spans.clear()
  const { length } = text
  let at = 0
  while (at < length) {
    const code = text.charCodeAt(at)
    if (code < 0x80 && ASCII_FOLDED[code] !== 0)
      at = startsUrl(text, at, code) ? readUrl(text, at, spans, stopAt) : readUnit(text, at, spans, stopAt)
    else if (code <= SPACE_SIGN) at++
    else if (code === HASH) at = readHashtag(text, at, spans, stopAt)
    else if (code === AT) at = readHandle(text, at, spans)
    else {
      const properties = propertiesAt(text, at, code)
      if ((properties & stopAt) !== 0) return false
      if ((properties & (ALNUM | MARK)) === 0) at++
      else if (startsUrl(text, at, code)) at = readUrl(text, at, spans, stopAt)
      else at = readUnit(text, at, spans, stopAt)
    }
    if (at === UNREAD) return false
  }
  return true
}

/** Letters and digits with what joins them; `-` and `.` cut the unit into neighbouring words. Answers where it ends. */
function readUnit(text: string, start: number, spans: Spans, stopAt: number): number {
  const { length } = text
  let word = start
  let seen = 0
  let hash = EMPTY_HASH
  let at = start
  while (at < length) {
    const code = text.charCodeAt(at)
    if (code < 0x80) {
      const folded = ASCII_FOLDED[code]!
      if (folded !== 0) {
        seen |= code ^ folded // UPPER is the bit by which the two cases differ
        hash = hashOn(hash, folded)
        at++
        continue
      }
      if (code < AMPERSAND || code > DOT) break
    }
    const properties = propertiesAt(text, at, code)
    if ((properties & stopAt) !== 0) return UNREAD
    if ((properties & (ALNUM | MARK)) !== 0) {
      seen |= properties
      const folded = foldUnit(code)
      if (folded === UNCLEAR) seen |= UNHASHED
      else if (folded !== DROPPED) hash = hashOn(hash, folded)
      at += code >= 0xd800 && code < 0xdc00 ? 2 : 1
      continue
    }
    const cuts = code === DOT || code === HYPHEN
    if (!cuts && code !== AMPERSAND && !isApostrophe(code)) break
    if ((propertiesAt(text, at + 1, text.charCodeAt(at + 1)) & (ALNUM | MARK)) === 0) break
    if (cuts) {
      addWord(text, word, at, withoutPossessive(text, word, at), seen, hash, spans)
      word = at + 1
      seen = 0
      hash = EMPTY_HASH
    } else if (code === AMPERSAND) hash = hashOn(hash, code)
    else seen |= code === APOSTROPHE ? STRAIGHT : CURLY
    at++
  }
  // The possessive of the unit, then that of its last word.
  addWord(text, word, at, withoutPossessive(text, word, withoutPossessive(text, word, at)), seen, hash, spans)
  return at
}

function withoutPossessive(text: string, start: number, end: number): number {
  return end - start > 2 && (text.charCodeAt(end - 1) | 0x20) === 0x73 && isApostrophe(text.charCodeAt(end - 2))
    ? end - 2
    : end
}

/** `hash` is that of the units up to `read`, which may lie behind the end of the word. */
function addWord(
  text: string,
  start: number,
  read: number,
  end: number,
  seen: number,
  hash: number,
  spans: Spans,
): void {
  if ((seen & UNSPACED) !== 0) addUnspaced(text, start, end, spans)
  else if (read !== end)
    spans.add(SpanKind.Word, start, end, seen, knownHash(foldedHash(text, start, end), start, end, 0))
  else spans.add(SpanKind.Word, start, end, seen, knownHash(hash, start, end, seen))
}

/** Too long words are cut, and of marks only the form is never empty: these are folded as a whole. */
function knownHash(hash: number, start: number, end: number, seen: number): number {
  return (seen & UNHASHED) !== 0 || end - start > MAX_WORD || hash === EMPTY_HASH ? NO_HASH : hash
}

/** A word with characters of scripts that put no blanks between words: its runs of other scripts are words of their own. */
function addUnspaced(text: string, start: number, end: number, spans: Spans): void {
  let at = start
  while (at < end) {
    const runStart = at
    let seen = 0
    while (at < end) {
      const code = text.charCodeAt(at)
      const properties = propertiesAt(text, at, code)
      if ((properties & UNSPACED) !== 0) break
      if ((properties & (ALNUM | MARK)) !== 0) seen |= properties
      else if (code !== AMPERSAND) seen |= code === APOSTROPHE ? STRAIGHT : CURLY
      at += code >= 0xd800 && code < 0xdc00 ? 2 : 1
    }
    addRun(text, runStart, at, seen, spans)
    at = addBigrams(text, at, end, spans)
  }
}

/** A run of other scripts, without what joined it to its neighbours. */
function addRun(text: string, runStart: number, runEnd: number, seen: number, spans: Spans): void {
  let [start, end] = [runStart, runEnd]
  const joins = (at: number): boolean => (propertiesAt(text, at, text.charCodeAt(at)) & (ALNUM | MARK)) === 0
  // A low surrogate alone has no property; it never stands at an end of a run without its high one.
  const isLow = (at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00
  while (start < end && joins(start)) start++
  while (end > start && !isLow(end - 1) && joins(end - 1)) end--
  end = withoutPossessive(text, start, end)
  // Nothing of the run was hashed yet.
  if (start < end) spans.add(SpanKind.Word, start, end, seen, knownHash(foldedHash(text, start, end), start, end, 0))
}

function addBigrams(text: string, start: number, end: number, spans: Spans): number {
  let before = start
  let at = start
  while (at < end && (propertiesAt(text, at, text.charCodeAt(at)) & UNSPACED) !== 0) {
    const next = clusterEnd(text, at, end)
    if (at > start) spans.add(SpanKind.Bigram, before, next, UNSPACED, NO_HASH)
    before = at
    at = next
  }
  if (at > start) spans.add(SpanKind.Bigram, before, at, UNSPACED, NO_HASH)
  return at
}

/** Where a character ends with the marks that follow it. */
export function clusterEnd(text: string, start: number, end: number): number {
  let at = start + (text.codePointAt(start)! > 0xffff ? 2 : 1)
  while (at < end && (propertiesAt(text, at, text.charCodeAt(at)) & MARK) !== 0)
    at += text.codePointAt(at)! > 0xffff ? 2 : 1
  return at
}

function readHashtag(text: string, sign: number, spans: Spans, stopAt: number): number {
  let at = sign + 1
  let seen = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    const properties = propertiesAt(text, at, code)
    if ((properties & stopAt) !== 0) return UNREAD
    // Vowel signs of Hindi or Thai are part of a tag, the keycap of #️⃣ is not.
    const inside = (properties & ALNUM) !== 0 || ((properties & MARK) !== 0 && at > sign + 1 && !isEmojiMark(code))
    if (!inside && code !== UNDERSCORE) break
    seen |= properties
    at += code >= 0xd800 && code < 0xdc00 ? 2 : 1
  }
  if (at === sign + 1) return at
  const hash = (seen & UNSPACED) === 0 ? foldedHash(text, sign + 1, at) : NO_HASH
  spans.add(SpanKind.Hashtag, sign, at, seen, knownHash(hash, sign + 1, at, 0))
  return at
}

function readHandle(text: string, sign: number, spans: Spans): number {
  let at = sign + 1
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code !== UNDERSCORE && (code >= 0x80 || (propertiesOf(code) & ALNUM) === 0)) break
    at++
  }
  if (at === sign + 1) return at
  spans.add(SpanKind.Handle, sign, at, 0, knownHash(foldedHash(text, sign + 1, at), sign + 1, at, 0))
  return at
}

/** A URL reaches to the next blank. */
function readUrl(text: string, start: number, spans: Spans, stopAt: number): number {
  let at = start
  while (at < text.length) {
    const properties = propertiesAt(text, at, text.charCodeAt(at))
    if ((properties & stopAt) !== 0) return UNREAD
    if ((properties & SPACE) !== 0) break
    at++
  }
  spans.add(SpanKind.Url, start, at, 0, NO_HASH)
  return at
}
