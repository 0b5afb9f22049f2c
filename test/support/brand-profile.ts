import type { BrandProfile } from '#schemas/brand-profile.ts'

/** A profile of which only these values are filled in. */
export const profileOf = (known: Partial<BrandProfile> & Pick<BrandProfile, 'id' | 'name'>): BrandProfile => ({
  query: known.name,
  ambiguous: false,
  products: [],
  rivals: [],
  people: [],
  places: [],
  words: [],
  notWords: [],
  handles: [],
  domains: [],
  languages: [],
  mustMatch: [],
  mustNotMatch: [],
  ...known,
})
