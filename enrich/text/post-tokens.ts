import { CharClass, classOf, classOfAstral, foldOf, foldOfAstral, isUpper } from './char-class.ts'
import { emoticonEnd } from './emoticon.ts'
import { bareLinkEnd, linkEnd } from './link-end.ts'
import { isApostrophe, isDigitAt, isEmojiPoint, isHandleUnit, isLetterAt, isRegional, isWordUnit } from './unit.ts'
import { HASH_SEED, hashUnit, hashWord, MAX_REPEATS, mixed } from './word-hash.ts'

export const TokenKind = {
  Word: 0,
  Number: 1,
  Url: 2,
  Handle: 3,
  Hashtag: 4,
  Emoji: 5,
  Emoticon: 6,
  Punctuation: 7,
} as const
export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind]

/** Bits of `flags`. */
export const TokenFlag = {
  /** The first letter is a capital. */
  Capital: 1,
  /** Two letters or more, all capitals. */
  AllCaps: 2,
  /** A letter or mark stands more than twice in a row: `soooo`, `!!!`. */
  Elongated: 4,
  HasDigit: 8,
  /** A capital after a small letter: `iPhone`. */
  InnerCapital: 16,
  /** No blank between this token and the one before. */
  Glued: 32,
} as const

const ESCAPES: readonly (readonly [string, number])[] = [
  ['&amp;', 38],
  ['&lt;', 60],
  ['&gt;', 62],
  ['&quot;', 34],
  ['&#39;', 39],
]

const URL_HASH = hashWord('http://')
const HANDLE_HASH = hashWord('@user')

/**
 * The tokens of a post as a struct of arrays, made in one pass whose time is linear in the text. One instance is used again
 * for every post, so what it holds is true until the next `read`. Offsets are UTF-16 units of the text, ends exclusive.
 */
export class PostTokens {
  count = 0
  starts = new Int32Array(256)
  ends = new Int32Array(256)
  kinds = new Uint8Array(256)
  flags = new Uint8Array(256)
  /** Of the folded form. All links share one hash, all handles another; a hashtag has that of its word, a number that of its shape. */
  hashes = new Int32Array(256)
  /** Folded forms, one after the other: lower case, no accents, repeats cut to three. Empty for links and handles. */
  folded = new Uint16Array(1024)
  /** Where the folded form of each token begins; one more entry than tokens. */
  foldedStarts = new Int32Array(257)

  #text = ''
  #at = 0
  #foldedCount = 0
  // State of the folded form that is being written.
  #hash = 0
  #previous = -1
  #repeats = 0
  #isElongated = false
  readonly #scanned = { end: 0 }

  /** Reads a text; the same text always gives the same tokens. */
  read(text: string): this {
    this.#text = text
    this.#at = 0
    this.count = 0
    this.#foldedCount = 0
    this.#scanned.end = 0
    this.#reserve(text.length)
    let lastEnd = -1
    while (this.#at < text.length) {
      const start = this.#at
      const kind = this.#next(start)
      if (kind < 0) continue
      if (start === lastEnd) this.flags[this.count]! |= TokenFlag.Glued
      lastEnd = this.#at
      this.starts[this.count] = start
      this.ends[this.count] = this.#at
      this.kinds[this.count] = kind
      this.count++
      this.foldedStarts[this.count] = this.#foldedCount
    }
    this.#text = ''
    return this
  }

  /** Moves past one token and answers its kind, or past a blank and answers -1. */
  #next(start: number): number {
    const text = this.#text
    const unit = text.charCodeAt(start)
    let kind = classOf(unit)
    let width = 1
    if (kind === CharClass.High) {
      const point = text.codePointAt(start)!
      if (point > 0xffff) {
        kind = classOfAstral(point)
        width = 2
      } else kind = CharClass.Other
    }
    if (kind === CharClass.Space || kind === CharClass.Ignored) {
      this.#at = start + width
      return -1
    }
    this.flags[this.count] = 0
    this.#begin()
    switch (kind) {
      case CharClass.Letter:
        return this.#wordOrLink(start)
      case CharClass.Digit:
        return this.#number(start)
      case CharClass.Ideograph:
        return this.#ideograph(start, width)
      case CharClass.Emoji:
        return this.#emoji(start, width)
      default:
        return this.#mark(start, unit, width)
    }
  }

  #wordOrLink(start: number): number {
    const end = linkEnd(this.#text, start)
    if (end > start) return this.#link(end)
    if (start >= this.#scanned.end) {
      const bareEnd = bareLinkEnd(this.#text, start, this.#scanned)
      if (bareEnd > start) return this.#link(bareEnd)
    }
    const face = this.#text.charCodeAt(start + 1) === 95 ? emoticonEnd(this.#text, start) : start
    if (face > start) return this.#whole(face, TokenKind.Emoticon)
    return this.#word(start, false)
  }

  #link(end: number): number {
    this.#at = end
    this.hashes[this.count] = URL_HASH
    return TokenKind.Url
  }

  /** Letters, digits, and what joins them; a word has a letter. `tag` also takes `_`. */
  #word(start: number, tag: boolean): number {
    const text = this.#text
    let at = start
    let letters = 0
    let capitals = 0
    let flags = 0
    let lower = false
    while (at < text.length) {
      const unit = text.charCodeAt(at)
      const kind = classOf(unit)
      if (kind === CharClass.Letter) {
        if (isUpper(unit)) {
          if (letters === 0) flags |= TokenFlag.Capital
          if (lower) flags |= TokenFlag.InnerCapital
          capitals++
        } else lower = true
        letters++
        this.#write(foldOf(unit))
        at++
      } else if (kind === CharClass.Digit) {
        flags |= TokenFlag.HasDigit
        this.#write(foldOf(unit))
        at++
      } else if (kind === CharClass.Ignored) at++
      else if (kind === CharClass.High) {
        const point = text.codePointAt(at)!
        const astral = point > 0xffff ? classOfAstral(point) : CharClass.Other
        if (astral === CharClass.Letter) {
          letters++
          this.#write(foldOfAstral(point))
        } else if (astral !== CharClass.Ignored) break
        at += 2
      } else if (tag && (unit === 95 || kind === CharClass.Ideograph)) {
        this.#write(unit)
        if (kind === CharClass.Ideograph) letters++
        at++
      } else if (isApostrophe(unit) && letters > 0 && isLetterAt(text, at + 1)) {
        this.#write(39)
        at++
      } else break
    }
    if (capitals > 1 && capitals === letters) flags |= TokenFlag.AllCaps
    this.flags[this.count]! |= flags
    this.#at = at
    this.#finish()
    return letters === 0 ? TokenKind.Number : TokenKind.Word
  }

  /** `3.39`, `10:30`, `1,000`; becomes a word where letters follow: `2nd`. */
  #number(start: number): number {
    const text = this.#text
    let at = start
    while (at < text.length) {
      const unit = text.charCodeAt(at)
      const kind = classOf(unit)
      if (kind === CharClass.Digit) this.#write(48)
      else if ((unit === 46 || unit === 44 || unit === 58) && isDigitAt(text, at + 1)) this.#write(unit)
      else if (kind !== CharClass.Ignored) break
      at++
    }
    if (isLetterAt(text, at)) {
      this.#begin()
      for (let i = start; i < at; i++) {
        if (classOf(text.charCodeAt(i)) !== CharClass.Ignored) this.#write(foldOf(text.charCodeAt(i)))
      }
      const kind = this.#word(at, false)
      this.flags[this.count]! |= TokenFlag.HasDigit
      return kind
    }
    this.#at = at
    this.flags[this.count]! |= TokenFlag.HasDigit
    this.#finish()
    return TokenKind.Number
  }

  #ideograph(start: number, width: number): number {
    for (let i = 0; i < width; i++) this.#write(this.#text.charCodeAt(start + i))
    this.#at = start + width
    this.#finish()
    return TokenKind.Word
  }

  /** One picture as people see it: with skin tone, joined parts (👩‍💻), both letters of a flag. The hash leaves tone and sex out. */
  #emoji(start: number, width: number): number {
    const text = this.#text
    let at = start + width
    const first = text.codePointAt(start)!
    for (let i = start; i < at; i++) this.#write(text.charCodeAt(i))
    const isFlag = isRegional(first)
    if (isFlag && at < text.length && isRegional(text.codePointAt(at)!)) {
      this.#write(text.charCodeAt(at))
      this.#write(text.charCodeAt(at + 1))
      at += 2
    }
    while (at < text.length) {
      const point = text.codePointAt(at)!
      if (point === 0xfe0f || point === 0xfe0e || point === 0x20e3) at++
      else if (point >= 0x1f3fb && point <= 0x1f3ff) at += 2
      else if (point === 0x200d && at + 1 < text.length && isEmojiPoint(text.codePointAt(at + 1)!)) {
        const joined = text.codePointAt(at + 1)!
        at += joined > 0xffff ? 3 : 2
        if (joined > 0xffff) {
          this.#write(text.charCodeAt(at - 2))
          this.#write(text.charCodeAt(at - 1))
        }
      } else break
    }
    this.#at = at
    this.#finish()
    return TokenKind.Emoji
  }

  #mark(start: number, unit: number, width: number): number {
    const text = this.#text
    if (unit === 64 && isHandleUnit(text.charCodeAt(start + 1)) && !isWordUnit(text.charCodeAt(start - 1))) {
      return this.#handle(start)
    }
    if ((unit === 35 || unit === 0xff03) && !isWordUnit(text.charCodeAt(start - 1))) {
      const end = this.#hashtag(start)
      if (end > start) return TokenKind.Hashtag
    }
    if (unit === 38) {
      const escaped = this.#escape(start)
      if (escaped >= 0) return escaped
    }
    const face = emoticonEnd(text, start)
    if (face > start) return this.#whole(face, TokenKind.Emoticon)
    let at = start + width
    for (let i = start; i < at; i++) this.#write(text.charCodeAt(i))
    if (width === 1) for (; text.charCodeAt(at) === unit; at++) this.#write(unit)
    this.#at = at
    this.#finish()
    return TokenKind.Punctuation
  }

  /** `@name`, `@name.bsky.social`, `@name@host`. */
  #handle(start: number): number {
    const text = this.#text
    let at = start + 1
    while (at < text.length) {
      const unit = text.charCodeAt(at)
      if (!isHandleUnit(unit)) {
        const joins = unit === 46 || unit === 45 || unit === 64
        if (!joins || !isHandleUnit(text.charCodeAt(at + 1))) break
      }
      at++
    }
    this.#at = at
    this.hashes[this.count] = HANDLE_HASH
    return TokenKind.Handle
  }

  #hashtag(start: number): number {
    const kept = this.#at
    if (!isWordUnit(this.#text.charCodeAt(start + 1)) && this.#text.charCodeAt(start + 1) !== 95) return start
    if (this.#word(start + 1, true) === TokenKind.Word) return this.#at
    // `#1` is a mark and a number.
    this.#at = kept
    this.flags[this.count] = 0
    this.#begin()
    return start
  }

  /** Markup that a source left in the text: `&amp;` is one mark, `&lt;3` a heart. */
  #escape(start: number): number {
    const text = this.#text
    for (const [name, mark] of ESCAPES) {
      if (!text.startsWith(name, start)) continue
      const isHeart =
        mark === 60 &&
        text.charCodeAt(start + name.length) === 51 &&
        !isWordUnit(text.charCodeAt(start + name.length + 1))
      this.#write(mark)
      if (isHeart) this.#write(51)
      this.#at = start + name.length + Number(isHeart)
      this.#finish()
      return isHeart ? TokenKind.Emoticon : TokenKind.Punctuation
    }
    return -1
  }

  #whole(end: number, kind: TokenKind): number {
    for (let i = this.#at; i < end; i++) {
      const unit = this.#text.charCodeAt(i)
      classOf(unit)
      this.#write(foldOf(unit))
    }
    this.#at = end
    this.#finish()
    return kind
  }

  #begin(): void {
    this.#foldedCount = this.foldedStarts[this.count]!
    this.#hash = HASH_SEED
    this.#previous = -1
    this.#repeats = 0
    this.#isElongated = false
  }

  #write(unit: number): void {
    if (unit === this.#previous) {
      this.#repeats++
      if (this.#repeats > 2) this.#isElongated = true
      if (this.#repeats > MAX_REPEATS) return
    } else {
      this.#previous = unit
      this.#repeats = 1
    }
    this.folded[this.#foldedCount++] = unit
    this.#hash = hashUnit(this.#hash, unit)
  }

  #finish(): void {
    this.hashes[this.count] = mixed(this.#hash)
    if (this.#isElongated) this.flags[this.count]! |= TokenFlag.Elongated
  }

  /** A text has at most as many tokens as units; what a hostile one made large is given back. */
  #reserve(length: number): void {
    const wanted = Math.max(256, length + 1)
    if (this.starts.length < wanted || this.starts.length > 16 * Math.max(wanted, 4096)) {
      this.starts = new Int32Array(wanted)
      this.ends = new Int32Array(wanted)
      this.kinds = new Uint8Array(wanted)
      this.flags = new Uint8Array(wanted)
      this.hashes = new Int32Array(wanted)
      this.folded = new Uint16Array(4 * wanted)
      this.foldedStarts = new Int32Array(wanted + 1)
    }
    this.foldedStarts[0] = 0
  }
}
