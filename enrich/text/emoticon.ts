import { isAsciiAlphanumeric } from './unit.ts'

const set = (characters: string): Uint8Array => {
  const table = new Uint8Array(128)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}
const has = (table: Uint8Array, unit: number): boolean => unit < 128 && table[unit] === 1

const EYES = set(':;=')
const NOSE = set("-'^o~,")
const MOUTH = set(')(]}[{|/\\*@$DPpOocCSsXx3><')
const MIRRORED_MOUTH = set(')(][{}D')
const FACE_SIDE = set('^-><oOTtuU;xX.')

/** Where the emoticon that begins at `start` ends, or `start` when there is none: `:-)`, `(:`, `<3`, `>:(`, `^_^`. */
export function emoticonEnd(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (first >= 128) return start
  if (first === 60) return heartEnd(text, start)
  const brow = first === 62 && has(EYES, text.charCodeAt(start + 1)) ? 1 : 0
  const upright = uprightEnd(text, start + brow)
  if (upright > start + brow) return upright
  if (has(MIRRORED_MOUTH, first)) {
    const nose = has(NOSE, text.charCodeAt(start + 1)) && has(EYES, text.charCodeAt(start + 2)) ? 1 : 0
    const eyes = text.charCodeAt(start + 1 + nose)
    // A bracket closed before a colon is punctuation unless the face ends there.
    if ((eyes === 58 || eyes === 59 || eyes === 61) && !isFaceGoingOn(text, start + 2 + nose)) {
      if (!isAsciiAlphanumeric(text.charCodeAt(start - 1)) || first === 40) return start + 2 + nose
    }
  }
  return sidewaysEnd(text, start, first)
}

function uprightEnd(text: string, start: number): number {
  if (!has(EYES, text.charCodeAt(start))) return start
  let at = start + 1
  if (text.charCodeAt(at) === 39 && has(MOUTH, text.charCodeAt(at + 1)))
    at++ // a tear
  else if (has(NOSE, text.charCodeAt(at)) && has(MOUTH, text.charCodeAt(at + 1))) at++
  const mouth = text.charCodeAt(at)
  if (!has(MOUTH, mouth)) return start
  if (
    isAsciiAlphanumeric(mouth) &&
    (isAsciiAlphanumeric(text.charCodeAt(at + 1)) || isAsciiAlphanumeric(text.charCodeAt(start - 1)))
  ) {
    return start
  }
  if (mouth === 47 && text.charCodeAt(at + 1) === 47) return start
  at++
  while (text.charCodeAt(at) === mouth && !isAsciiAlphanumeric(mouth)) at++ // :)))
  return at
}

function heartEnd(text: string, start: number): number {
  const broken = text.charCodeAt(start + 1) === 47 || text.charCodeAt(start + 1) === 92 ? 1 : 0
  let at = start + 1 + broken
  if (text.charCodeAt(at) !== 51) return start
  while (text.charCodeAt(at) === 51) at++
  return isAsciiAlphanumeric(text.charCodeAt(at)) ? start : at
}

function sidewaysEnd(text: string, start: number, first: number): number {
  const middle = text.charCodeAt(start + 1)
  if (middle !== 95 && middle !== 46) return start
  const last = text.charCodeAt(start + 2)
  if (!has(FACE_SIDE, first) || !has(FACE_SIDE, last) || first === 46) return start
  if (middle === 46 && !(first === 62 || first === 94)) return start
  if (isAsciiAlphanumeric(text.charCodeAt(start - 1)) || isAsciiAlphanumeric(text.charCodeAt(start + 3))) return start
  return start + 3
}

const isFaceGoingOn = (text: string, at: number): boolean => {
  const next = text.charCodeAt(at)
  return isAsciiAlphanumeric(next) || next === 47 || next === 41 || next === 40
}
