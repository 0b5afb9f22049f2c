import { readFileSync } from 'node:fs'
import { WordTable } from '../text/word-table.ts'
import { GROUPS, LISTS, NUMERIC_ROWS, type SentimentFeatures } from './sentiment-features.ts'

export const TONES = ['negative', 'neutral', 'positive'] as const
export const CLASSES = TONES.length

/** Maps raw scores to probabilities: softmax((score + offset) · sharpness). */
export interface Calibration {
  readonly offsets: readonly number[]
  readonly sharpness: number
  /** For posts with a negation, where the model is right less often than it thinks. */
  readonly negatedSharpness: number
}

/** The part of a model card that the program needs; the rest is for people. */
export interface SentimentCard {
  readonly name: string
  readonly version: string
  readonly hashRows: number
  readonly listSlots: number
  /** One step of the 8-bit weights. */
  readonly scale: number
  readonly bias: readonly number[]
  /** Per language code. */
  readonly calibration: Readonly<Record<string, Calibration>>
  /** A label less probable than this is uncertain. */
  readonly limit: number
}

/** Weights as they lie in the file: word lists, figures (32-bit), hashed rows (8-bit), classes side by side. */
export interface SentimentModel {
  readonly card: SentimentCard
  readonly lists: WordTable
  readonly numeric: Float32Array
  readonly hashed: Int8Array
}

/** Reads a model from `enrich/models/`; a few milliseconds. */
export function loadSentimentModel(name: string): SentimentModel {
  const folder = new URL('../models/', import.meta.url)
  const card = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as SentimentCard
  const file = readFileSync(new URL(`${name}.bin`, folder))
  // A copy of its own begins at an even address, which typed arrays need.
  return modelOf(card, file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength))
}

function modelOf(card: SentimentCard, bytes: ArrayBuffer): SentimentModel {
  const sizes = [card.listSlots * 4, NUMERIC_ROWS * CLASSES * 4, card.listSlots * LISTS, card.hashRows * CLASSES]
  const expected = sizes.reduce((sum, size) => sum + size, 0)
  if (bytes.byteLength !== expected) {
    throw new RangeError(`weights of ${card.name}: ${bytes.byteLength} bytes, ${expected} expected by its card`)
  }
  const keys = new Int32Array(bytes, 0, card.listSlots)
  const numeric = new Float32Array(bytes, sizes[0]!, NUMERIC_ROWS * CLASSES)
  const values = new Int8Array(bytes, sizes[0]! + sizes[1]!, card.listSlots * LISTS)
  const hashed = new Int8Array(bytes, sizes[0]! + sizes[1]! + sizes[2]!, card.hashRows * CLASSES)
  return { card, lists: new WordTable(keys, values), numeric, hashed }
}

/** The file of a model. */
export function bytesOf({ lists, numeric, hashed }: Omit<SentimentModel, 'card'>): Uint8Array {
  const parts = [lists.keys, numeric, lists.values, hashed]
  return Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)))
}

const sums = new Int32Array(GROUPS * CLASSES)

/** Raw scores of the three tones, without the bias, into `scores`. */
export function addScores(
  { card, numeric, hashed }: SentimentModel,
  features: SentimentFeatures,
  scores: Float64Array,
): void {
  const { count, rows, groups, scales } = features
  sums.fill(0)
  for (let i = 0; i < count; i++) {
    const row = rows[i]! * CLASSES
    const group = groups[i]! * CLASSES
    sums[group]! += hashed[row]!
    sums[group + 1]! += hashed[row + 1]!
    sums[group + 2]! += hashed[row + 2]!
  }
  for (let k = 0; k < CLASSES; k++) {
    for (let group = 0; group < GROUPS; group++) scores[k]! += sums[group * CLASSES + k]! * scales[group]! * card.scale
  }
  const { numericCount, numericRows, numericValues } = features
  for (let i = 0; i < numericCount; i++) {
    const row = numericRows[i]! * CLASSES
    for (let k = 0; k < CLASSES; k++) scores[k]! += numericValues[i]! * numeric[row + k]!
  }
}
