import { describe, expect, it } from 'vitest'
import { Random } from '#scripts/random.ts'
import { type CrfOptions, type TaggedSentence, trainCrf } from '#scripts/train/crf.ts'

/** Tag 2 may only follow tag 1. */
const options: CrfOptions = {
  tags: 3,
  rows: 6,
  canBegin: (tag) => tag !== 2,
  canFollow: (from, to) => to !== 2 || from === 1,
  epochs: 20,
  rate: 0.1,
  decay: 1e-4,
  dropout: 0.1,
  seed: 5,
}

/** Feature 1 opens a name, and feature 2 goes on with it only there. */
function sentences(): TaggedSentence[] {
  const random = new Random(11)
  return Array.from({ length: 200 }, () => {
    const rows = Int32Array.from({ length: 8 }, () => random.below(4))
    const tags = new Uint8Array(8)
    for (let i = 0; i < 8; i++) {
      if (rows[i] === 1) tags[i] = 1
      else if (rows[i] === 2 && i > 0 && tags[i - 1] === 1) tags[i] = 2
    }
    return { rows, tags }
  })
}

describe('the conditional random field', () => {
  it('learns which feature opens a name, and that the next one depends on it', () => {
    const { emissions, transitions } = trainCrf(sentences(), options)
    expect(emissions[1 * 3 + 1]! - emissions[1 * 3]!).toBeGreaterThan(2)
    expect(emissions[0 * 3]! - emissions[0 * 3 + 1]!).toBeGreaterThan(2)
    const goesOn = emissions[2 * 3 + 2]! + transitions[1 * 3 + 2]! - emissions[2 * 3]! - transitions[1 * 3]!
    expect(goesOn).toBeGreaterThan(1)
  })

  it('gives the same weights for the same seed, and others for another', () => {
    const first = trainCrf(sentences(), options)
    expect(trainCrf(sentences(), options)).toEqual(first)
    expect(trainCrf(sentences(), { ...options, seed: 6 })).not.toEqual(first)
  })
})
