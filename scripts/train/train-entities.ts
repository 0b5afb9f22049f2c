import { mkdirSync, writeFileSync } from 'node:fs'
import { type DecodedName, EntityDecoder } from '#enrich/entities/entity-decoder.ts'
import { EntityFeatures, FEATURES } from '#enrich/entities/entity-features.ts'
import {
  canBegin,
  canFollow,
  type EntityCard,
  type EntityModel,
  entityBytesOf,
  entityModelOf,
  LEARNT_TYPES,
  ROW_PROBES,
  TAGS,
  WEIGHTS,
} from '#enrich/entities/entity-model.ts'
import { logit } from '#enrich/entities/entity-tagger.ts'
import { WordClasses } from '#enrich/entities/word-classes.ts'
import { type CrfWeights, type TaggedSentence, trainCrf } from './crf.ts'
import { type EntityPost, readEntityPosts, tagsOf, unitsOf, wordClassEntries } from './entity-data.ts'

const MODELS = new URL('../../enrich/models/', import.meta.url)
const CLASS_BITS = 16
const TABLE_BITS = 17
const TABLE_LOAD = 0.8
/** A feature seen less often says nothing about other posts. */
const MIN_SEEN = 2
const TRAINING = { epochs: 12, rate: 0.03, decay: 3e-4, dropout: 0.25 }
/** The mean of models that differ by their draws alone is better than each of them. */
const SEEDS = [1, 2, 3]
const OUTSIDE_BIAS = -1
/** One post in so many is kept back to learn how often names of a given probability are right. */
const CALIBRATION_PART = 5

/** Trains the tagger of people, places and organisations from the folder `data` and writes it with its card. A minute or two. */
export function trainEntities(data: string): void {
  const built = WordClasses.build(CLASS_BITS, wordClassEntries(data))
  const posts = [
    ...readEntityPosts(data, 'entities-wnut17', 'train'),
    ...readEntityPosts(data, 'entities-btc', 'train'),
  ]
  const learn = (from: readonly EntityPost[], confidence: EntityCard['confidence']): EntityModel => {
    const features = new EntityFeatures(new WordClasses(built.classes, built.marks))
    return modelFrom(from, features, built, confidence)
  }
  const isKeptBack = (_: EntityPost, i: number): boolean => i % CALIBRATION_PART === 0
  const partial = learn(
    posts.filter((post, i) => !isKeptBack(post, i)),
    { slope: 1, offset: 0 },
  )
  const confidence = fitConfidence(judge(partial, posts.filter(isKeptBack)))
  const model = learn(posts, confidence)
  const validation = {
    'entities-wnut17': figures(judge(model, readEntityPosts(data, 'entities-wnut17', 'val'))),
    'entities-btc': figures(judge(model, readEntityPosts(data, 'entities-btc', 'val'))),
  }
  const card = {
    ...model.card,
    title: 'People, places and organisations in English posts',
    licence: 'Apache-2.0; the texts it was trained on are not part of it',
    data: ['WNUT-2017 shared task, training part (CC-BY 4.0)', 'Broad Twitter Corpus, training part (CC-BY 4.0)'],
    lists: [
      'own word classes, as hashes, made without labels from posts of TweetEval, SemEval, TwiBot-20 and Constraint',
      'own lists of names (scripts/train/name-lists)',
    ],
    trainingPosts: posts.length,
    training: { ...TRAINING, seeds: SEEDS, command: 'npm run train -- entities' },
    validation,
  }
  mkdirSync(MODELS, { recursive: true })
  writeFileSync(new URL('entities-en.bin', MODELS), entityBytesOf(model))
  writeFileSync(new URL('entities-en.json', MODELS), `${JSON.stringify(card, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(validation, null, 2)}\n`)
}

function modelFrom(
  posts: readonly EntityPost[],
  features: EntityFeatures,
  built: { readonly classes: Uint32Array; readonly marks: Uint16Array },
  confidence: EntityCard['confidence'],
): EntityModel {
  const hashesOf = posts.map(({ text }) => {
    const units = unitsOf(text)
    features.extract(text, units)
    return features.hashes.slice(0, units.count * FEATURES)
  })
  const rowOf = rowsOf(hashesOf)
  const sentences: TaggedSentence[] = posts.map((post, i) => ({
    rows: Int32Array.from(hashesOf[i]!, (hash) => rowOf.get(hash) ?? -1),
    tags: tagsOf(post, unitsOf(post.text)),
  }))
  const learnt = averaged(
    SEEDS.map((seed) => trainCrf(sentences, { ...TRAINING, seed, tags: TAGS, rows: rowOf.size, canBegin, canFollow })),
  )
  const { owners, weights, scale } = compress(learnt, rowOf)
  const card: EntityCard = {
    name: 'entities-en',
    version: '1',
    rows: owners.length,
    classSlots: built.marks.length,
    scale,
    transitions: Array.from(learnt.transitions),
    outsideBias: OUTSIDE_BIAS,
    confidence,
  }
  const bytes = entityBytesOf({ classes: built.classes, classMarks: built.marks, owners, weights })
  return entityModelOf(card, new Uint8Array(bytes).buffer)
}

function averaged(models: readonly CrfWeights[]): CrfWeights {
  const mean = (arrays: readonly Float32Array[]): Float32Array =>
    arrays[0]!.map((_, at) => arrays.reduce((sum, array) => sum + array[at]!, 0) / arrays.length)
  return {
    emissions: mean(models.map(({ emissions }) => emissions)),
    transitions: mean(models.map(({ transitions }) => transitions)),
  }
}

/** A row for each feature that is seen often enough. */
function rowsOf(hashesOf: readonly Uint32Array[]): ReadonlyMap<number, number> {
  const all = new Uint32Array(hashesOf.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const hashes of hashesOf) {
    all.set(hashes, at)
    at += hashes.length
  }
  all.sort()
  const rows = new Map<number, number>()
  for (let from = 0, to = 0; from < all.length; from = to) {
    while (to < all.length && all[to] === all[from]) to++
    if (to - from >= MIN_SEEN) rows.set(all[from]!, rows.size)
  }
  return rows
}

/** The strongest features, relative to `O`, in 8 bits and in a table that knows its owners. */
function compress(
  { emissions }: CrfWeights,
  rowOf: ReadonlyMap<number, number>,
): { owners: Uint16Array; weights: Int8Array; scale: number } {
  const strong = [...rowOf]
    .map(([hash, row]) => {
      const relative = Float32Array.from(
        { length: WEIGHTS },
        (_, w) => emissions[row * TAGS + 1 + w]! - emissions[row * TAGS]!,
      )
      return { hash, relative, strength: relative.reduce((top, x) => Math.max(top, Math.abs(x)), 0) }
    })
    .sort((a, b) => b.strength - a.strength || a.hash - b.hash)
    .slice(0, 2 ** TABLE_BITS * TABLE_LOAD)
  const scale = strong[Math.floor(strong.length / 1000)]!.strength / 127
  const owners = new Uint16Array(2 ** TABLE_BITS)
  const weights = new Int8Array(owners.length * WEIGHTS)
  for (const { hash, relative } of strong) {
    for (let probe = 0; probe < ROW_PROBES; probe++) {
      const row = (hash + probe) & (owners.length - 1)
      if (owners[row] !== 0) continue
      owners[row] = hash >>> 16 || 1
      for (const [w, x] of relative.entries()) {
        weights[row * WEIGHTS + w] = Math.max(-127, Math.min(127, Math.round(x / scale)))
      }
      break
    }
  }
  return { owners, weights, scale }
}

interface Judged {
  readonly names: readonly { readonly probability: number; readonly isRight: boolean }[]
  readonly expected: number
}

/** Strict: the same tokens of the data set and the same type. */
function judge(model: EntityModel, posts: readonly EntityPost[]): Judged {
  const features = new EntityFeatures(model.wordClasses)
  const decoder = new EntityDecoder(model)
  const names: { probability: number; isRight: boolean }[] = []
  let expected = 0
  for (const post of posts) {
    const shown = post.names.filter(({ type }) => LEARNT_TYPES[type] !== null)
    const right = new Set(shown.map(({ start, end, type }) => `${tokensAt(post, start, end)} ${type}`))
    expected += right.size
    const units = unitsOf(post.text)
    features.extract(post.text, units)
    const decoded: readonly DecodedName[] = decoder.decode(units.count, features.hashes, FEATURES, (unit) =>
      units.canName(post.text, unit),
    )
    for (const { from, to, type, probability } of decoded) {
      const place = tokensAt(post, units.starts[from]!, units.ends[to - 1]!)
      if (LEARNT_TYPES[type] === null || place === '') continue
      names.push({ probability, isRight: right.has(`${place} ${type}`) })
    }
  }
  return { names, expected }
}

/** The tokens that share a character with a span, unless all are handles. */
function tokensAt({ tokens, handles }: EntityPost, start: number, end: number): string {
  const hit = [...tokens.keys()].filter((i) => tokens[i]!.start < end && tokens[i]!.end > start)
  return hit.every((i) => handles.has(i)) ? '' : `${hit[0]}-${hit.at(-1)}`
}

function figures({ names, expected }: Judged): { precision: number; recall: number; f1: number } {
  const right = names.filter(({ isRight }) => isRight).length
  const percent = (share: number): number => Math.round(1000 * share) / 10
  return {
    precision: percent(right / names.length),
    recall: percent(right / expected),
    f1: percent((2 * right) / (names.length + expected)),
  }
}

/** Slope and offset by which a name's probability tells how often such names are right (Platt), by Newton's method. */
function fitConfidence({ names }: Judged): EntityCard['confidence'] {
  let slope = 1
  let offset = 0
  for (let step = 0; step < 20; step++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-6, 0, 1e-6]
    for (const { probability, isRight } of names) {
      const x = logit(probability)
      const p = 1 / (1 + Math.exp(-(slope * x + offset)))
      const error = p - Number(isRight)
      const spread = p * (1 - p)
      g0 += error
      g1 += error * x
      h00 += spread
      h01 += spread * x
      h11 += spread * x * x
    }
    const determinant = h00 * h11 - h01 * h01
    offset -= (h11 * g0 - h01 * g1) / determinant
    slope -= (h00 * g1 - h01 * g0) / determinant
  }
  return { slope, offset }
}
