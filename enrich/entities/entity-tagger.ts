import { firstCharacters } from '#enrich/text/first-characters.ts'
import { PostTokens, TokenKind } from '#enrich/text/post-tokens.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import type { Entities } from '#schemas/generated.ts'
import { type DecodedName, EntityDecoder } from './entity-decoder.ts'
import { EntityFeatures, FEATURE_GROUPS, FEATURES } from './entity-features.ts'
import { type EntityModel, LEARNT_TYPES, loadEntityModel } from './entity-model.ts'
import { FoundNames } from './found-names.ts'
import { NameUnits } from './name-units.ts'
import { ProfileNames } from './profile-names.ts'

/** Language that the model was trained on. */
const LANGUAGE = 'en'
const PROFILES_ONLY = 'profile-names/1'

export interface EntityTagger {
  /** `name/version`; a text of another language than English is looked through for the profile's names only, and says so. */
  readonly model: string
  tag(
    text: string,
    language: string | null,
    brands: readonly BrandProfile[],
  ): { readonly value: Entities } | { readonly notScored: string }
}

/**
 * Finds the names that the profiles of the matched brands list, in any language, and in English text people, places and
 * organisations by a conditional random field of our own (Lafferty, McCallum, Pereira, 2001; averaged, 8-bit). Pure, linear in
 * the text, of which it reads the first 10,000 characters; offsets are UTF-16 units. Throws a config error when the model
 * cannot be read.
 */
export function createEntityTagger(model: EntityModel = loadEntityModel('entities-en')): EntityTagger {
  const tokens = new PostTokens()
  const units = new NameUnits()
  const features = new EntityFeatures(model.wordClasses)
  const decoder = new EntityDecoder(model)
  const namesOf = new WeakMap<BrandProfile, ProfileNames>()
  const modelName = `${model.card.name}/${model.card.version}`

  const profileNames = (brand: BrandProfile): ProfileNames => {
    const known = namesOf.get(brand)
    if (known !== undefined) return known
    const names = new ProfileNames(brand, new PostTokens())
    namesOf.set(brand, names)
    return names
  }

  const reasonOf = ({ from, to, type }: DecodedName): string => {
    const sums: number[] = FEATURE_GROUPS.map(() => 0)
    for (let unit = from; unit < to; unit++) {
      const parts = decoder.contributions(unit, 1 + 2 * type + Number(unit > from), features.hashes, FEATURES)
      let group = 0
      for (let k = 0; k < FEATURES; k++) {
        if (k === FEATURE_GROUPS[group]!.until) group++
        sums[group]! += parts[k]!
      }
    }
    const [first, second] = sums.map((sum, group) => ({ sum, group })).sort((a, b) => b.sum - a.sum)
    return `learnt from posts, mostly by ${FEATURE_GROUPS[first!.group]!.says} and ${FEATURE_GROUPS[second!.group]!.says}`
  }

  return {
    model: modelName,
    tag(given, language, brands) {
      const text = firstCharacters(given)
      tokens.read(text)
      const found = new FoundNames(text)
      for (const brand of brands) profileNames(brand).find(text, tokens, found)
      if (language !== LANGUAGE) {
        if (found.count > 0) return { value: { items: found.inOrder(), model: PROFILES_ONLY } }
        const spoken = language === null ? 'the language of this text is unknown' : `this text is in "${language}"`
        return {
          notScored: `people, places and organisations are found in English only and ${spoken}; no name of a brand profile stands in it`,
        }
      }
      units.read(text, tokens)
      features.extract(text, units)
      const names = decoder.decode(units.count, features.hashes, FEATURES, (unit) => units.canName(text, unit))
      for (const name of names) {
        const type = LEARNT_TYPES[name.type]
        if (type == null) continue
        const isTag = units.kinds[name.from] === TokenKind.Hashtag
        const start = units.starts[name.from]! + Number(isTag)
        const end = units.ends[name.to - 1]!
        if (!found.isFree(start, end)) continue
        found.add(
          start,
          end,
          { type, id: null, reason: reasonOf(name) },
          confidenceOf(name.probability, model.card.confidence),
        )
      }
      return { value: { items: found.inOrder(), model: modelName } }
    },
  }
}

/** log(p / (1 - p)), away from its poles. */
export function logit(probability: number): number {
  const p = Math.min(1 - 1e-6, Math.max(1e-6, probability))
  return Math.log(p / (1 - p))
}

function confidenceOf(probability: number, { slope, offset }: EntityModel['card']['confidence']): number {
  return Math.round(1000 / (1 + Math.exp(-(slope * logit(probability) + offset)))) / 1000
}
