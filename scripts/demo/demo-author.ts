import type { Author } from '#schemas/generated.ts'
import { newAuthor } from '#schemas/mention.ts'
import type { Random } from '../random.ts'

const FIRST = [
  'mira',
  'jon',
  'lena',
  'tomas',
  'aya',
  'noor',
  'pip',
  'rosa',
  'kaj',
  'ines',
  'olu',
  'wim',
  'zoe',
  'hugo',
  'fen',
  'bela',
]
const SECOND = [
  'reads',
  'bakes',
  'on_wheels',
  'writes',
  'in_the_rain',
  'runs',
  'codes',
  'hikes',
  'sews',
  'cooks',
  'films',
  'plays',
]
const BIOS = [
  'coffee, trains, two cats',
  'reviews of gadgets and headphones',
  'shop owner',
  'local news',
  'dad, cyclist',
  'sound engineer',
  null,
]

/** People who do not exist; a few of them with many followers, as in life. */
export function demoAuthor(random: Random, platform: string, now: number): Author {
  const name = `${random.pick(FIRST)}_${random.pick(SECOND)}${random.below(90) + 10}`
  const followers = Math.round(Math.exp(3 + 2.2 * (random.next() + random.next() + random.next() - 0.7)))
  return newAuthor({
    id: `demo-${name}`,
    handle: platform === 'mastodon' ? `${name}@social.example` : name,
    name: name.replaceAll('_', ' '),
    url: `https://${platform}.example/@${name}`,
    kind: 'person',
    followers,
    following: Math.round(followers * (0.2 + random.next() * 2)),
    posts: 20 + random.below(9_000),
    createdAt: now - Math.round((60 + random.below(3_000)) * 86_400_000),
    bio: random.pick(BIOS),
  })
}

/** An account made for a campaign: young, follows many, followed by few. */
export function campaignAuthor(random: Random, number: number, now: number): Author {
  return newAuthor({
    id: `demo-deals${number}`,
    handle: `deals_${number}${random.below(900) + 100}`,
    followers: random.below(12),
    following: 400 + random.below(1_500),
    posts: 5 + random.below(60),
    createdAt: now - (1 + random.below(9)) * 86_400_000,
  })
}
