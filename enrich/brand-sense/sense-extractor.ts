import { PostTokens, TokenFlag, TokenKind } from '#enrich/text/post-tokens.ts'
import { F } from './sense-features.ts'
import { ListBit, type SenseProfile } from './sense-profile.ts'
import { Role, WordClass, wordClasses, wordRoles } from './sense-words.ts'
import { stemHash } from './stem-hash.ts'

/** Tokens between a word and the name that still count as beside it. */
const NEAR = 4
/** A feature counts at most so many times in a post. */
const MOST_HITS = 3
const MOST_NAMES = 8
/** More than `MOST_HITS` times all features and six for each name. */
const MOST_FEATURES = 256
const COMMA = 44

/** The features of a post toward one profile: which, how much, and the token that shows it. Filled again by each `read`. */
export class SenseExtractor {
  count = 0
  features = new Int32Array(MOST_FEATURES)
  values = new Float64Array(MOST_FEATURES)
  at = new Int32Array(MOST_FEATURES)
  readonly tokens = new PostTokens()
  /** Whether the name stands there as a word of its own. */
  isNamed = false
  /** Whether a word of the profile beside its name stands in the post. */
  isToldByProfile = false

  readonly #seen = new Uint8Array(Object.keys(F).length)
  #stems = new Int32Array(256)
  /** Per token: 1 part of the name, 2 told by a phrase of the profile. */
  #taken = new Uint8Array(256)
  readonly #nameFrom = new Int32Array(MOST_NAMES)
  readonly #nameTo = new Int32Array(MOST_NAMES)
  #names = 0
  #text = ''

  /** Linear in the text. */
  read(text: string, profile: SenseProfile): this {
    const { tokens } = this
    tokens.read(text)
    this.#text = text
    this.count = 0
    this.isToldByProfile = false
    this.#seen.fill(0)
    this.#reserve(tokens.count)
    for (let i = 0; i < tokens.count; i++) {
      const kind = tokens.kinds[i]!
      this.#taken[i] = 0
      this.#stems[i] =
        kind === TokenKind.Word || kind === TokenKind.Hashtag || kind === TokenKind.Number
          ? stemHash(tokens.folded, tokens.foldedStarts[i]!, tokens.foldedStarts[i + 1]!)
          : 0
    }
    this.#findNames(profile)
    this.isNamed = this.#names > 0
    this.#forms(profile)
    this.#phrases(profile)
    this.#words(profile)
    this.#text = ''
    return this
  }

  /** Marks where the name stands, also inflected, as hashtag, in an account's name or in a link. */
  #findNames({ nameStems, joined, handles, domains }: SenseProfile): void {
    const { tokens } = this
    const length = nameStems.length
    this.#names = 0
    for (let i = 0; i < tokens.count; i++) {
      const kind = tokens.kinds[i]
      if (kind === TokenKind.Word || kind === TokenKind.Number) {
        let k = 0
        while (k < length && i + k < tokens.count && this.#stems[i + k] === nameStems[k]) k++
        if (length === 0 || k < length || (length === 1 && !this.#beginsWith(i, joined))) continue
        this.#taken.fill(1, i, i + length)
        if (this.#names < MOST_NAMES) {
          this.#nameFrom[this.#names] = i
          this.#nameTo[this.#names++] = i + length
        }
        i += length - 1
      } else if (kind === TokenKind.Hashtag) {
        if (length > 0 && this.#beginsWith(i, joined)) {
          this.#taken[i] = 1
          this.#hit(F.tag, i)
        }
      } else if (kind === TokenKind.Handle) {
        const handle = this.#text.slice(tokens.starts[i]! + 1, tokens.ends[i]!).toLowerCase()
        if (handles.has(handle) || (joined.length > 2 && handle.includes(joined))) {
          this.#taken[i] = 1
          this.#hit(F.tag, i)
        }
      } else if (kind === TokenKind.Url) {
        const host = hostOf(this.#text.slice(tokens.starts[i]!, tokens.ends[i]!))
        const isOurs = domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
        if (isOurs || (joined.length > 2 && host.includes(`${joined}.`))) this.#hit(F.tag, i)
      }
    }
  }

  /** How each name is written and what stands around it; a name among several counts its share. */
  #forms({ lastLength }: SenseProfile): void {
    const { tokens } = this
    const { flags } = tokens
    let capitals = 0
    let words = 0
    for (let i = 0; i < tokens.count; i++) {
      if (tokens.kinds[i] !== TokenKind.Word || this.#taken[i] === 1) continue
      words++
      if ((flags[i]! & TokenFlag.Capital) !== 0) capitals++
    }
    const isTitle = words > 2 && capitals > 0.7 * words
    const share = 1 / this.#names
    for (let n = 0; n < this.#names; n++) {
      const from = this.#nameFrom[n]!
      const to = this.#nameTo[n]!
      const opens = this.#opensSentence(from)
      const isCapital = (flags[from]! & TokenFlag.Capital) !== 0
      if (!isTitle) {
        if (!isCapital && capitals > 0) this.#add(F.smallAmongCapitals, share, from)
        else if (isCapital && opens) this.#add(F.capitalFirst, share, from)
        else if (isCapital) this.#add(F.capitalInside, share, from)
      }
      const last = to - 1
      const lastUnit = tokens.folded[tokens.foldedStarts[to]! - 2]
      if (lastUnit === 39) this.#add(F.possessive, share, last)
      else if (tokens.foldedStarts[to]! - tokens.foldedStarts[last]! > lastLength) this.#add(F.inflected, share, last)
      this.#before(from, opens, share)
      this.#after(to, share)
    }
  }

  #before(from: number, opens: boolean, share: number): void {
    const before = from - 1
    if (opens) this.#add(F.opens, share, from)
    else if (this.#taken[before] === 0) this.#add(this.#featureBefore(before), share, before)
  }

  #featureBefore(before: number): number {
    if (this.tokens.kinds[before] === TokenKind.Number) return F.afterQuality
    const role = wordRoles.get(this.#stems[before]!) ?? Role.None
    const asks = role === Role.Question || ((role === Role.Is || role === Role.Modal) && this.#opensSentence(before))
    return asks ? F.afterQuestion : (BEFORE[role] ?? F.afterOther)
  }

  #after(to: number, share: number): void {
    if (this.#endsSentence(to)) this.#add(F.closes, share, to - 1)
    else if (this.#taken[to] === 0) {
      const feature = this.#featureAfter(to)
      if (feature !== undefined) this.#add(feature, share, to)
    }
  }

  #featureAfter(to: number): number | undefined {
    const role = wordRoles.get(this.#stems[to]!) ?? Role.None
    if (AFTER[role] !== undefined) return AFTER[role]
    const classes = wordClasses.get(this.#stems[to]!) ?? 0
    if ((classes & (WordClass.Trade | WordClass.Service | WordClass.Company)) !== 0) return F.beforeTrade
    return role === Role.None ? F.beforeOther : undefined
  }

  /** Names and phrases of several words from the profile. */
  #phrases({ phrases }: SenseProfile): void {
    const { tokens } = this
    for (let i = 0; i < tokens.count; i++) {
      const same = phrases.get(this.#stems[i]!)
      if (same === undefined) continue
      for (const { stems, bit } of same) {
        let k = 1
        while (k < stems.length && i + k < tokens.count && this.#stems[i + k] === stems[k]) k++
        if (k < stems.length) continue
        const shown = this.#taken[i] === 1 ? i + 1 : i
        this.#list(bit, shown, this.#distance(shown))
        for (let t = i; t < i + k; t++) if (this.#taken[t] === 0) this.#taken[t] = 2
        break
      }
    }
  }

  #words(profile: SenseProfile): void {
    const { tokens } = this
    for (let i = 0; i < tokens.count; i++) {
      if (this.#taken[i] !== 0) continue
      const kind = tokens.kinds[i]
      if (kind !== TokenKind.Word && kind !== TokenKind.Hashtag) {
        if (kind === TokenKind.Punctuation && isCurrency(this.#text.charCodeAt(tokens.starts[i]!))) {
          this.#hit(F.price, i)
        }
        continue
      }
      const stem = this.#stems[i]!
      const distance = this.#distance(i)
      const lists = profile.words.get(stem) ?? 0
      const isCommon = wordRoles.has(stem)
      if (lists !== 0 && (!isCommon || distance === 1)) {
        for (let bit = 1; bit <= ListBit.Not; bit <<= 1) if ((lists & bit) !== 0) this.#list(bit, i, distance)
        if (!isCommon) continue
      }
      const classes = wordClasses.get(stem) ?? 0
      if (classes !== 0)
        for (let k = 0; k < CLASS_FEATURES.length; k++) {
          if ((classes & (1 << k)) !== 0) this.#hit(CLASS_FEATURES[k]!, i)
        }
    }
  }

  #list(bit: number, token: number, distance: number): void {
    this.isToldByProfile = true
    this.#hit(featureOfList(bit, distance), token)
  }

  /** Tokens to the nearest name: 1 is next to it. */
  #distance(token: number): number {
    let nearest = Number.MAX_SAFE_INTEGER
    for (let n = 0; n < this.#names; n++) {
      const from = this.#nameFrom[n]!
      const to = this.#nameTo[n]!
      nearest = Math.min(nearest, token < from ? from - token : token - to + 1)
    }
    return nearest
  }

  /** A word that speaks once more than `MOST_HITS` says nothing new. */
  #hit(feature: number, token: number): void {
    if (this.#seen[feature]! >= MOST_HITS) return
    this.#seen[feature]!++
    this.#add(feature, 1, token)
  }

  #add(feature: number, value: number, token: number): void {
    this.features[this.count] = feature
    this.values[this.count] = value
    this.at[this.count++] = token
  }

  #opensSentence(token: number): boolean {
    if (token === 0) return true
    const before = token - 1
    const kind = this.tokens.kinds[before]
    if (kind === TokenKind.Word || kind === TokenKind.Number) return false
    return kind !== TokenKind.Punctuation || isStop(this.#text.charCodeAt(this.tokens.starts[before]!))
  }

  #endsSentence(token: number): boolean {
    if (token >= this.tokens.count) return true
    const kind = this.tokens.kinds[token]
    if (kind === TokenKind.Punctuation) return true
    return kind !== TokenKind.Word && kind !== TokenKind.Number
  }

  #beginsWith(token: number, word: string): boolean {
    const { folded, foldedStarts } = this.tokens
    const from = foldedStarts[token]!
    if (foldedStarts[token + 1]! - from < word.length) return false
    for (let k = 0; k < word.length; k++) if (folded[from + k] !== word.charCodeAt(k)) return false
    return true
  }

  #reserve(count: number): void {
    if (this.#stems.length < count || this.#stems.length > 16 * Math.max(count, 4096)) {
      this.#stems = new Int32Array(Math.max(256, count))
      this.#taken = new Uint8Array(Math.max(256, count))
    }
  }
}

function featureOfList(bit: number, distance: number): number {
  const isNear = distance <= NEAR
  switch (bit) {
    case ListBit.Word:
      return isNear ? F.wordNear : F.wordFar
    case ListBit.Product:
      return F.product
    case ListBit.ProductWord:
      return F.productWord
    case ListBit.Rival:
      return F.rival
    case ListBit.Person:
    case ListBit.Place:
      return F.known
    default:
      return distance === 1 ? F.notTouching : isNear ? F.notNear : F.notFar
  }
}

const hostOf = (link: string): string =>
  link
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .split(/[/?#:]/, 1)[0]!

const isStop = (unit: number): boolean =>
  unit !== COMMA && unit !== 45 && unit !== 38 && unit !== 40 && unit !== 39 && unit !== 0x2019
const isCurrency = (unit: number): boolean => unit === 36 || unit === 0xa3 || unit === 0x20ac || unit === 37

const BEFORE: Readonly<Partial<Record<Role, number>>> = {
  [Role.An]: F.afterAn,
  [Role.This]: F.afterAn,
  [Role.The]: F.afterThe,
  [Role.Owner]: F.afterOwner,
  [Role.From]: F.afterFrom,
  [Role.Of]: F.afterPreposition,
  [Role.Preposition]: F.afterPreposition,
  [Role.Subject]: F.afterSubject,
  [Role.Modal]: F.afterSubject,
  [Role.Quality]: F.afterQuality,
  [Role.Try]: F.afterTry,
}

const AFTER: Readonly<Partial<Record<Role, number>>> = {
  [Role.Of]: F.beforeOf,
  [Role.The]: F.beforeThe,
  [Role.An]: F.beforeThe,
  [Role.Owner]: F.beforeThe,
  [Role.Tells]: F.beforeTells,
  [Role.Is]: F.beforeIs,
}

/** In the order of the bits of `WordClass`. */
const CLASS_FEATURES: readonly number[] = [F.trade, F.service, F.company, F.use, F.nature, F.lore, F.home, F.play]
