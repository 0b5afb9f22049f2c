import { CharClass, classOf, classOfAstral } from './char-class.ts'

// Questions about one UTF-16 unit, or about the unit at a place of a text; beyond its ends the answer is no.

export const isApostrophe = (unit: number): boolean =>
  unit === 39 || unit === 0x2019 || unit === 0x2018 || unit === 0x02bc

/** A letter, digit or ideograph of any script. */
export function isWordUnit(unit: number): boolean {
  if (Number.isNaN(unit)) return false
  const kind = classOf(unit)
  return kind === CharClass.Letter || kind === CharClass.Digit || kind === CharClass.Ideograph
}

export const isAsciiAlphanumeric = (unit: number): boolean =>
  (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122)

export const isHandleUnit = (unit: number): boolean => unit === 95 || isAsciiAlphanumeric(unit)

export const isLetterAt = (text: string, at: number): boolean =>
  at < text.length && classOf(text.charCodeAt(at)) === CharClass.Letter

export const isDigitAt = (text: string, at: number): boolean =>
  at < text.length && classOf(text.charCodeAt(at)) === CharClass.Digit

/** Half of a flag. */
export const isRegional = (point: number): boolean => point >= 0x1f1e6 && point <= 0x1f1ff

export const isEmojiPoint = (point: number): boolean =>
  point > 0xffff ? classOfAstral(point) === CharClass.Emoji : classOf(point) === CharClass.Emoji
