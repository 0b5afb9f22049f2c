import { type PostTokens, TokenKind } from '#enrich/text/post-tokens.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { wordRoles } from './sense-words.ts'
import { stemHash } from './stem-hash.ts'

/** Lists of a profile that a word or phrase may stand in. */
export const ListBit = { Word: 1, Product: 2, ProductWord: 4, Rival: 8, Person: 16, Place: 32, Not: 64 } as const

export interface Phrase {
  readonly stems: readonly number[]
  readonly bit: number
}

/** A profile made ready for look-ups by the stems of words. */
export class SenseProfile {
  /** The name's words, folded and joined as in a hashtag. */
  readonly joined: string
  readonly nameStems: readonly number[]
  /** Letters of the name's last word. */
  readonly lastLength: number
  /** List bits of single words. */
  readonly words: ReadonlyMap<number, number>
  /** Phrases by the stem of their first word, longest first. */
  readonly phrases: ReadonlyMap<number, readonly Phrase[]>
  /** Lower case, without the @. */
  readonly handles: ReadonlySet<string>
  readonly domains: readonly string[]

  /** `tokens` is only used to read the profile. */
  constructor(profile: BrandProfile, tokens: PostTokens) {
    const words = new Map<number, number>()
    const phrases = new Map<number, Phrase[]>()
    const name = stemsOf(profile.name, tokens)
    this.nameStems = name.stems
    this.joined = name.joined
    this.lastLength = name.lastLength
    const ownWords = new Set(name.stems)
    const add = (entries: readonly string[], bit: number): void => {
      for (const entry of entries) {
        const { stems } = stemsOf(entry, tokens)
        const [first] = stems
        if (first === undefined) continue
        const content = stems.filter((stem) => !ownWords.has(stem) && !wordRoles.has(stem))
        if (stems.length === 1) {
          if (!ownWords.has(first)) words.set(first, (words.get(first) ?? 0) | bit)
          continue
        }
        const same = phrases.get(first)
        if (same === undefined) phrases.set(first, [{ stems, bit }])
        else same.push({ stems, bit })
        const part = bit === ListBit.Product ? ListBit.ProductWord : bit === ListBit.Word ? ListBit.Word : 0
        if (part !== 0) for (const stem of content) words.set(stem, (words.get(stem) ?? 0) | part)
      }
    }
    add(profile.products, ListBit.Product)
    add(profile.words, ListBit.Word)
    add(profile.rivals, ListBit.Rival)
    add(profile.people, ListBit.Person)
    add(profile.places, ListBit.Place)
    add(profile.notWords, ListBit.Not)
    for (const same of phrases.values()) same.sort((a, b) => b.stems.length - a.stems.length)
    this.words = words
    this.phrases = phrases
    this.handles = new Set(profile.handles.map((handle) => handle.replace(/^@/, '').toLowerCase()))
    this.domains = profile.domains.map((domain) => domain.toLowerCase())
  }
}

function stemsOf(text: string, tokens: PostTokens): { stems: number[]; joined: string; lastLength: number } {
  tokens.read(text)
  const stems: number[] = []
  let joined = ''
  let lastLength = 0
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.kinds[i] !== TokenKind.Word && tokens.kinds[i] !== TokenKind.Number) continue
    const from = tokens.foldedStarts[i]!
    const to = tokens.foldedStarts[i + 1]!
    lastLength = to - from
    stems.push(stemHash(tokens.folded, from, to))
    for (let k = from; k < to; k++) joined += String.fromCharCode(tokens.folded[k]!)
  }
  return { stems, joined, lastLength }
}
