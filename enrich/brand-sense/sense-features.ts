/** What the model looks at, and how it is said; the card holds a weight for each by its name. */
export const SENSE_FEATURES = [
  // The profile's own words.
  ['wordNear', 'trade word of the profile beside the name'],
  ['wordFar', 'trade word of the profile'],
  ['product', 'product of the profile'],
  ['productWord', 'word of a product of the profile'],
  ['rival', 'rival in the profile'],
  ['known', 'person or place of the profile'],
  ['notTouching', 'anti-word of the profile next to the name'],
  ['notNear', 'anti-word of the profile beside the name'],
  ['notFar', 'anti-word of the profile'],
  // How the name is written.
  ['capitalInside', 'capital inside a sentence'],
  ['capitalFirst', 'capital where a sentence begins'],
  ['smallAmongCapitals', 'small letter in a post that uses capitals'],
  ['inflected', 'inflected'],
  ['possessive', 'possessive'],
  ['tag', 'hashtag, account or site of the name'],
  // What stands before and after it.
  ['afterAn', '"a", "this" or the like before it'],
  ['afterThe', '"the" before it'],
  ['afterOwner', '"my", "our" or the like before it'],
  ['afterFrom', '"at" or "from" before it'],
  ['afterTry', 'a verb of buying or using before it'],
  ['afterQuestion', 'a question word before it'],
  ['afterPreposition', 'another preposition before it'],
  ['afterSubject', 'a pronoun, "to", "can" or the like before it'],
  ['afterQuality', 'an adjective or a number before it'],
  ['afterOther', 'another word before it'],
  ['opens', 'begins the sentence'],
  ['beforeOf', '"of" after it'],
  ['beforeThe', 'an article or owner after it'],
  ['beforeTells', 'a verb of doing after it'],
  ['beforeIs', 'a form of "be" or "have" after it'],
  ['beforeTrade', 'a word of trade after it'],
  ['beforeOther', 'another word after it'],
  ['closes', 'ends the sentence'],
  // Words of everybody.
  ['trade', 'word of buying and selling'],
  ['service', 'word of customers and users'],
  ['company', 'word of business'],
  ['use', 'word of using something'],
  ['nature', 'word of nature'],
  ['lore', 'word of history, state or faith'],
  ['home', 'word of kitchen, body or home'],
  ['play', 'word of sport, music or school'],
  ['price', 'price'],
] as const satisfies readonly (readonly [string, string])[]

export type SenseFeature = (typeof SENSE_FEATURES)[number][0]

/** Number of a feature. */
export const F = Object.fromEntries(SENSE_FEATURES.map(([name], i) => [name, i])) as Readonly<
  Record<SenseFeature, number>
>
