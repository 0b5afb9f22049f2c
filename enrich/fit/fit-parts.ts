import type { Component, Mention } from '#schemas/generated.ts'
import type { FitFacts } from './fit-facts.ts'
import { PARTS } from './fit-weights.ts'

const DAY_MS = 86_400_000

type Part = keyof typeof PARTS

const part = (name: Part, value: number | null, evidence: string): Component => ({
  name,
  value: value === null ? null : Math.round(1000 * Math.min(1, Math.max(0, value))) / 1000,
  weight: PARTS[name],
  evidence,
})

/** How much the post, and what its author says of themselves, is about the brand and its trade. */
export function relevance(facts: FitFacts): Component {
  const { named, namedInTitle, namedInBio, tradeWords, tradeWordsInBio } = facts
  const signs: string[] = ['the query of the brand matches']
  let value = 0.3
  const add = (points: number, sign: string): void => {
    value += points
    signs.push(sign)
  }
  const names = new Set(named.map(({ text }) => text.toLowerCase())).size
  if (names > 0) add(Math.min(0.3, 0.1 * names), `${names} ${plural(names, 'name')} of its profile in the post`)
  if (namedInTitle) add(0.1, 'one of them in the title')
  if (tradeWords > 0) add(Math.min(0.15, 0.05 * tradeWords), `${tradeWords} ${plural(tradeWords, 'word')} of its trade`)
  if (namedInBio.length > 0) add(0.2, `the author's bio names ${quoted(namedInBio[0]!.text)}`)
  if (tradeWordsInBio > 0) add(0.1, "words of its trade in the author's bio")
  return part('relevance', value, signs.join('; '))
}

/** Interactions against the size of the audience: followers, else views. Likes of a small audience count as much as many of a large one. */
export function resonance({ platform, author, engagement }: Mention, facts: FitFacts): Component {
  const { interactions, isTooEarly } = facts
  if (isTooEarly) return part('resonance', null, 'counted within an hour of publication: too early to say')
  if (interactions === null)
    return part('resonance', null, `${platform} sent no likes, replies or shares with this post`)
  const followers = author?.followers ?? null
  const audience = followers ?? engagement?.views ?? null
  if (audience !== null) {
    // a few friends are no audience: the rate of a tiny account is drawn toward 0
    const rate = (1000 * interactions) / (audience + 100)
    const of = followers === null ? 'views' : 'followers'
    const evidence = `${number(interactions)} weighted interactions for ${number(audience)} ${of}: ${rate.toFixed(1)} per 1,000`
    return part('resonance', Math.log10(1 + rate) / 2, evidence)
  }
  const evidence = `${number(interactions)} weighted interactions; the size of the audience is unknown, so they count half`
  return part('resonance', Math.log10(1 + interactions) / 6, evidence)
}

/** Size of the audience on a logarithmic scale; a million followers are 1. */
export function reach({ platform, author, engagement, container }: Mention): Component {
  const followers = author?.followers ?? null
  if (followers !== null) return part('reach', Math.log10(1 + followers) / 6, `${number(followers)} followers`)
  const views = engagement?.views ?? null
  if (views !== null) return part('reach', Math.log10(1 + views) / 6, `${number(views)} views of this post`)
  const members = container?.members ?? null
  if (members !== null) {
    return part('reach', (0.5 * Math.log10(1 + members)) / 6, `a community of ${number(members)}, not the author's own`)
  }
  return part('reach', null, `${platform} sent no followers, views or members with this post`)
}

/**
 * Does the account look like a person or an organisation that acts by itself? Two facts at least; what separates people from
 * programs differs between platforms and years, so the rules are few and mild.
 */
export function authenticity({ author, publishedAt, flags, platform }: Mention): Component {
  if (flags.bot === true || author?.kind === 'bot')
    return part('authenticity', 0, 'the account says that it is automated')
  if (author === null) return part('authenticity', null, `${platform} named no author`)
  const { createdAt, followers, following, posts, verified, reputation, bio } = author
  const signs: string[] = []
  let value = 0.5
  const add = (points: number, sign: string): void => {
    value += points
    signs.push(sign)
  }
  const days = createdAt === null ? null : Math.max(1, (publishedAt - createdAt) / DAY_MS)
  if (days !== null) {
    const points = days < 30 ? -0.3 : days < 365 ? 0.05 : 0.2
    add(points, `account ${number(Math.round(days))} ${plural(Math.round(days), 'day')} old`)
  }
  if (days !== null && posts !== null) {
    const daily = posts / days
    add(daily > 100 ? -0.4 : daily > 50 ? -0.2 : 0.05, `${daily.toFixed(1)} posts a day`)
  }
  if (followers !== null && following !== null) {
    const isHunter = following > 1000 && following > 5 * followers
    add(isHunter ? -0.2 : 0.05, `follows ${number(following)}, followed by ${number(followers)}`)
  }
  if (verified !== null) add(verified ? 0.15 : 0, verified ? 'verified by the platform' : 'not verified')
  if (reputation !== null) {
    add(reputation >= 1000 ? 0.15 : reputation < 0 ? -0.2 : 0.05, `reputation ${number(Math.round(reputation))}`)
  }
  if (bio !== null) add(0.05, 'has a bio')
  if (signs.length < 2) {
    const known = signs.length === 0 ? 'nothing' : `only one thing (${signs[0]})`
    return part('authenticity', null, `${platform} tells ${known} about this account`)
  }
  return part('authenticity', value, signs.join('; '))
}

const plural = (count: number, noun: string): string => (count === 1 ? noun : `${noun}s`)
const quoted = (text: string): string => `"${text}"`

/** 1234567 → 1,234,567. The same on every machine, unlike the words of a locale. */
function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}
