import type { Annotations, BrandSense, Kind, Mention, SenseState } from '#schemas/generated.ts'
import { newAuthor } from '#schemas/mention.ts'
import { sentiment } from '../support/enriched-event.ts'

// Few words, so that they meet; with everything that has a spelling of its own in the index.
const WORDS =
  `nike Nike NIKE air Air max MAX gap Gap café Café CAFÉ cafe naïve Straße STRASSE İstanbul ISTANBUL L'Oréal loreal AT&T at&t
  rock'n'roll Nike's nike-air U.S. 42 x новый НОВЫЙ Ελλάδα ΕΛΛΆΔΑ 新しい靴 靴 东京 รองเท้า กาแฟ カフェ ｶﾌｪ ﬁne Ｎｉｋｅ नमस्ते مرحبا e\u0301te\u0301 été
  #nike #Nike #JustDoIt #gap_fill #東京 @nike @Nike_Air @gap https://www.nike.com/a?b=1 http://shop.nike.co.uk www.gap.com nike.com
  https://notnike.com/ =Gap ~gap !all !fbrand=nike | u:com.nike "air "max" (nike) AND OR NEAR/2 NOT … — near
  👟 🔥 🔥 👍🏽 👍 ❤️ ❤ 🇩🇪 👨‍👩‍👧 ™`.split(/\s+/)
const JOINS = [' ', ' ', ' ', ' ', ' ', ', ', '. ', '\n', ' … ', '']

const NAMES = ['nike', 'Nike', 'Jane Doe', 'jane  doe', 'JANE', 'a "b" ~c', 'Žofie', 'x\ny', '=', '🔥', '']
const NUMBERS = [0, 1, 2, 5, 9, 10, 11, 99, 100, 101, 999, 1_000, 5_000, 10_000, 10_001, 19_999, 20_000, 1e6, 3e9]
const RATINGS = [-1, 0, 0.5, 1, 2, 2.5, 4.999, 5, 10]
const LINKS = ['https://nike.com/x', 'http://www.gap.com', 'no link']
const KINDS: readonly Kind[] = ['post', 'comment', 'quote', 'repost', 'review', 'article']
export const DAYS = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2), Date.UTC(2026, 0, 2, 12, 30)]

type Random = () => number

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!
const some = <T>(random: Random, from: readonly T[], share = 0.5): T | null =>
  random() < share ? pick(random, from) : null

function words(random: Random, most: number): string {
  let text = ''
  for (let left = Math.floor(random() * most); left > 0; left--) text += pick(random, WORDS) + pick(random, JOINS)
  return text
}

/** A mention in any of several languages, of which anything may be unknown. */
export function randomMention(random: Random): Partial<Mention> & { publishedAt: number } {
  const media = some(random, ['image', 'video', 'audio', 'other'])
  const rating = some(random, RATINGS)
  const link = some(random, LINKS, 0.3)
  return {
    platform: pick(random, ['bluesky', 'File', 'hacker news']),
    kind: pick(random, KINDS),
    title: random() < 0.3 ? words(random, 4) : null,
    text: random() < 0.95 ? words(random, 12) : null,
    context: random() < 0.3 ? [words(random, 4), words(random, 3)] : [],
    lang: {
      declared: some(random, ['de', 'pt-BR', 'zh_Hant', 'DE-at']),
      detected: some(random, ['de', 'fr', 'en'], 0.8),
      confidence: null,
    },
    // Around the days that queries name.
    publishedAt: pick(random, DAYS) + Math.floor((random() - 0.5) * 4) * 3_600_000 + Math.floor(random() * 3) - 1,
    editedAt: some(random, [1], 0.2),
    author:
      random() < 0.2
        ? null
        : newAuthor({
            handle: some(random, NAMES),
            name: some(random, NAMES),
            followers: some(random, NUMBERS, 0.7),
            verified: some(random, [true, false]),
            kind: pick(random, ['bot', 'person', 'unknown']),
          }),
    thread: random() < 0.7 ? null : { rootId: null, parentId: some(random, ['a:1']), quoteOfId: some(random, ['a:2']) },
    rating: rating === null ? null : { value: rating, min: -1, max: 10 },
    links: link === null ? [] : [{ url: link, canonical: null, title: null }],
    media: media === null ? [] : [{ type: media, url: null, alt: null }],
    geo: random() < 0.8 ? null : { country: some(random, ['DE']), region: null, city: some(random, ['Ulm']) },
    flags: { sensitive: random() < 0.2, contentWarnings: [], bot: some(random, [true, false]) },
  }
}

const senseOf = (state: SenseState): BrandSense => ({
  ...{ brand: 'acme', state, probability: 0.5, margin: 0, bias: 0, parts: [], model: 'test/1' },
})

export function randomAnnotations(random: Random): Partial<Annotations> {
  const tone = some(random, ['negative', 'neutral', 'positive'] as const)
  const state = some(random, ['nothing_to_check', 'low', 'raised', 'high'] as const)
  const name = some(random, NAMES)
  const entity = { type: 'person', start: 0, end: 0, confidence: null, reason: 'test' } as const
  return {
    brands: [some(random, ['acme']), some(random, ['parcelo', 'Big Co'])].filter((brand) => brand !== null),
    sentiment: tone === null ? null : { ...sentiment(0.2, 0.3, 0.5), label: tone },
    entities:
      name === null ? null : { items: [{ ...entity, text: name, id: some(random, ['acme']) }], model: 'test/1' },
    brandSense: (['brand', 'other', 'unsure'] as const).filter(() => random() < 0.2).map(senseOf),
    misinformation: state === null ? null : { state, risk: null, priority: 0, reasons: [], model: 'test/1' },
    fit:
      random() < 0.4 ? null : { value: some(random, [0, 0.25, 0.7, 0.999, 1], 0.8), components: [], model: 'test/1' },
  }
}
