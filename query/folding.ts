import { isApostrophe } from './characters.ts'
import { fold } from './fold.ts'

/** Marks and apostrophes: they leave no trace in a folded form. */
export const DROPPED = 1
/** Folds to something that one unit alone does not tell: half of a pair, a final sigma, a letter of Hangul. */
export const UNCLEAR = 2

const folded = new Uint16Array(0x10000)

/**
 * What a UTF-16 unit becomes in the folded form of any word that has it, DROPPED or UNCLEAR. Units of one word folded one
 * by one are `fold` of the word, unless one is UNCLEAR or all are DROPPED.
 */
export function foldUnit(unit: number): number {
  const known = folded[unit]!
  if (known !== 0) return known
  const found = classify(unit)
  folded[unit] = found
  return found
}

function classify(unit: number): number {
  const isSurrogate = unit >= 0xd800 && unit < 0xe000
  const isJamo =
    (unit >= 0x1100 && unit < 0x1200) || (unit >= 0xa960 && unit < 0xa980) || (unit >= 0xd7b0 && unit < 0xd800)
  if (unit <= UNCLEAR || isSurrogate || isJamo || unit === 0x3a3) return UNCLEAR
  const character = String.fromCharCode(unit)
  if (isApostrophe(unit) || /\p{M}/u.test(character)) return DROPPED
  const form = fold(character)
  return form.length === 1 ? form.charCodeAt(0) : UNCLEAR
}

/** The folded forms of the letters and digits among the first 128 units, 0 of all others. */
export const ASCII_FOLDED = Uint8Array.from({ length: 128 }, (_, unit) =>
  /[a-z0-9]/i.test(String.fromCharCode(unit)) ? foldUnit(unit) : 0,
)

/** Of a form that is still empty. */
export const EMPTY_HASH = 0x811c9dc5 | 0
/** Of units that have to be folded together, or are too many. */
export const NO_HASH = 0

/** The hash of a form that one more unit was put behind (FNV-1a over units). */
export const hashOn = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193)

/** The hash of the folded form of these units, or NO_HASH. */
export function foldedHash(units: Uint16Array, start: number, end: number): number {
  let hash = EMPTY_HASH
  for (let at = start; at < end; at++) {
    const unit = foldUnit(units[at]!)
    if (unit === UNCLEAR) return NO_HASH
    if (unit !== DROPPED) hash = hashOn(hash, unit)
  }
  return hash
}

export function hashOf(form: string): number {
  let hash = EMPTY_HASH
  for (let at = 0; at < form.length; at++) hash = hashOn(hash, form.charCodeAt(at))
  return hash
}

/** Is `form` what the units from `start` to `end` fold to? */
export function foldsTo(form: string, units: Uint16Array, start: number, end: number): boolean {
  let length = 0
  for (let at = start; at < end; at++) {
    const unit = foldUnit(units[at]!)
    if (unit === DROPPED) continue
    if (form.charCodeAt(length++) !== unit) return false
  }
  return length === form.length
}
