import { TermField } from '#infra/contracts/search-index.ts'
import type { Author, Link } from '#schemas/generated.ts'
import type { Content } from '#schemas/merge.ts'

/** Fields whose terms stand in the record itself; words are counted from the tokens. */
export type ListedField = Exclude<TermField, 'word'>

/** The terms of a mention in one field, each once: what every index counts by. The contract says what they are. */
export function termsOf(field: ListedField, { mention, annotations, source }: Content): readonly string[] {
  switch (field) {
    case TermField.Platform:
      return [mention.platform]
    case TermField.Language:
      return mention.lang.detected === null ? [] : [mention.lang.detected]
    case TermField.Author:
      return authorTerm(mention.platform, mention.author)
    case TermField.Domain:
      return mention.links.length === 0 ? [] : distinct(mention.links.flatMap(domainOf))
    case TermField.Entity:
      return annotations.entities === null ? [] : distinct(annotations.entities.items.map(({ id, text }) => id ?? text))
    case TermField.Brand:
      return distinct(annotations.brands)
    case TermField.Connector:
      return [source.connector]
    default:
      return field satisfies never
  }
}

function authorTerm(platform: string, author: Author | null): readonly string[] {
  const name = author?.handle ?? author?.name ?? author?.id ?? null
  return name === null ? [] : [`${platform}:${name}`]
}

function domainOf({ url, canonical }: Link): readonly string[] {
  const host = URL.parse(canonical ?? url)?.hostname.replace(/^www\./, '') ?? ''
  return host === '' ? [] : [host]
}

const distinct = (terms: readonly string[]): readonly string[] => (terms.length < 2 ? terms : [...new Set(terms)])

/** True when a mention was first seen within its source's lateness: only such may raise an alert. */
export const isTimely = ({ mention, source }: Content, firstObservedAt: number): boolean =>
  firstObservedAt - mention.publishedAt <= source.latenessMs
