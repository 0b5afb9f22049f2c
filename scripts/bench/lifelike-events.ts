import { mentionTokens } from '#query/mention-tokens.ts'
import { tokenString } from '#query/token-string.ts'
import type { Annotations, EnrichedEvent, Mention } from '#schemas/generated.ts'
import { newAuthor, newMention } from '#schemas/mention.ts'
import { mentionId } from '#schemas/mention-id.ts'

/** First moment of the corpus and its length: mentions are spread over thirty days, slightly out of order. */
export const CORPUS_START = Date.UTC(2026, 0, 1)
export const CORPUS_MS = 30 * 86_400_000

/** Words with a known share of the mentions that hold them. */
export const SHARES: readonly (readonly [word: string, share: number])[] = [
  ['acme', 1 / 3],
  ['zephyr', 0.05],
  ['quasar', 0.01],
  ['obelisk', 0.001],
]

const COMMON =
  `the to and of in is it for on that this you my was with be are so just have not but at me they your what de la que
  en el no un los por con una para der die und das ist nicht ich sie mit auf ein zu es den le les et des est pas pour qui je`.split(
    /\s+/,
  )
const SYLLABLES =
  'ka lo mi tra ven der sol pi ran to bel gu sha nor qui fe zan mo lis tur ba ché ñor über sen ti war'.split(' ')
const UNSPACED = ['新しい靴を買った', '东京的天气很好', 'รองเท้าใหม่', 'أحب هذا المنتج', 'новые кроссовки']
const PLATFORMS = ['bluesky', 'hackernews', 'feed', 'file']
const LANGUAGES = ['en', 'en', 'en', 'de', 'es', 'fr', 'ja']
const VOCABULARY = 60_000
const AUTHORS = 40_000

/**
 * The `i`th mention of an endless corpus: posts of 8 to 40 words in several languages with capitals, tags, handles and links,
 * word frequencies as in real text, and annotations of the size that the enrichers give. The same seed gives the same corpus.
 * `total` is how many mentions fill the thirty days.
 */
export function lifelikeEvent(seed: number, i: number, total: number): EnrichedEvent {
  const random = randomFrom(Math.imul(seed, 0x9e3779b1) ^ i)
  const publishedAt = CORPUS_START + Math.floor(((i + random() * 50) / total) * CORPUS_MS)
  const observedAt = publishedAt + Math.floor(random() * 20_000)
  const platform = pick(random, PLATFORMS)
  const author = Math.floor(random() ** 3 * AUTHORS)
  const held = SHARES.filter(([, share]) => random() < share).map(([word]) => word)
  const mention = newMention({
    platform,
    kind: 'post',
    url: `https://${platform}.example/p/${i}`,
    text: text(random, held),
    publishedAt,
    author: newAuthor({
      id: `did:plc:${author.toString(36).padStart(24, 'q')}`,
      handle: `person${author}.example`,
      name: `Person ${author}`,
      followers: Math.floor(random() ** 4 * 1e5),
    }),
    lang: { declared: null, detected: pick(random, LANGUAGES), confidence: 0.9 },
    links:
      random() < 0.3
        ? [{ url: `https://www.site${Math.floor(random() ** 2 * 500)}.example/a/${i}`, canonical: null, title: null }]
        : [],
  })
  return {
    id: mentionId(platform, `did:plc:${author.toString(36).padStart(24, 'q')}/${i.toString(36).padStart(13, '-')}`),
    op: 'create',
    rev: observedAt,
    generation: 1,
    observedAt,
    ingestedAt: null,
    source: { connector: `${platform}-1`, platform, instance: null, latenessMs: 600_000 },
    reason: null,
    mention,
    annotations: annotations(random, mention, held),
    tokens: tokenString(mentionTokens(mention)),
    raw: { topic: 'mentions.raw.v1', partition: i % 2, offset: i, sha256: (i + 1).toString(16).padStart(64, '0') },
  }
}

function text(random: () => number, held: readonly string[]): string {
  const words = Array.from({ length: 8 + Math.floor(random() ** 2 * 32) }, () => word(random))
  for (const name of held)
    words.splice(Math.floor(random() * words.length), 0, random() < 0.7 ? capitalized(name) : name)
  if (random() < 0.2) words.push(`#${word(random)}`)
  if (random() < 0.2) words.unshift(`@${word(random)}`)
  if (random() < 0.2) words.push(`https://site${Math.floor(random() * 500)}.example/x`)
  if (random() < 0.05) words.push(pick(random, UNSPACED))
  return capitalized(words.join(' ')).concat(random() < 0.5 ? '.' : '!')
}

function word(random: () => number): string {
  if (random() < 0.35) return pick(random, COMMON)
  const written = wordAt(Math.floor(random() ** 3 * VOCABULARY))
  return random() < 0.12 ? capitalized(written) : written
}

const words: string[] = []
function wordAt(rank: number): string {
  words[rank] ??= spell(rank)
  return words[rank]
}

function spell(rank: number): string {
  let spelt = ''
  for (let rest = rank + SYLLABLES.length; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    spelt += SYLLABLES[rest % SYLLABLES.length]
  }
  return spelt
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

function annotations(random: () => number, mention: Mention, held: readonly string[]): Annotations {
  const length = mention.text?.length ?? 0
  const negative = random() ** 2
  const neutral = (1 - negative) * random()
  const positive = 1 - negative - neutral
  const label = negative > neutral && negative > positive ? 'negative' : neutral > positive ? 'neutral' : 'positive'
  const parts = Array.from({ length: 6 }, () => {
    const start = Math.floor(random() * length)
    return { start, end: start + 5, weight: random() * 2 - 1 }
  })
  const explain = { margin: random() * 3, bias: 0.1, rest: random(), parts }
  const scored = random() < 0.95
  return {
    brands: held.slice(0, 2),
    sentiment: scored
      ? { label, negative, neutral, positive, uncertain: random() < 0.1, explain, model: 'sentiment/1' }
      : null,
    entities: {
      items: held.map((name) => ({
        type: 'brand',
        start: 0,
        end: name.length,
        text: capitalized(name),
        id: name,
        confidence: null,
        reason: 'matches the brand profile',
      })),
      model: 'entities/1',
    },
    fit: {
      value: random(),
      components: ['relevance', 'resonance', 'reach', 'authenticity'].map((name) => ({
        name,
        value: random(),
        weight: 0.25,
        evidence: `${Math.floor(random() * 1e4)} followers, 12 posts in thirty days`,
      })),
      model: 'fit/1',
    },
    misinformation: {
      state: 'low',
      risk: random() * 0.2,
      priority: 0,
      reasons: [{ signal: 'style', logOdds: -0.2, cap: 0.5, evidence: 'no capitals in a row, one exclamation mark' }],
      model: 'misinformation/1',
    },
    languageModel: 'language/1',
    notScored: scored ? [] : [{ score: 'sentiment', reason: 'language not supported' }],
    brandSense: [],
  }
}

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)]!

/** Uniform on [0, 1), the same row for the same seed (the generator "splitmix32"). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}
