import { readFileSync } from 'node:fs'
import { LanguageFeatures } from './language-features.ts'
import { SCRIPT_COUNT, scriptName } from './script-of.ts'

/** The part of the model card that the program needs. */
export interface LanguageCard {
  readonly name: string
  readonly version: string
  /** ISO 639-1 codes, in the order of the outputs. */
  readonly codes: readonly string[]
  /** Codes that can be meant, per script. */
  readonly scripts: Readonly<Record<string, readonly string[]>>
  readonly hashRows: number
  readonly dimensions: number
  /** One step of the 8-bit embeddings. */
  readonly scale: number
  /** Raw scores are multiplied by `sharpness · n^growth` (n features) before they become probabilities; fitted on held-out rows. */
  readonly sharpness: number
  readonly growth: number
}

export interface LanguageModel {
  readonly card: LanguageCard
  /** `codes × dimensions`, then a bias per code. */
  readonly outputs: Float32Array
  /** `hashRows × dimensions` weights, each plus 128, in words of four. */
  readonly embeddings: Int32Array
}

export function loadLanguageModel(): LanguageModel {
  const folder = new URL('../models/', import.meta.url)
  const card = JSON.parse(readFileSync(new URL('language.json', folder), 'utf8')) as LanguageCard
  const file = readFileSync(new URL('language.bin', folder))
  const outputSize = card.codes.length * (card.dimensions + 1)
  const expected = outputSize * 4 + card.hashRows * card.dimensions
  if (file.byteLength !== expected) {
    throw new RangeError(`weights of ${card.name}: ${file.byteLength} bytes, ${expected} expected by its card`)
  }
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + expected)
  return {
    card,
    outputs: new Float32Array(bytes, 0, outputSize),
    embeddings: new Int32Array(bytes, outputSize * 4, (card.hashRows * card.dimensions) / 4),
  }
}

/** The most probable language; `code` is null when the text has no letter of a script that we know. */
export interface LanguageGuess {
  readonly code: string | null
  readonly probability: number
  readonly letters: number
  /** The script is written by one language alone. */
  readonly byScript: boolean
}

/**
 * Guesses by script first, then by hashed character n-grams through a narrow layer. `prior` is the log-odds that a
 * declared language has over each other one.
 */
export function createLanguageGuesser(
  model: LanguageModel,
  prior: number,
): (text: string, declared: string | null) => LanguageGuess {
  const { card, outputs, embeddings } = model
  const { dimensions, codes } = card
  const features = new LanguageFeatures(card.hashRows)
  const hidden = new Int32Array(dimensions)
  const scaled = new Float64Array(dimensions)
  const scores = new Float64Array(codes.length)
  const possible = Array.from({ length: SCRIPT_COUNT }, (_, script) =>
    Int32Array.from(card.scripts[scriptName(script)] ?? [], (code) => codes.indexOf(code)),
  )
  const words = dimensions / 4
  const even = new Int32Array(words)
  const odd = new Int32Array(words)

  // Bytes 0 and 2 of a word are added at once, and bytes 1 and 3: 257 of them fit into 16 bits.
  const addEmbeddings = (rows: Int32Array, count: number): void => {
    hidden.fill(-128 * count)
    for (let from = 0; from < count; from += 256) {
      even.fill(0)
      odd.fill(0)
      const to = Math.min(count, from + 256)
      for (let i = from; i < to; i++) {
        const at = rows[i]! * words
        for (let w = 0; w < words; w++) {
          const four = embeddings[at + w]!
          even[w]! += four & 0x00ff00ff
          odd[w]! += (four >>> 8) & 0x00ff00ff
        }
      }
      for (let w = 0; w < words; w++) {
        hidden[4 * w]! += even[w]! & 0xffff
        hidden[4 * w + 1]! += odd[w]! & 0xffff
        hidden[4 * w + 2]! += even[w]! >>> 16
        hidden[4 * w + 3]! += odd[w]! >>> 16
      }
    }
  }
  const biasAt = codes.length * dimensions

  return (text, declared) => {
    const { script, letters, count, rows } = features.read(text)
    const choices = script < 0 ? undefined : possible[script]
    if (choices === undefined || choices.length === 0)
      return { code: null, probability: 0, letters: 0, byScript: false }
    if (choices.length === 1) return { code: codes[choices[0]!]!, probability: 0.99, letters, byScript: true }
    addEmbeddings(rows, count)
    const sharpness = card.sharpness * count ** card.growth
    const factor = (card.scale * sharpness) / Math.sqrt(count)
    for (let d = 0; d < dimensions; d++) scaled[d] = hidden[d]! * factor
    let best = -1
    for (let i = 0; i < choices.length; i++) {
      const k = choices[i]!
      let score = outputs[biasAt + k]! * sharpness
      if (codes[k] === declared) score += prior
      for (let d = 0; d < dimensions; d++) score += outputs[k * dimensions + d]! * scaled[d]!
      scores[k] = score
      if (best < 0 || score > scores[best]!) best = k
    }
    let sum = 0
    for (let i = 0; i < choices.length; i++) sum += Math.exp(scores[choices[i]!]! - scores[best]!)
    return { code: codes[best]!, probability: 1 / sum, letters, byScript: false }
  }
}
