import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { LanguageFeatures } from '#enrich/language/language-features.ts'
import type { LanguageCard } from '#enrich/language/language-model.ts'
import { SCRIPT_COUNT, scriptName } from '#enrich/language/script-of.ts'
import { type BagModel, type BagSamples, trainBag } from './embedding-softmax.ts'
import { quantise } from './quantise.ts'
import { readTsv } from './read-tsv.ts'

const MODELS = new URL('../../enrich/models/', import.meta.url)
const HASH_ROWS = 2 ** 16
const OPTIONS = { featureCount: HASH_ROWS, dimensions: 32, epochs: 10, rate: 0.3, dropout: 0.2, seed: 20 }
/** A language that writes less than this share of its rows in a script is not looked for there. */
const MIN_SCRIPT_SHARE = 0.02

interface LanguageRow {
  readonly text: string
  readonly code: string
  /** First hex digit of its md5: `0` is for the final test, `1` for calibration. */
  readonly digit: string
}

/** Trains the language model from the folder `data` and writes weights and card into `enrich/models/`. About a minute. */
export function trainLanguage(data: string): void {
  const rows = languageRows(data).filter(({ digit }) => digit !== '0')
  const codes = [...new Set(rows.map(({ code }) => code))].sort()
  const samples = samplesOf(rows, codes)
  const usable = Int32Array.from(rows.keys()).filter((row) =>
    samples.classesOf[samples.groups[row]!]!.includes(samples.labels[row]!),
  )
  const rest = usable.filter((row) => rows[row]!.digit !== '1')
  const heldOut = usable.filter((row) => rows[row]!.digit === '1')
  const { sharpness, growth } = fitSharpness(samples, trainBag(samples, { ...OPTIONS, rows: rest }), heldOut)
  write(trainBag(samples, { ...OPTIONS, rows: usable }), samples, codes, { sharpness, growth }, usable.length)
}

function languageRows(data: string): LanguageRow[] {
  const row = (text: string, code: string): LanguageRow => ({
    text,
    code,
    digit: createHash('md5').update(text).digest('hex')[0]!,
  })
  const lists = ['lid-sentences', 'lid-word-pairs', 'lid-single-words'].flatMap((folder) =>
    readTsv(data, `${folder}/train.tsv`).map(({ label, text }) => row(text!, label!)),
  )
  const posts = readTsv(data, 'sentiment-multi/train.tsv').map(({ lang, text }) => row(text!, lang!))
  // The Hindi posts are romanised and mixed with English: without many English ones, English would be taken for them.
  const english = readTsv(data, 'sentiment/train.tsv')
    .filter((_, n) => n % 4 === 0)
    .map(({ text }) => row(text!, 'en'))
  return [...lists, ...posts, ...english]
}

function samplesOf(rows: readonly LanguageRow[], codes: readonly string[]): BagSamples {
  const reader = new LanguageFeatures(HASH_ROWS)
  const parts: Int32Array[] = []
  const starts = new Int32Array(rows.length + 1)
  const groups = new Int32Array(rows.length)
  const labels = new Int32Array(rows.length)
  const counts = codes.map(() => new Int32Array(SCRIPT_COUNT + 1))
  rows.forEach(({ text, code }, n) => {
    reader.read(text)
    parts.push(reader.rows.slice(0, reader.count))
    starts[n + 1] = starts[n]! + reader.count
    groups[n] = reader.script < 0 ? SCRIPT_COUNT : reader.script
    labels[n] = codes.indexOf(code)
    counts[labels[n]!]![groups[n]!]!++
  })
  const features = new Int32Array(starts[rows.length]!)
  parts.forEach((part, n) => {
    features.set(part, starts[n])
  })
  const classesOf = Array.from({ length: SCRIPT_COUNT + 1 }, (_, group) =>
    Int32Array.from(codes.keys()).filter(
      (k) =>
        group < SCRIPT_COUNT &&
        counts[k]![group]! >= MIN_SCRIPT_SHARE * counts[k]!.reduce((sum, count) => sum + count, 0),
    ),
  )
  return {
    features,
    starts,
    labels,
    weights: new Float32Array(rows.length).fill(1),
    groups,
    classesOf,
    classes: codes.length,
  }
}

/**
 * The factor that makes held-out rows most likely (Guo et al., 2017), as `factor · n^growth` of n features: a long text is
 * surer than the sum of its parts says.
 */
function fitSharpness(samples: BagSamples, model: BagModel, rows: Int32Array): { sharpness: number; growth: number } {
  const scored = Array.from(rows, (row) => ({
    scores: scoresOf(samples, model, row),
    right: samples.classesOf[samples.groups[row]!]!.indexOf(samples.labels[row]!),
    features: samples.starts[row + 1]! - samples.starts[row]!,
  })).filter(({ scores }) => scores.length > 1)
  let best = { sharpness: 1, growth: 0, loss: Number.POSITIVE_INFINITY }
  for (const growth of [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]) {
    let sharpness = 1
    let loss = 0
    for (let step = 0; step < 60; step++) {
      let slope = 0
      loss = 0
      for (const { scores, right, features } of scored) {
        const scale = features ** growth
        const top = Math.max(...scores)
        let sum = 0
        let mean = 0
        for (const score of scores) {
          const part = Math.exp(sharpness * scale * (score - top))
          sum += part
          mean += part * score
        }
        slope += scale * (mean / sum - scores[right]!)
        loss += Math.log(sum) - sharpness * scale * (scores[right]! - top)
      }
      sharpness = Math.max(0.02, sharpness - (0.1 * slope) / scored.length / 5 ** (2 * growth))
    }
    if (loss < best.loss) best = { sharpness, growth, loss }
  }
  return best
}

/** Raw scores of the languages that the row's script allows. */
function scoresOf(samples: BagSamples, { embeddings, outputs, bias }: BagModel, row: number): number[] {
  const { dimensions } = OPTIONS
  const from = samples.starts[row]!
  const to = samples.starts[row + 1]!
  const hidden = new Float64Array(dimensions)
  for (let i = from; i < to; i++) {
    for (let d = 0; d < dimensions; d++) hidden[d]! += embeddings[samples.features[i]! * dimensions + d]!
  }
  return Array.from(samples.classesOf[samples.groups[row]!]!, (k) => {
    let score = 0
    for (let d = 0; d < dimensions; d++) score += outputs[k * dimensions + d]! * hidden[d]!
    return bias[k]! + score / Math.sqrt(to - from || 1)
  })
}

function write(
  model: BagModel,
  samples: BagSamples,
  codes: readonly string[],
  fit: Pick<LanguageCard, 'sharpness' | 'growth'>,
  rows: number,
): void {
  const { bytes: embeddings, scale } = quantise(model.embeddings, 0.99999)
  const outputs = Float32Array.from([...model.outputs, ...model.bias])
  const scripts: Record<string, readonly string[]> = {}
  samples.classesOf.forEach((classes, script) => {
    if (classes.length > 0) scripts[scriptName(script)] = Array.from(classes, (k) => codes[k]!)
  })
  const card: LanguageCard & Record<string, unknown> = {
    name: 'language',
    version: '1',
    title: 'Language of short texts, 79 languages',
    licence: 'Apache-2.0; the texts it was trained on are not part of it',
    data: [
      'Lingua test lists from the Wortschatz corpora of Leipzig University (Apache-2.0)',
      'UMSAB (XLM-T), training part (notice)',
      'SemEval 2013–2016 task 4A, a quarter of the training part (notice)',
    ],
    trainingRows: rows,
    training: { ...OPTIONS, command: 'npm run train -- language' },
    codes,
    scripts,
    hashRows: HASH_ROWS,
    dimensions: OPTIONS.dimensions,
    scale,
    sharpness: fit.sharpness,
    growth: fit.growth,
  }
  mkdirSync(MODELS, { recursive: true })
  writeFileSync(
    new URL('language.bin', MODELS),
    Buffer.concat([Buffer.from(outputs.buffer), Buffer.from(embeddings.map((weight) => weight + 128).buffer)]),
  )
  writeFileSync(new URL('language.json', MODELS), `${JSON.stringify(card, null, 2)}\n`)
}
