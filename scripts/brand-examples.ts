import { Facts } from '#query/facts.ts'
import { createMatcher } from '#query/match.ts'
import { type MentionTexts, mentionTokens } from '#query/mention-tokens.ts'
import { parseQuery } from '#query/parse.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import { type Explanation, explainQuery } from './explain-query.ts'

export interface ExampleResult {
  readonly brand: string
  readonly must: 'match' | 'not match'
  readonly text: string
  readonly holds: boolean
}

/** Runs the texts that a brand must and must not match through its query. */
export function tryExamples(brand: BrandProfile): ExampleResult[] {
  const matcher = createMatcher(parseQuery(brand.query))
  const matches = (text: string): boolean => matcher(mentionTokens(bareText(text)), Facts.ofText(text))
  return [
    ...brand.mustMatch.map((text) => ({ brand: brand.id, must: 'match' as const, text, holds: matches(text) })),
    ...brand.mustNotMatch.map((text) => ({ brand: brand.id, must: 'not match' as const, text, holds: !matches(text) })),
  ]
}

/** What decided whether the query of a brand matches an example. */
export const explainExample = ({ query }: BrandProfile, text: string): Explanation =>
  explainQuery(parseQuery(query), bareText(text), Facts.ofText(text))

/** A mention of which nothing but its text is known. */
export const bareText = (text: string): MentionTexts => ({ title: null, text, context: [], links: [] })
