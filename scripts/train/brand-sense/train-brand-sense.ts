import { writeFileSync } from 'node:fs'
import { SenseExtractor } from '#enrich/brand-sense/sense-extractor.ts'
import { SENSE_FEATURES, type SenseFeature } from '#enrich/brand-sense/sense-features.ts'
import type { SenseCard } from '#enrich/brand-sense/sense-model.ts'
import { SenseProfile } from '#enrich/brand-sense/sense-profile.ts'
import { PostTokens } from '#enrich/text/post-tokens.ts'
import { fitLogistic, type LogisticModel } from './logistic.ts'
import { ownCases, type SenseCase } from './read-cases.ts'

const FILE = new URL('../../../enrich/models/brand-sense.json', import.meta.url)
const PENALTY = 1
/** What a copy with the name in small letters counts: people in a hurry write so, we did not. */
const CARELESS = 0.3
/** Parts of the brands that are kept back in turn. */
const FOLDS = 12
/** What is decided shall be right so often on brands that were kept back. */
const DECIDED_RIGHT = 0.95

/** Trains the model that tells brands from words on our own sentences alone, and writes its card. A second. */
export function trainBrandSense(): void {
  const cases = ownCases()
  const { bias, weights } = learnt(cases)
  const card: SenseCard = {
    name: 'brand-sense',
    version: '1',
    bias: rounded(bias),
    weights: Object.fromEntries(SENSE_FEATURES.map(([name], i) => [name, rounded(weights[i]!)])) as Record<
      SenseFeature,
      number
    >,
    ...calibrated(keptBack(cases)),
  }
  const { name, version, ...model } = card
  const described = {
    name,
    version,
    title: 'Brand or word: what an ambiguous name means in an English post',
    licence: 'Apache-2.0',
    data: ['own sentences and profiles (scripts/train/brand-sense), none about a brand that it is measured on'],
    trainingSentences: cases.length,
    trainingBrands: new Set(cases.map(({ profile }) => profile)).size,
    training: { penalty: PENALTY, folds: FOLDS, decidedRight: DECIDED_RIGHT, command: 'npm run train -- brand-sense' },
    ...model,
  }
  writeFileSync(FILE, `${JSON.stringify(described, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(described, null, 2)}\n`)
}

/** Log-odds of each case by a model that has seen no sentence of its brand. */
export function keptBack(cases: readonly SenseCase[]): { readonly isBrand: boolean; readonly margin: number }[] {
  const foldOf = new Map([...new Set(cases.map(({ profile }) => profile))].map((profile, i) => [profile, i % FOLDS]))
  const rows = rowsOf(cases)
  const margins = new Float64Array(cases.length)
  for (let fold = 0; fold < FOLDS; fold++) {
    const { bias, weights } = learnt(cases.filter(({ profile }) => foldOf.get(profile) !== fold))
    for (const [i, { profile }] of cases.entries()) {
      if (foldOf.get(profile) === fold) margins[i] = rows[i]!.reduce((sum, x, k) => sum + x * weights[k]!, bias)
    }
  }
  return cases.map(({ isBrand }, i) => ({ isBrand, margin: margins[i]! }))
}

function learnt(cases: readonly SenseCase[]): LogisticModel {
  const careless = cases.flatMap((given) => {
    const text = given.text.replaceAll(given.profile.name, given.profile.name.toLowerCase())
    return text === given.text ? [] : [{ ...given, text }]
  })
  const all = [...cases, ...careless]
  return fitLogistic(
    rowsOf(all),
    all.map(({ isBrand }) => Number(isBrand)),
    all.map((_, i) => (i < cases.length ? 1 : CARELESS)),
    PENALTY,
  )
}

function rowsOf(cases: readonly SenseCase[]): Float64Array[] {
  const extractor = new SenseExtractor()
  const tokens = new PostTokens()
  const profiles = new Map<SenseCase['profile'], SenseProfile>()
  return cases.map(({ profile, text }) => {
    const made = profiles.get(profile) ?? new SenseProfile(profile, tokens)
    profiles.set(profile, made)
    const { count, features, values } = extractor.read(text, made)
    const row = new Float64Array(SENSE_FEATURES.length)
    for (let i = 0; i < count; i++) row[features[i]!]! += values[i]!
    return row
  })
}

/** The sharpness that makes the answers most likely (Platt scaling without an offset), and the lowest limit that keeps the promise. */
function calibrated(
  answers: readonly { readonly isBrand: boolean; readonly margin: number }[],
): Pick<SenseCard, 'sharpness' | 'limit'> {
  const margins = answers.map(({ isBrand, margin }) => (isBrand ? margin : -margin))
  const loss = (sharpness: number): number =>
    margins.reduce((sum, margin) => sum + Math.log1p(Math.exp(-sharpness * margin)), 0)
  let sharpness = 1
  for (let tried = 0.3; tried <= 1.5; tried += 0.01) if (loss(tried) < loss(sharpness)) sharpness = tried
  const sure = margins
    .map((margin) => ({ isRight: margin > 0, confidence: 1 / (1 + Math.exp(-sharpness * Math.abs(margin))) }))
    .sort((a, b) => b.confidence - a.confidence)
  let limit = 1
  let right = 0
  for (const [i, { isRight, confidence }] of sure.entries()) {
    right += Number(isRight)
    if (right >= DECIDED_RIGHT * (i + 1)) limit = confidence
  }
  return { sharpness: rounded(sharpness), limit: Math.ceil(limit * 100) / 100 }
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4
