import { createHash } from 'node:crypto'
import type { Author, AuthorEvent, Engagement, Mention, MentionEvent, Op, Source } from '#schemas/generated.ts'
import { newEngagement, newMention } from '#schemas/mention.ts'
import { mentionId } from '#schemas/mention-id.ts'
import { Random } from '../random.ts'
import { campaignAuthor, demoAuthor } from './demo-author.ts'
import * as words from './demo-phrases.ts'

export const DEMO_DAYS = 30
export const DEMO_LATENESS_MS = 10 * 60_000

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** How much is said in each hour of the day, UTC; the mean is 1. */
const HOURS = [
  0.3, 0.2, 0.15, 0.15, 0.2, 0.4, 0.8, 1.2, 1.4, 1.3, 1.2, 1.2, 1.4, 1.3, 1.2, 1.2, 1.3, 1.5, 1.7, 1.8, 1.6, 1.3, 0.9,
  0.5,
]
const MENTIONS_PER_HOUR: Readonly<Record<string, number>> = { kestrel: 12, nordlys: 9, parcelo: 13 }
const TONES: Readonly<Record<string, Readonly<Record<words.Tone, number>>>> = {
  kestrel: { negative: 18, neutral: 40, positive: 42 },
  nordlys: { negative: 17, neutral: 38, positive: 45 },
  parcelo: { negative: 33, neutral: 42, positive: 25 },
}
const PLATFORMS = { bluesky: 45, mastodon: 20, forum: 14, reviews: 11, news: 10 }
const AUTHORS = 1_500
const OTHER_MENTIONS = 1_400

export type DemoEvent =
  | { readonly kind: 'mention'; readonly event: MentionEvent }
  | { readonly kind: 'author'; readonly event: AuthorEvent }

/** What happens beside the daily talk, as days and hours before the end. */
const STORIES = {
  launch: { start: 20 * DAY_MS, lasts: 10 * HOUR_MS },
  rumour: { start: 15 * DAY_MS, lasts: 40 * HOUR_MS },
  crisis: { start: 8 * DAY_MS, lasts: 34 * HOUR_MS },
  campaign: { start: 4 * DAY_MS, lasts: 40 * MINUTE_MS },
} as const

/**
 * Thirty days before `until` of three brands: daily talk in several languages and on several platforms, reposts and near-copies,
 * edits, deletions and accounts that leave; a product launch, a false rumour, a crisis and a bot campaign. In the order in which
 * a connector would see it; the same seed and end give the same events.
 */
export function demoCorpus(seed: number, until: number): readonly DemoEvent[] {
  const world = new DemoWorld(seed, until)
  world.dailyTalk()
  world.otherTalk()
  world.launch()
  world.rumour()
  world.crisis()
  world.campaign()
  world.departures()
  return world.events
    .filter(({ event }) => event.observedAt <= until)
    .sort((a, b) => a.event.observedAt - b.event.observedAt)
}

/** What somebody says now, for the demo that goes on living. */
export function demoMention(seed: number, number: number, now: number): DemoEvent {
  const world = new DemoWorld(seed + 7_919 * (number + 1), now, 40, `live-${now.toString(36)}-`)
  world.say(new Random(seed + number).pick(['kestrel', 'nordlys', 'parcelo']), now)
  return world.events[0] as DemoEvent
}

class DemoWorld {
  readonly events: DemoEvent[] = []
  readonly #random: Random
  readonly #until: number
  readonly #authors: readonly Author[]
  readonly #idPrefix: string
  #count = 0

  constructor(seed: number, until: number, authors = AUTHORS, idPrefix = '') {
    this.#random = new Random(seed)
    this.#until = until
    this.#idPrefix = idPrefix
    this.#authors = Array.from({ length: authors }, () => demoAuthor(this.#random, 'bluesky', until))
  }

  dailyTalk(): void {
    const start = this.#until - DEMO_DAYS * DAY_MS
    for (const [brand, perHour] of Object.entries(MENTIONS_PER_HOUR)) {
      let time = start
      while (time < this.#until) {
        const hour = HOURS[new Date(time).getUTCHours()] as number
        time += this.#random.exponential(HOUR_MS / (perHour * hour))
        this.say(brand, Math.round(time))
      }
    }
  }

  /** What the sources show beside the brands: the pre-filter drops it. */
  otherTalk(): void {
    for (let i = 0; i < OTHER_MENTIONS; i++) {
      const time = this.#until - Math.round(this.#random.next() * DEMO_DAYS * DAY_MS)
      const text = this.#fill(this.#random.pick(words.otherPhrases))
      this.#post(text, time, this.#random.pick(this.#authors), { platform: 'bluesky', language: 'en' })
    }
  }

  /** One ordinary mention, with what may follow it: copies, an edit, a deletion. */
  say(brand: string, time: number): void {
    const random = this.#random
    const platform = random.weighted(PLATFORMS)
    if (platform === 'news') {
      this.#report(random.pick(words.newsPhrases[brand] as readonly string[]), time)
      return
    }
    const byLanguage = words.phrases[brand] as words.Phrases
    const language = random.chance(0.62) ? 'en' : random.pick(Object.keys(byLanguage))
    const tone = random.weighted(TONES[brand] as Readonly<Record<words.Tone, number>>)
    const phrase = random.pick((byLanguage[language] as Readonly<Record<words.Tone, readonly string[]>>)[tone])
    const text = this.#fill(phrase)
    const rating = platform === 'reviews' ? { negative: 1, neutral: 3, positive: 5 }[tone] : null
    const event = this.#post(text, time, random.pick(this.#authors), { platform, language, rating })
    this.#afterwards(event)
    if (random.chance(0.04)) this.#repost(text, time, language)
  }

  launch(): void {
    this.#burst(STORIES.launch, 900, (time) => {
      const text = this.#fill(this.#random.pick(words.launchPhrases))
      this.#afterwards(
        this.#post(text, time, this.#random.pick(this.#authors), { platform: 'bluesky', language: 'en' }),
      )
      if (this.#random.chance(0.15)) this.#repost(text, time, 'en')
    })
  }

  rumour(): void {
    this.#burst(STORIES.rumour, 420, (time, done) => {
      const phrase = this.#random.chance(done * 0.5) ? words.denialPhrases : words.rumourPhrases
      const text = this.#random.pick(phrase)
      this.#post(text, time, this.#random.pick(this.#authors), {
        platform: this.#random.pick(['bluesky', 'mastodon']),
        language: 'en',
      })
      if (this.#random.chance(0.3)) this.#repost(text, time, 'en')
    })
  }

  crisis(): void {
    this.#burst(STORIES.crisis, 3_200, (time) => {
      if (this.#random.chance(0.03)) this.#report(this.#random.pick(words.crisisNews), time)
      const text = this.#fill(this.#random.pick(words.crisisPhrases))
      const platform = this.#random.pick(['bluesky', 'bluesky', 'mastodon', 'forum'])
      this.#afterwards(this.#post(text, time, this.#random.pick(this.#authors), { platform, language: 'en' }))
      if (this.#random.chance(0.08)) this.#repost(text, time, 'en')
    })
  }

  campaign(): void {
    const bots = Array.from({ length: 60 }, (_, i) =>
      campaignAuthor(this.#random, i, this.#until - STORIES.campaign.start),
    )
    this.#burst(STORIES.campaign, 260, (time) => {
      const text = this.#fill(this.#random.pick(words.campaignPhrases))
      this.#post(text, time, this.#random.pick(bots), { platform: 'bluesky', language: 'en' })
    })
  }

  /** A few accounts leave, one is suspended and comes back. */
  departures(): void {
    for (const [i, author] of this.#authors.slice(0, 4).entries()) {
      const time = this.#until - (12 - i) * DAY_MS
      const event = (op: AuthorEvent['op'], at: number, reason: string) =>
        this.events.push({
          kind: 'author',
          event: {
            ...{ platform: 'bluesky', authorId: author.id as string, op, rev: at, observedAt: at },
            block: false,
            source: SOURCE,
            reason,
          },
        })
      if (i < 3) event('delete', time, 'account deleted')
      else {
        event('hide', time, 'account deactivated')
        event('restore', time + 2 * DAY_MS, 'account active again')
      }
    }
  }

  /** Times that come quickly at first and then fade, as a story does. `done` runs from 0 to 1. */
  #burst(
    { start, lasts }: { start: number; lasts: number },
    mentions: number,
    tell: (time: number, done: number) => void,
  ): void {
    for (let i = 0; i < mentions; i++) {
      const done = this.#random.next() ** 1.6
      tell(Math.round(this.#until - start + done * lasts), done)
    }
  }

  /** The same news on several sites, with another ending each. */
  #report(phrase: string, time: number): void {
    const random = this.#random
    const title = this.#fill(phrase)
    const sites = ['morning-post.example', 'city-herald.example', 'market-wire.example', 'daily-note.example']
    const copies = 1 + (random.chance(0.4) ? random.below(sites.length) : 0)
    for (const [i, site] of sites.slice(0, copies).entries()) {
      const published = time + i * random.below(40 * MINUTE_MS)
      const text = `${title}. ${random.pick(['More to follow.', 'The company did not comment.', `By our reporter in ${random.pick(words.fillers.city as readonly string[])}.`])}`
      this.#event('create', published, {
        ...{ platform: 'news', kind: 'article', title, text, language: 'en', author: null },
        url: `https://${site}/${this.#count + 1}`,
        container: site,
      })
    }
  }

  #repost(text: string, time: number, language: string): void {
    for (let copies = 1 + this.#random.below(4); copies > 0; copies--) {
      const author = this.#random.pick(this.#authors)
      const copy = this.#random.pick([text, `RT: ${text}`, `"${text}"`, text.replace(/[!.]+$/, ''), `${text} 👀`])
      this.#post(copy, time + Math.round(this.#random.exponential(25 * MINUTE_MS)), author, {
        platform: 'bluesky',
        language,
        kind: 'repost',
      })
    }
  }

  #post(
    text: string,
    time: number,
    author: Author,
    {
      platform,
      language,
      rating = null,
      kind,
    }: { platform: string; language: string; rating?: number | null; kind?: Mention['kind'] },
  ): MentionEvent {
    const kinds: Readonly<Record<string, Mention['kind']>> = { forum: 'comment', reviews: 'review' }
    return this.#event('create', time, {
      platform,
      kind: kind ?? kinds[platform] ?? 'post',
      title: null,
      text,
      language,
      author,
      rating,
    })
  }

  #afterwards(event: MentionEvent): void {
    const random = this.#random
    const mention = event.mention as Mention
    const then = (mean: number) => event.observedAt + Math.round(random.exponential(mean))
    if (random.chance(0.02)) {
      const at = then(HOUR_MS)
      const text = `${mention.text} (edit: ${random.pick(['typo', 'they answered me', 'added the place', 'calmer now'])})`
      this.events.push({
        kind: 'mention',
        event: withPayload({
          ...event,
          op: 'update',
          rev: at,
          observedAt: at,
          mention: { ...mention, text, editedAt: at },
        }),
      })
    }
    if (random.chance(0.015)) {
      const at = then(6 * HOUR_MS)
      this.events.push({
        kind: 'mention',
        event: {
          ...event,
          op: 'delete',
          rev: at,
          observedAt: at,
          mention: null,
          payload: null,
          reason: 'deleted by its author',
        },
      })
    }
  }

  #event(
    op: Op,
    time: number,
    about: Pick<Mention, 'platform' | 'kind' | 'title' | 'text' | 'author'> & {
      language: string
      rating?: number | null
      url?: string
      container?: string
    },
  ): MentionEvent {
    const random = this.#random
    const observedAt = Math.min(time + 1_000 + Math.round(random.exponential(20_000)), Math.max(time, this.#until))
    const nativeId = `${this.#idPrefix}${++this.#count}`
    const { language, rating, container, url, ...known } = about
    const mention = newMention({
      ...known,
      publishedAt: time,
      url: url ?? `https://${about.platform}.example/post/${nativeId}`,
      lang: { declared: random.chance(0.8) ? language : null, detected: null, confidence: null },
      engagement: about.author === null ? null : engagement(random, about.author, observedAt),
      rating: rating == null ? null : { value: rating, min: 1, max: 5 },
      container:
        container === undefined
          ? null
          : { type: 'site', id: null, name: container, url: `https://${container}`, members: null },
      links: linksIn(about.text ?? ''),
      hashtags: [...(about.text ?? '').matchAll(/#(\p{L}+)/gu)].map(([, tag]) => tag as string),
    })
    const event = withPayload({
      ...{ id: mentionId(about.platform, nativeId), op, rev: observedAt, observedAt, ingestedAt: null },
      ...{ source: SOURCE, reason: null, mention, payload: null },
    })
    this.events.push({ kind: 'mention', event })
    return event
  }

  #fill(phrase: string): string {
    const text = phrase.replace(/\{(\w+)\}/g, (_, name: string) =>
      this.#random.pick(words.fillers[name] as readonly string[]),
    )
    return text.charAt(0).toUpperCase() + text.slice(1)
  }
}

const SOURCE: Source = { connector: 'demo', platform: 'demo', instance: null, latenessMs: DEMO_LATENESS_MS }

function engagement(random: Random, { followers }: Author, measuredAt: number): Engagement {
  const seen = (followers ?? 0) * 0.02
  const count = (share: number) => Math.round(random.exponential(0.3 + seen * share))
  return newEngagement({ likes: count(1), replies: count(0.2), shares: count(0.25), measuredAt })
}

const linksIn = (text: string): Mention['links'] =>
  [...text.matchAll(/https:\/\/\S+/g)].map(([url]) => ({ url, canonical: url, title: null }))

/** The bytes that a platform of the demo would have sent. */
function withPayload(event: MentionEvent): MentionEvent {
  const { id, op, mention } = event
  const bytes = Buffer.from(
    JSON.stringify({
      id,
      op,
      text: mention?.text,
      title: mention?.title,
      by: mention?.author?.handle,
      at: mention?.publishedAt,
    }),
  )
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { ...event, payload: { bytes, ref: null, sha256, contentType: 'application/json', mapper: 'demo/1' } }
}
