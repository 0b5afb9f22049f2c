import { createReadStream } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { type BrandSense, createBrandSenseScorer } from '#enrich/brand-sense/brand-sense-scorer.ts'
import { createEntityTagger } from '#enrich/entities/entity-tagger.ts'
import { createLanguageDetector } from '#enrich/language/language-detector.ts'
import { createSentimentScorer } from '#enrich/sentiment/sentiment-scorer.ts'
import { firstCharacters } from '#enrich/text/first-characters.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { BrandProfile } from '#schemas/brand-profile.ts'
import type { EntityType, Sentiment } from '#schemas/generated.ts'
import { readLines, readNdjson, writeText } from '../ndjson.ts'

/** Heads that can be asked for; those that are not built yet are left out of every answer. */
const HEADS: readonly string[] = (
  'language sentiment entities targetSentiment stance emotion offensive hate irony brand claim checkworthy harmful rumour ' +
  'replyStance misinfoStyle claims copies bot'
).split(' ')

/** Brands without a profile that are remembered between lines. */
const MOST_BARE = 1000

export interface ScoreOptions {
  /** Only these heads. */
  readonly only?: readonly string[]
  /** Adds what moved each labelled head. */
  readonly explain?: boolean
  /** NDJSON of brand profiles, for lines that name a `brand`. */
  readonly profiles?: string
}

type Answer = Record<string, unknown>

/**
 * Scores each line of the input on its own: NDJSON mentions (`id`, `text`, `lang`, `brand` …) to one answer a line, in order,
 * with the heads that have something to say. A line that is no JSON object is answered with `id: null` and an `error`, and
 * counted on `errors`.
 */
export async function score(
  options: ScoreOptions,
  io: { readonly input: Readable; readonly output: Writable; readonly errors?: Writable },
): Promise<void> {
  const unknown = (options.only ?? []).filter((head) => !HEADS.includes(head))
  if (unknown.length > 0) {
    throw new PipelineError(
      ErrorClass.Config,
      'HEAD_UNKNOWN',
      `--only: unknown head ${unknown.join(', ')}; the heads are ${HEADS.join(', ')}`,
    )
  }
  const profiles =
    options.profiles === undefined ? new Map<string, BrandProfile>() : await readProfiles(options.profiles)
  const answer = createAnswerer(options, profiles)
  let unreadable = 0
  for await (const lines of readLines(io.input)) {
    let answers = ''
    for (const line of lines) {
      if (line.trim() === '') continue
      const mention = parse(line)
      if (mention === null) unreadable++
      answers += `${JSON.stringify(mention === null ? { id: null, error: 'not a JSON object' } : answer(mention))}\n`
    }
    await writeText(io.output, answers)
  }
  if (unreadable > 0)
    io.errors?.write(`earshot score: ${unreadable} lines are not JSON objects and were answered with id null\n`)
}

function parse(line: string): Answer | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Answer) : null
  } catch {
    return null // answered as such
  }
}

function createAnswerer(
  { only, explain }: ScoreOptions,
  profiles: ReadonlyMap<string, BrandProfile>,
): (mention: Answer) => Answer {
  const isAsked = (head: string): boolean => only === undefined || only.includes(head)
  const detector = createLanguageDetector()
  const sentiment = isAsked('sentiment') ? createSentimentScorer() : null
  const entities = isAsked('entities') ? createEntityTagger() : null
  const sense = isAsked('brand') ? createBrandSenseScorer() : null
  const bare = new Map<string, BrandProfile>()
  /** A brand without a profile is judged by its name alone. */
  const profileOf = (brand: string): BrandProfile => {
    const known = profiles.get(brand) ?? bare.get(brand) ?? profileFrom(brand, () => [])
    if (!profiles.has(brand) && bare.size < MOST_BARE) bare.set(brand, known)
    return known
  }

  return (mention) => {
    const answer: Answer = { id: mention.id ?? null }
    if (typeof mention.text !== 'string') return answer
    const text = firstCharacters(mention.text)
    const declared = typeof mention.lang === 'string' ? mention.lang : null
    const { code } = detector.detect(text, declared)
    if (isAsked('language')) {
      answer.language = { label: detector.guess(text, declared).code ?? 'und', uncertain: code === null }
    }
    if (sentiment !== null) {
      const scored = sentiment.score(text, code)
      if ('value' in scored) answer.sentiment = sentimentAnswer(scored.value, text, explain === true)
    }
    if (entities !== null) {
      const profile = typeof mention.brand === 'string' ? profiles.get(mention.brand) : undefined
      const tagged = entities.tag(text, code, profile === undefined ? [] : [profile])
      if ('value' in tagged) {
        answer.entities = tagged.value.items.map(({ start, end, type, text: name }) => ({
          start,
          end,
          type: ENTITY_TYPES[type],
          text: name,
        }))
      }
    }
    if (sense !== null && typeof mention.brand === 'string') {
      answer.brand = brandAnswer(sense.judge(text, code, profileOf(mention.brand)), text, explain === true)
    }
    return answer
  }
}

const ENTITY_TYPES: Readonly<Record<EntityType, string>> = {
  brand: 'ORG',
  organisation: 'ORG',
  person: 'PER',
  place: 'LOC',
  product: 'PRODUCT',
  work: 'WORK',
  other: 'OTHER',
  unknown: 'OTHER',
}

function sentimentAnswer(
  { label, negative, neutral, positive, uncertain, explain }: Sentiment,
  text: string,
  explained: boolean,
): Answer {
  const scores = { negative: rounded(negative), neutral: rounded(neutral), positive: rounded(positive) }
  if (!explained) return { label, scores, uncertain }
  const parts = explain.parts.map(({ start, end, weight }) => ({
    start,
    end,
    text: text.slice(start, end),
    weight: rounded(weight),
  }))
  const { margin, bias, rest } = explain
  return {
    label,
    scores,
    uncertain,
    explain: { margin: rounded(margin), bias: rounded(bias), rest: rounded(rest), parts },
  }
}

function brandAnswer(
  { state, probability, margin, bias, parts }: BrandSense,
  text: string,
  explained: boolean,
): Answer {
  const isBrand = probability >= 0.5
  const brand = rounded(probability)
  const answer = {
    label: isBrand ? 'brand' : 'other',
    scores: { brand, other: rounded(1 - brand) },
    uncertain: state === 'unsure',
  }
  if (!explained) return answer
  const sign = isBrand ? 1 : -1
  const shown = parts.map(({ start, end, weight, reason }) => ({
    start,
    end,
    text: text.slice(start, end),
    weight: rounded(sign * weight),
    feature: reason,
  }))
  return { ...answer, explain: { margin: rounded(sign * margin), bias: rounded(sign * bias), rest: 0, parts: shown } }
}

/** A millionth is finer than any of these numbers is known. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6

async function readProfiles(path: string): Promise<Map<string, BrandProfile>> {
  const profiles = new Map<string, BrandProfile>()
  for await (const lines of readNdjson(createReadStream(path), path)) {
    for (const { value, number } of lines) {
      const name = value.brand
      if (typeof name !== 'string') {
        throw new PipelineError(
          ErrorClass.Config,
          'PROFILE_INVALID',
          `${path}, line ${number}: expected "brand", a name`,
        )
      }
      const list = (key: string): readonly string[] => {
        const items = value[key] ?? []
        if (Array.isArray(items) && items.every((item) => typeof item === 'string')) return items
        throw new PipelineError(
          ErrorClass.Config,
          'PROFILE_INVALID',
          `${path}, line ${number}: "${key}" must be a list of texts`,
        )
      }
      profiles.set(name, profileFrom(name, list))
    }
  }
  return profiles
}

const profileFrom = (name: string, list: (key: string) => readonly string[]): BrandProfile => ({
  id: name,
  name,
  query: `"${name.replaceAll('"', '')}"`,
  ambiguous: true,
  products: list('products'),
  rivals: list('rivals'),
  people: list('people'),
  places: list('places'),
  words: list('words'),
  notWords: list('notWords'),
  handles: list('handles'),
  domains: list('domains'),
  languages: list('languages'),
  mustMatch: [],
  mustNotMatch: [],
})
