import { readFileSync } from 'node:fs'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { WordClasses } from './word-classes.ts'

/** Types in the order of their tags; products and works are learnt to be told apart, and not shown: too few are found. */
export const LEARNT_TYPES = ['person', 'place', 'organisation', null] as const
/** `O`, then begin and inside of each type. */
export const TAGS = 1 + 2 * LEARNT_TYPES.length
/** Weights of a feature: all tags but `O`, whose weight is 0. */
export const WEIGHTS = TAGS - 1

/** Rows tried before a feature is taken for unknown. */
export const ROW_PROBES = 4

/** A text begins with `O` or the begin of a name. */
export const canBegin = (tag: number): boolean => tag === 0 || tag % 2 === 1

/** The inside of a name follows its begin or its inside only. */
export const canFollow = (from: number, to: number): boolean =>
  canBegin(to) || (from !== 0 && (from - 1) >> 1 === (to - 1) >> 1)

/** The part of the model card that the program needs; the rest is for people. */
export interface EntityCard {
  readonly name: string
  readonly version: string
  readonly rows: number
  readonly classSlots: number
  /** One step of the 8-bit weights. */
  readonly scale: number
  /** `from × to`; read only where `canFollow` says so. */
  readonly transitions: readonly number[]
  /** Added to `O`: what weighs missing a name against making one up. */
  readonly outsideBias: number
  /** The model's probability p of a name becomes σ(slope · logit(p) + offset): how often such a name is right. */
  readonly confidence: { readonly slope: number; readonly offset: number }
}

/** Weights as they lie in the file, the wide ones first. */
export interface EntityWeights {
  readonly classes: Uint32Array
  readonly classMarks: Uint16Array
  /** Upper 16 bits of the hash of the feature that owns a row; 0: nobody does. */
  readonly owners: Uint16Array
  /** `WEIGHTS` a row. */
  readonly weights: Int8Array
}

export interface EntityModel extends EntityWeights {
  readonly card: EntityCard
  readonly wordClasses: WordClasses
}

/** Reads a model from `enrich/models/`. Throws a config error when its weights do not fit its card. */
export function loadEntityModel(name: string): EntityModel {
  const folder = new URL('../models/', import.meta.url)
  const card = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as EntityCard
  const file = readFileSync(new URL(`${name}.bin`, folder))
  // A copy of its own begins at an even address, which typed arrays need.
  return entityModelOf(card, file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength))
}

export function entityModelOf(card: EntityCard, bytes: ArrayBuffer): EntityModel {
  const { classSlots, rows } = card
  const marksAt = 4 * classSlots
  const ownersAt = marksAt + 2 * classSlots
  const weightsAt = ownersAt + 2 * rows
  if (bytes.byteLength !== weightsAt + WEIGHTS * rows) {
    throw new PipelineError(
      ErrorClass.Config,
      'MODEL_UNREADABLE',
      `the weights of ${card.name} do not fit its card: install Earshot again, or run "npm run train -- entities"`,
    )
  }
  const classes = new Uint32Array(bytes, 0, classSlots)
  const classMarks = new Uint16Array(bytes, marksAt, classSlots)
  return {
    card,
    classes,
    classMarks,
    owners: new Uint16Array(bytes, ownersAt, rows),
    weights: new Int8Array(bytes, weightsAt, WEIGHTS * rows),
    wordClasses: new WordClasses(classes, classMarks),
  }
}

/** The file of a model. */
export function entityBytesOf({ classes, classMarks, owners, weights }: EntityWeights): Uint8Array {
  const parts = [classes, classMarks, owners, weights]
  return Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)))
}
