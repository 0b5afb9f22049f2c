import { CharClass, classOf, foldOf } from './char-class.ts'
import { isApostrophe } from './unit.ts'

/** Copies of one character in a row that a folded form keeps. */
export const MAX_REPEATS = 3

/** FNV-1a over UTF-16 units (Fowler, Noll, Vo). */
export const HASH_SEED = 0x811c9dc5 | 0
export const hashUnit = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193)

/** Spreads every bit over all (finalizer of MurmurHash3; A. Appleby, public domain). */
export function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** The hash that a token with this folded form has, for word lists. `word` must be one token without fancy letters. */
export function hashWord(word: string): number {
  let hash = HASH_SEED
  let previous = -1
  let repeats = 0
  for (let i = 0; i < word.length; i++) {
    const unit = word.charCodeAt(i)
    if (classOf(unit) === CharClass.Ignored) continue
    const folded = isApostrophe(unit) ? 39 : foldOf(unit)
    repeats = folded === previous ? repeats + 1 : 1
    previous = folded
    if (repeats <= MAX_REPEATS) hash = hashUnit(hash, folded)
  }
  return mixed(hash)
}
