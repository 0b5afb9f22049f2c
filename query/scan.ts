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
  UPPER,
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
  const units = spans.begin(text)
  const { length } = text
  let at = 0
  while (at < length) {
    const code = units[at]!
    if (code < 0x80 && ASCII_FOLDED[code] !== 0)
      at = startsUrl(text, at, code) ? readUrl(text, at, spans, stopAt) : readUnit(units, at, spans, stopAt)
    else if (code <= SPACE_SIGN) at++
    else if (code === HASH) at = readHashtag(units, at, spans, stopAt)
    else if (code === AT) at = readHandle(units, at, spans)
    else {
      const properties = propertiesAt(units, at)
      if ((properties & stopAt) !== 0) return false
      if ((properties & (ALNUM | MARK)) === 0) at++
      else if (startsUrl(text, at, code)) at = readUrl(text, at, spans, stopAt)
      else at = readUnit(units, at, spans, stopAt)
    }
    if (at === UNREAD) return false
  }
  return true
}

/** Letters and digits with what joins them; `-` and `.` cut the unit into neighbouring words. Answers where it ends. */
function readUnit(units: Uint16Array, start: number, spans: Spans, stopAt: number): number {
  let word = start
  let seen = 0
  let hash = EMPTY_HASH
  let at = start
  for (;;) {
    const code = units[at]!
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
    const properties = propertiesAt(units, at)
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
    if ((propertiesAt(units, at + 1) & (ALNUM | MARK)) === 0) break
    if (cuts) {
      addWord(units, word, at, withoutPossessive(units, word, at), seen, hash, spans)
      word = at + 1
      seen = 0
      hash = EMPTY_HASH
    } else if (code === AMPERSAND) hash = hashOn(hash, code)
    else seen |= code === APOSTROPHE ? STRAIGHT : CURLY
    at++
  }
  if ((seen & ~UPPER) === 0 && at - word <= MAX_WORD) spans.add(SpanKind.Word, word, at, seen, hash)
  // The possessive of the unit, then that of its last word.
  else addWord(units, word, at, withoutPossessive(units, word, withoutPossessive(units, word, at)), seen, hash, spans)
  return at
}

function withoutPossessive(units: Uint16Array, start: number, end: number): number {
  return end - start > 2 && (units[end - 1]! | 0x20) === 0x73 && isApostrophe(units[end - 2]!) ? end - 2 : end
}

/** `hash` is that of the units up to `read`, which may lie behind the end of the word. */
function addWord(
  units: Uint16Array,
  start: number,
  read: number,
  end: number,
  seen: number,
  hash: number,
  spans: Spans,
): void {
  if ((seen & UNSPACED) !== 0) addUnspaced(units, start, end, spans)
  else if (read !== end)
    spans.add(SpanKind.Word, start, end, seen, knownHash(foldedHash(units, start, end), start, end, 0))
  else spans.add(SpanKind.Word, start, end, seen, knownHash(hash, start, end, seen))
}

/** Too long words are cut, and of marks only the form is never empty: these are folded as a whole. */
function knownHash(hash: number, start: number, end: number, seen: number): number {
  return (seen & UNHASHED) !== 0 || end - start > MAX_WORD || hash === EMPTY_HASH ? NO_HASH : hash
}

/** A word with characters of scripts that put no blanks between words: its runs of other scripts are words of their own. */
function addUnspaced(units: Uint16Array, start: number, end: number, spans: Spans): void {
  let at = start
  while (at < end) {
    const runStart = at
    let seen = 0
    while (at < end) {
      const code = units[at]!
      const properties = propertiesAt(units, at)
      if ((properties & UNSPACED) !== 0) break
      if ((properties & (ALNUM | MARK)) !== 0) seen |= properties
      else if (code !== AMPERSAND) seen |= code === APOSTROPHE ? STRAIGHT : CURLY
      at += code >= 0xd800 && code < 0xdc00 ? 2 : 1
    }
    addRun(units, runStart, at, seen, spans)
    at = addBigrams(units, at, end, spans)
  }
}

/** A run of other scripts, without what joined it to its neighbours. */
function addRun(units: Uint16Array, runStart: number, runEnd: number, seen: number, spans: Spans): void {
  let [start, end] = [runStart, runEnd]
  const joins = (at: number): boolean => (propertiesAt(units, at) & (ALNUM | MARK)) === 0
  // A low surrogate alone has no property; it never stands at an end of a run without its high one.
  const isLow = (at: number): boolean => (units[at]! & 0xfc00) === 0xdc00
  while (start < end && joins(start)) start++
  while (end > start && !isLow(end - 1) && joins(end - 1)) end--
  end = withoutPossessive(units, start, end)
  // Nothing of the run was hashed yet.
  if (start < end) spans.add(SpanKind.Word, start, end, seen, knownHash(foldedHash(units, start, end), start, end, 0))
}

function addBigrams(units: Uint16Array, start: number, end: number, spans: Spans): number {
  let before = start
  let at = start
  while (at < end && (propertiesAt(units, at) & UNSPACED) !== 0) {
    const next = clusterEnd(units, at, end)
    if (at > start) spans.add(SpanKind.Bigram, before, next, UNSPACED, NO_HASH)
    before = at
    at = next
  }
  if (at > start) spans.add(SpanKind.Bigram, before, at, UNSPACED, NO_HASH)
  return at
}

/** Where a character ends with the marks that follow it. */
export function clusterEnd(units: Uint16Array, start: number, end: number): number {
  let at = start + sizeAt(units, start)
  while (at < end && (propertiesAt(units, at) & MARK) !== 0) at += sizeAt(units, at)
  return at
}

function readHashtag(units: Uint16Array, sign: number, spans: Spans, stopAt: number): number {
  let at = sign + 1
  let seen = 0
  for (;;) {
    const code = units[at]!
    const properties = propertiesAt(units, at)
    if ((properties & stopAt) !== 0) return UNREAD
    // Vowel signs of Hindi or Thai are part of a tag, the keycap of #️⃣ is not.
    const inside = (properties & ALNUM) !== 0 || ((properties & MARK) !== 0 && at > sign + 1 && !isEmojiMark(code))
    if (!inside && code !== UNDERSCORE) break
    seen |= properties
    at += code >= 0xd800 && code < 0xdc00 ? 2 : 1
  }
  if (at === sign + 1) return at
  const hash = (seen & UNSPACED) === 0 ? foldedHash(units, sign + 1, at) : NO_HASH
  spans.add(SpanKind.Hashtag, sign, at, seen, knownHash(hash, sign + 1, at, 0))
  return at
}

function readHandle(units: Uint16Array, sign: number, spans: Spans): number {
  let at = sign + 1
  for (;;) {
    const code = units[at]!
    if (code !== UNDERSCORE && (code >= 0x80 || (propertiesOf(code) & ALNUM) === 0)) break
    at++
  }
  if (at === sign + 1) return at
  spans.add(SpanKind.Handle, sign, at, 0, knownHash(foldedHash(units, sign + 1, at), sign + 1, at, 0))
  return at
}

/** A URL reaches to the next blank. */
function readUrl(text: string, start: number, spans: Spans, stopAt: number): number {
  const { units } = spans
  let at = start
  while (at < text.length) {
    const properties = propertiesAt(units, at)
    if ((properties & stopAt) !== 0) return UNREAD
    if ((properties & SPACE) !== 0) break
    at++
  }
  spans.add(SpanKind.Url, start, at, 0, NO_HASH)
  return at
}

/** Units of the code point at `at`. */
const sizeAt = (units: Uint16Array, at: number): number =>
  (units[at]! & 0xfc00) === 0xd800 && (units[at + 1]! & 0xfc00) === 0xdc00 ? 2 : 1
