import { mkdirSync, writeFileSync } from 'node:fs'
import { NUMERIC_ROWS } from '#enrich/sentiment/sentiment-features.ts'
import { bytesOf, type Calibration, CLASSES, type SentimentCard } from '#enrich/sentiment/sentiment-model.ts'
import { calibrate } from '#enrich/sentiment/sentiment-scorer.ts'
import type { WordTable } from '#enrich/text/word-table.ts'
import { Random } from '../random.ts'
import { fitCalibration, type Scored } from './fit-calibration.ts'
import { quantise } from './quantise.ts'
import { readTsv } from './read-tsv.ts'
import { type LabelledPost, type SentimentSamples, sentimentSamples, toneOf } from './sentiment-samples.ts'
import { type LinearModel, trainSoftmax } from './softmax-regression.ts'
import { sentimentLists } from './word-lists.ts'

const MODELS = new URL('../../enrich/models/', import.meta.url)
const VERSION = '1'
const SEED = 20
const FOLDS = 3
/** Labels that are decided are to be right this often, on held-out training posts. */
const DECIDED_ACCURACY = 0.8

interface Head {
  readonly name: string
  readonly title: string
  readonly hashRows: number
  readonly training: { readonly epochs: number; readonly rate: number; readonly l2: number }
  readonly posts: readonly LabelledPost[]
  /** Posts to calibrate on; the held-out scores of the training posts where there are none. */
  readonly calibrationPosts: readonly LabelledPost[]
  readonly data: readonly string[]
}

/** Trains both sentiment models from the folder `data` and writes weights and cards into `enrich/models/`. About a minute. */
export function trainSentiment(data: string): void {
  const lists = sentimentLists(data)
  const english = englishPosts(data, 'train')
  trainHead(lists, {
    name: 'sentiment-en',
    title: 'Sentiment of English posts',
    hashRows: 2 ** 18,
    training: { epochs: 8, rate: 0.03, l2: 2e-6 },
    posts: english,
    calibrationPosts: englishPosts(data, 'val'),
    data: [
      'SemEval 2013–2016 task 4A, training part (notice); calibrated on the validation part of TweetEval (notice)',
    ],
  })
  trainHead(lists, {
    name: 'sentiment-multi',
    title: 'Sentiment of posts in Arabic, German, Spanish, French, romanised Hindi, Italian and Portuguese',
    hashRows: 2 ** 18,
    training: { epochs: 8, rate: 0.03, l2: 2e-6 },
    calibrationPosts: [],
    posts: [...otherPosts(data), ...english.map((post) => ({ ...post, weight: post.weight * 0.1 }))],
    data: ['UMSAB (XLM-T), training part (notice)', 'SemEval 2013–2016 task 4A, training part (notice)'],
  })
}

/** Rare tones weigh more, so that the three count the same. */
function englishPosts(data: string, part: 'train' | 'val'): LabelledPost[] {
  const rows = readTsv(data, `sentiment/${part}.tsv`)
  const counts = new Map<string, number>()
  for (const { label } of rows) counts.set(label!, (counts.get(label!) ?? 0) + 1)
  return rows.map(({ label, text }) => ({
    text: text!,
    label: toneOf(label!),
    language: 'en',
    weight: rows.length / (CLASSES * counts.get(label!)!),
  }))
}

/** Without the English rows: most of them are the validation posts of `sentiment`. */
function otherPosts(data: string): LabelledPost[] {
  return readTsv(data, 'sentiment-multi/train.tsv')
    .filter(({ lang }) => lang !== 'en')
    .map(({ label, lang, text }) => ({ text: text!, label: toneOf(label!), language: lang!, weight: 1 }))
}

function trainHead(lists: WordTable, head: Head): void {
  const { posts, hashRows, calibrationPosts } = head
  const samples = sentimentSamples(posts, hashRows, lists)
  const options = { ...head.training, featureCount: samples.featureCount, seed: SEED }
  const heldOut = heldOutScores(samples, options)
  const model = trainSoftmax(samples, options)
  const languages = [...new Set(posts.map(({ language }) => language))].sort()
  const ofLanguage = (language: string): Scored[] => heldOut.filter((_, row) => posts[row]!.language === language)
  const calibration: Record<string, Calibration> = {}
  if (calibrationPosts.length > 0) {
    const fresh = sentimentSamples(calibrationPosts, hashRows, lists)
    calibration.en = fitCalibration(calibrationPosts.map((_, row) => scoredRow(fresh, model, row)))
  } else {
    const own = languages.filter((language) => language !== 'en') // has a model of its own
    for (const language of own) calibration[language] = fitCalibration(ofLanguage(language))
    calibration.und = fitCalibration(own.flatMap(ofLanguage))
  }
  const judged = languages.filter((language) => calibration[language] !== undefined)
  const limit = limitFor(
    judged.map((language) => ({ rows: ofLanguage(language), calibration: calibration[language]! })),
  )
  write(lists, head, model, calibration, limit)
}

/** Raw scores of each post by a model that has not seen it. */
function heldOutScores(samples: SentimentSamples, options: Parameters<typeof trainSoftmax>[1]): Scored[] {
  const fold = new Int32Array(samples.posts.length)
  const random = new Random(SEED)
  for (let row = 0; row < fold.length; row++) fold[row] = random.below(FOLDS)
  const scored: Scored[] = new Array(fold.length)
  for (let part = 0; part < FOLDS; part++) {
    const rows = Int32Array.from(fold.keys()).filter((row) => fold[row] !== part)
    const model = trainSoftmax(samples, { ...options, rows })
    for (let row = 0; row < fold.length; row++) {
      if (fold[row] !== part) continue
      scored[row] = scoredRow(samples, model, row)
    }
  }
  return scored
}

function scoredRow(
  { features, values, starts, posts, isNegated }: SentimentSamples,
  model: LinearModel,
  row: number,
): Scored {
  const scores = Float64Array.from(model.bias)
  for (let i = starts[row]!; i < starts[row + 1]!; i++) {
    const at = features[i]! * CLASSES
    for (let k = 0; k < CLASSES; k++) scores[k]! += values[i]! * model.weights[at + k]!
  }
  return { scores, label: posts[row]!.label, isNegated: isNegated[row] === 1 }
}

/** The smallest probability above which labels are right often enough. */
function limitFor(parts: readonly { readonly rows: readonly Scored[]; readonly calibration: Calibration }[]): number {
  const judged = parts.flatMap(({ rows, calibration }) =>
    rows.map(({ scores, label, isNegated }) => {
      const into = new Float64Array(CLASSES)
      calibrate(scores, calibration, isNegated, into)
      const said = scores.indexOf(Math.max(...scores))
      return { probability: into[said]!, isRight: said === label }
    }),
  )
  judged.sort((a, b) => b.probability - a.probability)
  let right = 0
  let limit = 1
  judged.forEach(({ probability, isRight }, n) => {
    right += Number(isRight)
    if (right / (n + 1) >= DECIDED_ACCURACY) limit = probability
  })
  return Math.round(limit * 1000) / 1000
}

function write(
  lists: WordTable,
  { name, title, hashRows, training, posts, data }: Head,
  { weights, bias }: LinearModel,
  calibration: Record<string, Calibration>,
  limit: number,
): void {
  const split = hashRows * CLASSES
  const { bytes: hashed, scale } = quantise(weights.subarray(0, split), 0.99999)
  const numeric = weights.slice(split, split + NUMERIC_ROWS * CLASSES)
  const card: SentimentCard & Record<string, unknown> = {
    name,
    version: VERSION,
    title,
    licence: 'Apache-2.0; the texts it was trained on are not part of it',
    data,
    lists: ['VADER lexicon (MIT)', 'AFINN-165 (Apache-2.0)', 'emoji scores derived from VADER (MIT)'],
    trainingPosts: posts.length,
    training: { ...training, seed: SEED, command: 'npm run train -- sentiment' },
    hashRows,
    listSlots: lists.keys.length,
    scale,
    bias: [...bias],
    calibration,
    limit,
  }
  mkdirSync(MODELS, { recursive: true })
  writeFileSync(new URL(`${name}.bin`, MODELS), bytesOf({ lists, numeric, hashed }))
  writeFileSync(new URL(`${name}.json`, MODELS), `${JSON.stringify(card, null, 2)}\n`)
}
