import { FoundNames } from '#enrich/entities/found-names.ts'
import { ProfileNames } from '#enrich/entities/profile-names.ts'
import { firstCharacters } from '#enrich/text/first-characters.ts'
import { PostTokens, TokenKind } from '#enrich/text/post-tokens.ts'
import { hashWord } from '#enrich/text/word-hash.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import type { Entity, Mention } from '#schemas/generated.ts'
import { mentionText } from '#schemas/mention.ts'
import { INTERACTION, SETTLED_MS } from './fit-weights.ts'

/** What a mention says about the brand and its author, gathered once for all parts. */
export interface FitFacts {
  /** Names of the profile in title and text, and in the author's bio; rivals apart. */
  readonly named: readonly Entity[]
  readonly namedInTitle: boolean
  readonly namedInBio: readonly Entity[]
  readonly rivalsInBio: readonly Entity[]
  readonly rivalAccount: boolean
  /** Different words of the brand's trade in the text and in the bio. */
  readonly tradeWords: number
  readonly tradeWordsInBio: number
  readonly isOwnAccount: boolean
  /** Weighted interactions; null when the payload holds none, or was made too early. */
  readonly interactions: number | null
  readonly isTooEarly: boolean
}

interface KnownProfile {
  readonly names: ProfileNames
  readonly words: ReadonlySet<number>
}

/** Reads mentions against brand profiles; keeps what it learnt of a profile for as long as the profile lives. */
export class FitReader {
  readonly #tokens = new PostTokens()
  readonly #known = new WeakMap<BrandProfile, KnownProfile>()

  read(mention: Mention, brands: readonly BrandProfile[]): FitFacts {
    const text = firstCharacters(mentionText(mention))
    const bio = firstCharacters(mention.author?.bio ?? '')
    const inText = this.#look(text, brands)
    const inBio = this.#look(bio, brands)
    const isRival = ({ id }: Entity): boolean => id === null
    const handle = mention.author?.handle?.replace(/^@/, '').toLowerCase()
    const { interactions, isTooEarly } = interactionsOf(mention)
    return {
      named: inText.found.filter((entity) => !isRival(entity)),
      namedInTitle: inText.found.some((entity) => !isRival(entity) && entity.end <= (mention.title?.length ?? 0)),
      namedInBio: inBio.found.filter((entity) => !isRival(entity)),
      rivalsInBio: inBio.found.filter(isRival),
      rivalAccount:
        handle !== undefined && brands.some(({ rivals }) => rivals.some((rival) => accountName(rival) === handle)),
      tradeWords: inText.words,
      tradeWordsInBio: inBio.words,
      isOwnAccount:
        handle !== undefined &&
        brands.some(({ handles }) => handles.some((own) => own.replace(/^@/, '').toLowerCase() === handle)),
      interactions,
      isTooEarly,
    }
  }

  #look(text: string, brands: readonly BrandProfile[]): { found: readonly Entity[]; words: number } {
    if (text === '') return { found: [], words: 0 }
    this.#tokens.read(text)
    const found = new FoundNames(text)
    const words = new Set<number>()
    for (const brand of brands) {
      const profile = this.#profile(brand)
      profile.names.find(text, this.#tokens, found)
      if (profile.words.size === 0) continue
      for (let i = 0; i < this.#tokens.count; i++) {
        const kind = this.#tokens.kinds[i]
        const isWord = kind === TokenKind.Word || kind === TokenKind.Hashtag
        if (isWord && profile.words.has(this.#tokens.hashes[i]!)) words.add(this.#tokens.hashes[i]!)
      }
    }
    return { found: found.inOrder(), words: words.size }
  }

  #profile(brand: BrandProfile): KnownProfile {
    const known = this.#known.get(brand)
    if (known !== undefined) return known
    const profile = { names: new ProfileNames(brand, new PostTokens()), words: new Set(brand.words.map(hashWord)) }
    this.#known.set(brand, profile)
    return profile
  }
}

const accountName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

function interactionsOf({ engagement, publishedAt }: Mention): {
  interactions: number | null
  isTooEarly: boolean
} {
  if (engagement === null) return { interactions: null, isTooEarly: false }
  const { likes, replies, shares, quotes, score, measuredAt } = engagement
  const isKnown = [likes, replies, shares, quotes, score].some((count) => count !== null)
  const isTooEarly = isKnown && measuredAt !== null && measuredAt - publishedAt < SETTLED_MS
  if (!isKnown || isTooEarly) return { interactions: null, isTooEarly }
  const sum =
    Math.max(likes ?? 0, score ?? 0) * INTERACTION.like +
    (replies ?? 0) * INTERACTION.reply +
    (quotes ?? 0) * INTERACTION.quote +
    (shares ?? 0) * INTERACTION.share
  return { interactions: Math.max(0, sum), isTooEarly }
}
