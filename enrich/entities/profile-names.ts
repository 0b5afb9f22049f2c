import { type PostTokens, TokenKind } from '#enrich/text/post-tokens.ts'
import { isApostrophe } from '#enrich/text/unit.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import type { EntityType } from '#schemas/generated.ts'
import type { FoundNames } from './found-names.ts'
import { foldedHash } from './name-units.ts'

const HYPHEN = 45

interface ProfileName {
  readonly type: EntityType
  readonly id: string | null
  readonly reason: string
  readonly words: readonly number[]
}

/** The names that a brand profile lists, found in any case and with or without accents, hyphens and a possessive. */
export class ProfileNames {
  /** By the hash of the first word, longest first. */
  readonly #byFirst = new Map<number, ProfileName[]>()
  /** By the hash of a hashtag: the name without blanks. */
  readonly #byTag = new Map<number, ProfileName>()
  /** Lower case, without the @. */
  readonly #byHandle = new Map<string, ProfileName>()

  /** `tokens` is only used to read the names of the profile. */
  constructor(profile: BrandProfile, tokens: PostTokens) {
    const { id, name } = profile
    const add = (names: readonly string[], type: EntityType, brand: string | null, reason: string): void => {
      for (const listed of names) this.#add(listed, { type, id: brand, reason, words: [] }, tokens)
    }
    add([name], 'brand', id, `name of the brand ${name}`)
    add(profile.products, 'product', id, `product in the profile of ${name}`)
    add(profile.people, 'person', id, `person in the profile of ${name}`)
    add(profile.places, 'place', id, `place in the profile of ${name}`)
    add(profile.rivals, 'brand', null, `rival in the profile of ${name}`)
    for (const handle of profile.handles) {
      const reason = `account in the profile of ${name}`
      this.#byHandle.set(handle.replace(/^@/, '').toLowerCase(), { type: 'brand', id, reason, words: [] })
    }
    for (const names of this.#byFirst.values()) names.sort((a, b) => b.words.length - a.words.length)
  }

  /** Adds what stands in `tokens` (read from `text`) to `found`, leftmost and longest first, and none on top of another. */
  find(text: string, tokens: PostTokens, found: FoundNames): void {
    for (let i = 0; i < tokens.count; i++) {
      const kind = tokens.kinds[i]!
      const start = tokens.starts[i]!
      if (kind === TokenKind.Handle) {
        const name = this.#byHandle.get(text.slice(start + 1, tokens.ends[i]!).toLowerCase())
        if (name !== undefined) found.add(start, tokens.ends[i]!, name)
      } else if (kind === TokenKind.Hashtag) {
        const name = this.#byTag.get(tokens.hashes[i]!)
        if (name !== undefined) found.add(start + 1, tokens.ends[i]!, name)
      } else {
        const candidates = this.#byFirst.get(wordHash(text, tokens, i))
        if (candidates === undefined) continue
        for (const name of candidates) {
          const last = lastToken(text, tokens, i, name.words)
          if (last < 0) continue
          found.add(start, wordEnd(text, tokens, last), name)
          i = last
          break
        }
      }
    }
  }

  #add(listed: string, name: ProfileName, tokens: PostTokens): void {
    tokens.read(listed)
    const words: number[] = []
    let joined = ''
    for (let i = 0; i < tokens.count; i++) {
      const word = listed.slice(tokens.starts[i]!, tokens.ends[i]!)
      if (word === '-') continue
      words.push(wordHash(listed, tokens, i))
      joined += word
    }
    const [first] = words
    if (first === undefined) return
    const known = { ...name, words }
    const sameFirst = this.#byFirst.get(first)
    if (sameFirst === undefined) this.#byFirst.set(first, [known])
    else sameFirst.push(known)
    const tag = foldedHash(joined, 0, joined.length)
    if (!this.#byTag.has(tag)) this.#byTag.set(tag, known)
  }
}

/** The token on which a name that begins at token `from` ends, or -1. Hyphens between its words do not count. */
function lastToken(text: string, tokens: PostTokens, from: number, words: readonly number[]): number {
  let last = from
  for (let w = 1; w < words.length; w++) {
    last++
    if (text.charCodeAt(tokens.starts[last]!) === HYPHEN && tokens.ends[last]! - tokens.starts[last]! === 1) last++
    if (last >= tokens.count || wordHash(text, tokens, last) !== words[w]) return -1
  }
  return last
}

/** Hash of what is written, without a possessive; the tokens' own hash is the same for all links and for all numbers of a shape. */
function wordHash(text: string, tokens: PostTokens, i: number): number {
  const kind = tokens.kinds[i]!
  const end = wordEnd(text, tokens, i)
  const isShared = kind === TokenKind.Url || kind === TokenKind.Number
  return isShared || end < tokens.ends[i]! ? foldedHash(text, tokens.starts[i]!, end) : tokens.hashes[i]!
}

function wordEnd(text: string, tokens: PostTokens, i: number): number {
  const end = tokens.ends[i]!
  const isOwner =
    tokens.kinds[i] === TokenKind.Word &&
    end - tokens.starts[i]! > 2 &&
    isApostrophe(text.charCodeAt(end - 2)) &&
    (text.charCodeAt(end - 1) | 32) === 115
  return isOwner ? end - 2 : end
}
