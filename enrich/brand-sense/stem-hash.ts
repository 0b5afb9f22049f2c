import { classOf, foldOf } from '#enrich/text/char-class.ts'
import { HASH_SEED, hashUnit, mixed } from '#enrich/text/word-hash.ts'

const unitOf = (letter: string): number => letter.charCodeAt(0)
const [A, D, E, G, I, N, O, S, U, Y] = [...'adeginosuy'].map(unitOf) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]
const APOSTROPHE = 39
const isVowel = (unit: number): boolean =>
  unit === A || unit === E || unit === I || unit === O || unit === U || unit === Y

/**
 * Hash of an English word without its inflection, so that `charge`, `charges`, `charged` and `charging` are one. A few rules of
 * our own; `folded[from..to)` is a folded form of `PostTokens`.
 */
export function stemHash(folded: Uint16Array, from: number, to: number): number {
  let end = to
  const last = (back: number): number => folded[end - back]!
  if (end - from > 2 && last(2) === APOSTROPHE && last(1) === S) end -= 2
  let tail = -1
  if (end - from > 3 && last(1) === S && last(2) !== S && last(2) !== U && last(2) !== I) {
    end--
    if (end - from > 2 && last(1) === E && last(2) === I) {
      end -= 2
      tail = Y
    }
  } else if (end - from > 5 && last(1) === G && last(2) === N && last(3) === I && hasVowel(folded, from, end - 3)) {
    end = undoubled(folded, from, end - 3)
  } else if (end - from > 4 && last(1) === D && last(2) === E && hasVowel(folded, from, end - 2)) {
    end -= 2
    if (last(1) === I) {
      end--
      tail = Y
    } else end = undoubled(folded, from, end)
  }
  if (tail < 0 && end - from > 3 && last(1) === E) end--
  let hash = HASH_SEED
  for (let i = from; i < end; i++) hash = hashUnit(hash, folded[i]!)
  return mixed(tail < 0 ? hash : hashUnit(hash, tail))
}

/** The same for a word of a list; it must be one token. */
export function stemHashOf(word: string): number {
  const folded = Uint16Array.from(word, (char) => {
    const unit = char.charCodeAt(0)
    classOf(unit)
    return foldOf(unit)
  })
  return stemHash(folded, 0, folded.length)
}

function hasVowel(folded: Uint16Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (isVowel(folded[i]!)) return true
  return false
}

/** `stopp` to `stop`, but `sell` stays. */
function undoubled(folded: Uint16Array, from: number, end: number): number {
  const unit = folded[end - 1]!
  const isDoubled = end - from > 3 && folded[end - 2] === unit && !isVowel(unit)
  return isDoubled && unit !== S && unit !== unitOf('l') && unit !== unitOf('z') ? end - 1 : end
}
