import {
  ALNUM,
  FOLDS,
  isApostrophe,
  isEmojiMark,
  MARK,
  propertiesOf,
  SPACE,
  UNCLEAN,
  UNSPACED,
  UPPER,
} from './characters.ts'
import { cleanText, type Edit } from './clean-text.ts'
import { fold, foldUnspaced } from './fold.ts'
import { clip, type TextToken } from './token.ts'
import { hostOf, startsUrl } from './url-host.ts'

const AMPERSAND = 0x26
const APOSTROPHE = 0x27
const AT = 0x40
const HASH = 0x23
const HYPHEN = 0x2d
const DOT = 0x2e
const UNDERSCORE = 0x5f

/** What else was seen in a word, beside the properties of its characters. */
const STRAIGHT = 1 << 16
const CURLY = 1 << 17

/** The answer of a reader that met a character which has to be cleaned first. */
const UNREAD = -1

/**
 * The tokens of a text, by the rules of the query language, in linear time whatever the text.
 *
 * Characters are read once. Only a text with something that NFKC may change is cleaned first; offsets point into the
 * original all the same. In scripts without blanks each character makes a token with its successor, the last one of a run
 * stands alone: n characters are n positions, and a word is found as the phrase of its bigrams.
 */
export function tokenize(text: string): TextToken[] {
  const tokens: TextToken[] = []
  if (readAll(text, tokens, UNCLEAN)) return tokens
  const clean = cleanText(text)
  tokens.length = 0
  readAll(clean.text, tokens, 0)
  restoreOffsets(tokens, clean.edits)
  return tokens
}

/** False when it met a character with one of the properties `stopAt`. */
function readAll(text: string, tokens: TextToken[], stopAt: number): boolean {
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === HASH) at = readHashtag(text, at, tokens, stopAt)
    else if (code === AT) at = readHandle(text, at, tokens)
    else {
      const properties = propertiesAt(text, at, code)
      if ((properties & stopAt) !== 0) return false
      if ((properties & (ALNUM | MARK)) === 0) at++
      else if (startsUrl(text, at, code)) at = readUrl(text, at, tokens, stopAt)
      else at = readUnit(text, at, tokens, stopAt)
    }
    if (at === UNREAD) return false
  }
  return true
}

/** Letters and digits with what joins them; `-` and `.` cut the unit into neighbouring words. Answers where it ends. */
function readUnit(text: string, start: number, tokens: TextToken[], stopAt: number): number {
  let word = start
  let seen = 0
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    const properties = propertiesAt(text, at, code)
    if ((properties & stopAt) !== 0) return UNREAD
    if ((properties & (ALNUM | MARK)) !== 0) {
      seen |= properties
      at += code >= 0xd800 && code < 0xdc00 ? 2 : 1
      continue
    }
    if (code >= 0x80 ? !isApostrophe(code) : code < AMPERSAND || code > DOT) break
    const cuts = code === DOT || code === HYPHEN
    if (!cuts && code !== AMPERSAND && !isApostrophe(code)) break
    if ((propertiesAt(text, at + 1, text.charCodeAt(at + 1)) & (ALNUM | MARK)) === 0) break
    if (cuts) {
      addWord(text, word, withoutPossessive(text, word, at), seen, tokens)
      word = at + 1
      seen = 0
    } else if (code !== AMPERSAND) seen |= code === APOSTROPHE ? STRAIGHT : CURLY
    at++
  }
  // The possessive of the unit, then that of its last word.
  addWord(text, word, withoutPossessive(text, word, withoutPossessive(text, word, at)), seen, tokens)
  return at
}

function withoutPossessive(text: string, start: number, end: number): number {
  return end - start > 2 && (text.charCodeAt(end - 1) | 0x20) === 0x73 && isApostrophe(text.charCodeAt(end - 2))
    ? end - 2
    : end
}

function addWord(text: string, start: number, end: number, seen: number, tokens: TextToken[]): void {
  if ((seen & UNSPACED) !== 0) {
    addUnspaced(text, start, end, tokens)
    return
  }
  let cased = clip(text, start, end)
  if ((seen & CURLY) !== 0) cased = cased.replace(/[\u2018\u2019\u02bc]/g, "'")
  let form = cased
  if ((seen & FOLDS) !== 0) form = fold(cased)
  else {
    if ((seen & UPPER) !== 0) form = cased.toLowerCase()
    if ((seen & (STRAIGHT | CURLY)) !== 0) form = form.replaceAll("'", '')
  }
  tokens.push({ kind: 'word', form, cased, start, end })
}

/** A word with characters of scripts that put no blanks between words: its runs of other scripts are words of their own. */
function addUnspaced(text: string, start: number, end: number, tokens: TextToken[]): void {
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
    addRun(text, runStart, at, seen, tokens)
    at = addBigrams(text, at, end, tokens)
  }
}

/** A run of other scripts, without what joined it to its neighbours. */
function addRun(text: string, runStart: number, runEnd: number, seen: number, tokens: TextToken[]): void {
  let [start, end] = [runStart, runEnd]
  const joins = (at: number): boolean => (propertiesAt(text, at, text.charCodeAt(at)) & (ALNUM | MARK)) === 0
  // A low surrogate alone has no property; it never stands at an end of a run without its high one.
  const isLow = (at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00
  while (start < end && joins(start)) start++
  while (end > start && !isLow(end - 1) && joins(end - 1)) end--
  end = withoutPossessive(text, start, end)
  if (start < end) addWord(text, start, end, seen, tokens)
}

function addBigrams(text: string, start: number, end: number, tokens: TextToken[]): number {
  let before = start
  let at = start
  while (at < end && (propertiesAt(text, at, text.charCodeAt(at)) & UNSPACED) !== 0) {
    const next = clusterEnd(text, at, end)
    if (at > start) addBigram(text, before, at, next, tokens)
    before = at
    at = next
  }
  if (at > start) addBigram(text, before, at, at, tokens)
  return at
}

function addBigram(text: string, start: number, middle: number, end: number, tokens: TextToken[]): void {
  const cased = clip(text, start, middle) + clip(text, middle, end)
  tokens.push({ kind: 'word', form: foldUnspaced(cased), cased, start, end })
}

/** A character with the marks that follow it. */
function clusterEnd(text: string, start: number, end: number): number {
  let at = start + (text.codePointAt(start)! > 0xffff ? 2 : 1)
  while (at < end && (propertiesAt(text, at, text.charCodeAt(at)) & MARK) !== 0)
    at += text.codePointAt(at)! > 0xffff ? 2 : 1
  return at
}

function readHashtag(text: string, hash: number, tokens: TextToken[], stopAt: number): number {
  let at = hash + 1
  let seen = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    const properties = propertiesAt(text, at, code)
    if ((properties & stopAt) !== 0) return UNREAD
    // Vowel signs of Hindi or Thai are part of a tag, the keycap of #️⃣ is not.
    const inside = (properties & ALNUM) !== 0 || ((properties & MARK) !== 0 && at > hash + 1 && !isEmojiMark(code))
    if (!inside && code !== UNDERSCORE) break
    seen |= properties
    at += code >= 0xd800 && code < 0xdc00 ? 2 : 1
  }
  if (at === hash + 1) return at
  const body = clip(text, hash + 1, at)
  let form = body
  if ((seen & FOLDS) !== 0) form = (seen & UNSPACED) !== 0 ? foldUnspaced(body) : fold(body)
  else if ((seen & UPPER) !== 0) form = body.toLowerCase()
  tokens.push({ kind: 'hashtag', form, cased: form, start: hash, end: at })
  return at
}

function readHandle(text: string, sign: number, tokens: TextToken[]): number {
  let at = sign + 1
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code !== UNDERSCORE && (code >= 0x80 || (propertiesOf(code) & ALNUM) === 0)) break
    at++
  }
  if (at === sign + 1) return at
  const form = clip(text, sign + 1, at).toLowerCase()
  tokens.push({ kind: 'handle', form, cased: form, start: sign, end: at })
  return at
}

/** A URL reaches to the next blank. */
function readUrl(text: string, start: number, tokens: TextToken[], stopAt: number): number {
  let at = start
  while (at < text.length) {
    const properties = propertiesAt(text, at, text.charCodeAt(at))
    if ((properties & stopAt) !== 0) return UNREAD
    if ((properties & SPACE) !== 0) break
    at++
  }
  const form = hostOf(text, start, at)
  tokens.push({ kind: 'url', form, cased: form, start, end: at })
  return at
}

/** Of the code point that starts at `at`; 0 behind the end and in the middle of a pair. */
function propertiesAt(text: string, at: number, code: number): number {
  if (code < 0xd800) return propertiesOf(code)
  if (at >= text.length) return 0
  return propertiesOf(code < 0xdc00 ? text.codePointAt(at)! : code)
}

/** From offsets in the clean text to offsets in the original. Both ends only grow from token to token. */
function restoreOffsets(tokens: readonly TextToken[], edits: readonly Edit[]): void {
  if (edits.length === 0) return
  let before = 0
  let last = 0
  for (const token of tokens) {
    while (before < edits.length && edits[before]!.cleanStart <= token.start) before++
    while (last < edits.length && edits[last]!.cleanStart < token.end) last++
    const atStart = edits[before - 1]
    const atEnd = edits[last - 1]
    if (atStart !== undefined)
      token.start = token.start < atStart.cleanEnd ? atStart.start : token.start - atStart.cleanEnd + atStart.end
    if (atEnd !== undefined)
      token.end = token.end <= atEnd.cleanEnd ? atEnd.end : token.end - atEnd.cleanEnd + atEnd.end
  }
}
