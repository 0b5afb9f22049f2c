/** What a UTF-16 code unit or an astral code point is to the tokenizer. */
export const CharClass = {
  Space: 1,
  Letter: 2,
  Digit: 3,
  /** Part of a word that says nothing: zero-width, bidi and variation marks, accents, Arabic vowel signs, tatweel. */
  Ignored: 4,
  /** A character of a script without spaces: a word of its own. */
  Ideograph: 5,
  Emoji: 6,
  Other: 7,
  High: 8,
} as const
export type CharClass = (typeof CharClass)[keyof typeof CharClass]

const ACCENT = /[\u0300-\u036f]/g
const IGNORED =
  /\p{Default_Ignorable_Code_Point}|[\u0300-\u036f]|[\u0591-\u05c7]|\u0640|[\u0610-\u061a]|[\u064b-\u065f]|\u0670/u
const IDEOGRAPH = /[\p{Script=Han}\u3007]/u
const LETTER = /[\p{L}\p{M}]/u
const DIGIT = /\p{Nd}/u
const SPACE = /[\s\p{Z}\p{Cc}]/u
const PICTOGRAPH = /\p{Extended_Pictographic}/u
const NOT_PICTURES = /[©®™‼⁉ℹ]/u

// Filled on first sight of a character: a process meets a few thousand of the 65,536.
const classes = new Uint8Array(0x10000)
const folds = new Uint16Array(0x10000)
const uppers = new Uint8Array(0x10000)

/** Class of a UTF-16 unit; `High` for the first half of a pair, `Other` for a second half on its own. */
export const classOf = (unit: number): number => classes[unit]! || learn(unit)

/** The unit in lower case, without accent and in its compatibility form, where that is one unit. Call `classOf` first. */
export const foldOf = (unit: number): number => folds[unit]!

/** Whether the unit is a capital letter. Call `classOf` first. */
export const isUpper = (unit: number): boolean => uppers[unit] === 1

function learn(unit: number): number {
  const char = String.fromCharCode(unit)
  folds[unit] = fold(char)
  uppers[unit] = Number(char !== char.toLowerCase())
  classes[unit] = unit >= 0xd800 && unit < 0xdc00 ? CharClass.High : classify(char)
  return classes[unit]!
}

function fold(char: string): number {
  const unit = char.charCodeAt(0)
  if (unit >= 0xd800 && unit < 0xe000) return unit
  const plain = char.normalize('NFKD').replace(ACCENT, '').toLowerCase().normalize('NFC')
  const lower = char.toLowerCase()
  return plain.length === 1 ? plain.charCodeAt(0) : lower.length === 1 ? lower.charCodeAt(0) : unit
}

function classify(char: string): number {
  if (IGNORED.test(char)) return CharClass.Ignored
  if (IDEOGRAPH.test(char)) return CharClass.Ideograph
  if (LETTER.test(char)) return CharClass.Letter
  if (DIGIT.test(char)) return CharClass.Digit
  if (SPACE.test(char)) return CharClass.Space
  if (PICTOGRAPH.test(char) && !NOT_PICTURES.test(char)) return CharClass.Emoji
  return CharClass.Other
}

/** Class of a code point beyond the basic plane. */
export function classOfAstral(point: number): number {
  if (point >= 0x1f000 && point <= 0x1faff) return CharClass.Emoji
  if (point >= 0x20000 && point <= 0x3ffff) return CharClass.Ideograph
  if (point >= 0xe0000 && point <= 0xe0fff) return CharClass.Ignored
  return LETTER.test(String.fromCodePoint(point)) ? CharClass.Letter : CharClass.Other
}

/** Fancy letters (𝗯𝗼𝗹𝗱) as plain ones; a mix of both halves where there is no plain form. */
export function foldOfAstral(point: number): number {
  const plain = String.fromCodePoint(point).normalize('NFKC').toLowerCase()
  return plain.length === 1 ? plain.charCodeAt(0) : (point * 31) & 0xffff
}
