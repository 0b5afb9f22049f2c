import { describe, expect, it } from 'vitest'
import { EntityDecoder } from '#enrich/entities/entity-decoder.ts'
import { canBegin, canFollow, type EntityModel, TAGS, WEIGHTS } from '#enrich/entities/entity-model.ts'
import { WordClasses } from '#enrich/entities/word-classes.ts'
import { Random } from '#scripts/random.ts'

const ROWS = 32
const WIDTH = 3

/** A model with weights drawn at random: every row belongs to the feature whose hash is its number. */
function randomModel(random: Random): EntityModel {
  const draw = (): number => 4 * random.next() - 2
  const classes = new Uint32Array(2)
  const classMarks = new Uint16Array(2)
  return {
    card: {
      name: 'random',
      version: '1',
      rows: ROWS,
      classSlots: 2,
      scale: 0.02,
      transitions: Array.from({ length: TAGS * TAGS }, draw),
      outsideBias: draw(),
      confidence: { slope: 1, offset: 0 },
    },
    classes,
    classMarks,
    owners: new Uint16Array(ROWS).fill(1),
    weights: Int8Array.from({ length: ROWS * WEIGHTS }, () => Math.round(100 * random.next() - 50)),
    wordClasses: new WordClasses(classes, classMarks),
  }
}

/** Every way to tag `count` units, with its score. */
function* paths(
  { card, weights }: EntityModel,
  hashes: Uint32Array,
  count: number,
): Generator<{ tags: readonly number[]; score: number }> {
  const emission = (unit: number, tag: number): number => {
    if (tag === 0) return card.outsideBias
    let sum = 0
    for (const hash of hashes.subarray(unit * WIDTH, (unit + 1) * WIDTH)) sum += weights[hash * WEIGHTS + tag - 1]!
    return sum * card.scale
  }
  const extend = function* (tags: readonly number[], score: number): ReturnType<typeof paths> {
    if (tags.length === count) {
      yield { tags, score }
      return
    }
    for (let tag = 0; tag < TAGS; tag++) {
      const last = tags.at(-1)
      if (last === undefined ? !canBegin(tag) : !canFollow(last, tag)) continue
      const step = last === undefined ? 0 : card.transitions[last * TAGS + tag]!
      yield* extend([...tags, tag], score + step + emission(tags.length, tag))
    }
  }
  yield* extend([], 0)
}

function namesIn(tags: readonly number[]): string[] {
  const names: string[] = []
  for (let i = 0; i < tags.length; i++) {
    if (tags[i] === 0 || !canBegin(tags[i]!)) continue
    let to = i + 1
    while (tags[to] === tags[i]! + 1) to++
    names.push(`${i}-${to} ${(tags[i]! - 1) / 2}`)
  }
  return names
}

describe('the decoder', () => {
  it('finds the best of all taggings, and the share of those that hold each of its names', () => {
    const random = new Random(7)
    let found = 0
    for (let round = 0; round < 40; round++) {
      const model = randomModel(random)
      const count = 1 + random.below(4)
      const hashes = Uint32Array.from({ length: count * WIDTH }, () => random.below(ROWS))
      const all = [...paths(model, hashes, count)]
      const best = all.reduce((a, b) => (b.score > a.score ? b : a))
      const decoded = new EntityDecoder(model).decode(count, hashes, WIDTH, () => true)
      expect(decoded.map(({ from, to, type }) => `${from}-${to} ${type}`)).toEqual(namesIn(best.tags))
      const total = all.reduce((sum, { score }) => sum + Math.exp(score), 0)
      for (const { from, to, type, probability } of decoded) {
        const holding = all.filter(({ tags }) => namesIn(tags).includes(`${from}-${to} ${type}`))
        const mass = holding.reduce((sum, { score }) => sum + Math.exp(score), 0)
        expect(probability).toBeCloseTo(mass / total, 9)
        found++
      }
    }
    expect(found).toBeGreaterThan(30)
  })

  it('keeps names away from units that can be none', () => {
    const model = randomModel(new Random(3))
    const hashes = Uint32Array.from({ length: 20 * WIDTH }, (_, i) => i % ROWS)
    const decoded = new EntityDecoder(model).decode(20, hashes, WIDTH, (unit) => unit % 3 === 0)
    expect(decoded.length).toBeGreaterThan(0)
    for (const { from, to } of decoded) {
      expect(from % 3).toBe(0)
      expect(to).toBe(from + 1)
    }
  })
})
