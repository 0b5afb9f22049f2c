import { Random } from '../random.ts'

/** One sentence: `width` rows a token, -1 for a feature that is not learnt, and the right tag of each token. */
export interface TaggedSentence {
  readonly rows: Int32Array
  readonly tags: Uint8Array
}

export interface CrfOptions {
  readonly tags: number
  readonly canFollow: (from: number, to: number) => boolean
  readonly canBegin: (tag: number) => boolean
  readonly rows: number
  readonly epochs: number
  readonly rate: number
  /** Shrinks a weight by this share of the rate each time it is touched. */
  readonly decay: number
  /** Share of the features of a token that are left out at random, so that no single one is relied upon. */
  readonly dropout: number
  readonly seed: number
}

export interface CrfWeights {
  /** `rows × tags`. */
  readonly emissions: Float32Array
  /** `from × to`. */
  readonly transitions: Float32Array
}

/**
 * Linear-chain conditional random field, trained by AdaGrad on the likelihood, one sentence a step; the answer is the mean of the
 * weights over the last half of the epochs. The same input and seed give the same weights.
 */
export function trainCrf(sentences: readonly TaggedSentence[], options: CrfOptions): CrfWeights {
  const { tags, rows, epochs, rate, decay, dropout } = options
  const random = new Random(options.seed)
  const order = Int32Array.from(sentences.keys())
  const emissions = new Float32Array(rows * tags)
  const squares = new Float32Array(rows * tags).fill(0.01)
  const transitions = new Float32Array(tags * tags)
  const transitionSquares = new Float32Array(tags * tags).fill(1)
  const emissionSum = new Float32Array(rows * tags)
  const transitionSum = new Float32Array(tags * tags)
  const chain = new Chain(options)
  let summed = 0

  for (let epoch = 0; epoch < epochs; epoch++) {
    random.shuffle(order)
    for (const index of order) {
      const sentence = sentences[index] as TaggedSentence
      const length = sentence.tags.length
      if (length === 0) continue
      const width = sentence.rows.length / length
      const kept = dropout === 0 ? sentence.rows : dropped(sentence.rows, dropout, random)
      const scale = 1 / (1 - dropout)
      chain.score(kept, length, width, emissions, scale)
      chain.expect(length, transitions)
      for (let i = 0; i < length; i++) {
        const gold = sentence.tags[i] as number
        for (let k = i * width; k < (i + 1) * width; k++) {
          const row = kept[k] as number
          if (row < 0) continue
          for (let tag = 0, at = row * tags; tag < tags; tag++, at++) {
            const weight = emissions[at] as number
            const error = (chain.marginals[i * tags + tag] as number) - (tag === gold ? 1 : 0)
            const slope = error * scale + decay * weight
            const square = (squares[at] as number) + slope * slope
            squares[at] = square
            emissions[at] = weight - (rate * slope) / Math.sqrt(square)
          }
        }
      }
      for (let i = 1; i < length; i++) {
        chain.pairs[(sentence.tags[i - 1] as number) * tags + (sentence.tags[i] as number)]! -= 1
      }
      for (let at = 0; at < tags * tags; at++) {
        const slope = chain.pairs[at] as number
        transitionSquares[at]! += slope * slope
        transitions[at]! -= (rate * slope) / Math.sqrt(transitionSquares[at] as number)
      }
    }
    if (epoch * 2 >= epochs - 1) {
      for (let at = 0; at < emissions.length; at++) emissionSum[at]! += emissions[at] as number
      for (let at = 0; at < transitions.length; at++) transitionSum[at]! += transitions[at] as number
      summed++
    }
  }
  return { emissions: emissionSum.map((sum) => sum / summed), transitions: transitionSum.map((sum) => sum / summed) }
}

function dropped(rows: Int32Array, share: number, random: Random): Int32Array {
  return rows.map((row) => (random.next() < share ? -1 : row))
}

/** Forward-backward over one sentence. */
class Chain {
  readonly #tags: number
  readonly #allowed: Uint8Array
  readonly #initial: Uint8Array
  #potential = new Float64Array(0)
  #forward = new Float64Array(0)
  #backward = new Float64Array(0)
  marginals = new Float64Array(0)
  /** Expected transitions, then minus those of the right answer. */
  readonly pairs: Float64Array

  constructor({ tags, canBegin, canFollow }: CrfOptions) {
    this.#tags = tags
    this.#initial = Uint8Array.from({ length: tags }, (_, tag) => Number(canBegin(tag)))
    this.#allowed = Uint8Array.from({ length: tags * tags }, (_, at) =>
      Number(canFollow(Math.floor(at / tags), at % tags)),
    )
    this.pairs = new Float64Array(tags * tags)
  }

  score(rows: Int32Array, length: number, width: number, emissions: Float32Array, scale: number): void {
    const tags = this.#tags
    if (this.#potential.length < length * tags) {
      this.#potential = new Float64Array(length * tags)
      this.#forward = new Float64Array(length * tags)
      this.#backward = new Float64Array(length * tags)
      this.marginals = new Float64Array(length * tags)
    }
    const potential = this.#potential
    for (let i = 0; i < length; i++) {
      const base = i * tags
      for (let tag = 0; tag < tags; tag++) potential[base + tag] = 0
      for (let k = i * width; k < (i + 1) * width; k++) {
        const row = rows[k] as number
        if (row < 0) continue
        for (let tag = 0, at = row * tags; tag < tags; tag++, at++) potential[base + tag]! += emissions[at] as number
      }
      let best = Number.NEGATIVE_INFINITY
      for (let tag = 0; tag < tags; tag++) best = Math.max(best, (potential[base + tag] as number) * scale)
      for (let tag = 0; tag < tags; tag++)
        potential[base + tag] = Math.exp((potential[base + tag] as number) * scale - best)
    }
  }

  expect(length: number, transitions: Float32Array): void {
    const tags = this.#tags
    const [potential, forward, backward, marginals] = [this.#potential, this.#forward, this.#backward, this.marginals]
    const step = Float64Array.from(transitions, (weight, at) => (this.#allowed[at] === 1 ? Math.exp(weight) : 0))
    for (let i = 0; i < length; i++) {
      const base = i * tags
      let total = 0
      for (let to = 0; to < tags; to++) {
        let sum = 0
        if (i === 0) sum = this.#initial[to] as number
        else
          for (let from = 0; from < tags; from++)
            sum += (forward[base - tags + from] as number) * (step[from * tags + to] as number)
        const value = sum * (potential[base + to] as number)
        forward[base + to] = value
        total += value
      }
      for (let to = 0; to < tags; to++) forward[base + to]! /= total
    }
    this.pairs.fill(0)
    for (let i = length - 1; i >= 0; i--) {
      const base = i * tags
      if (i === length - 1) for (let tag = 0; tag < tags; tag++) backward[base + tag] = 1
      else {
        let total = 0
        for (let from = 0; from < tags; from++) {
          let sum = 0
          for (let to = 0; to < tags; to++)
            sum +=
              (step[from * tags + to] as number) *
              (potential[base + tags + to] as number) *
              (backward[base + tags + to] as number)
          backward[base + from] = sum
          total += sum
        }
        for (let from = 0; from < tags; from++) backward[base + from]! /= total
        let norm = 0
        for (let from = 0; from < tags; from++)
          for (let to = 0; to < tags; to++) norm += this.#pair(base, from, to, step)
        for (let from = 0; from < tags; from++)
          for (let to = 0; to < tags; to++) this.pairs[from * tags + to]! += this.#pair(base, from, to, step) / norm
      }
      let total = 0
      for (let tag = 0; tag < tags; tag++) {
        const value = (forward[base + tag] as number) * (backward[base + tag] as number)
        marginals[base + tag] = value
        total += value
      }
      for (let tag = 0; tag < tags; tag++) marginals[base + tag]! /= total
    }
  }

  #pair(base: number, from: number, to: number, step: Float64Array): number {
    const tags = this.#tags
    return (
      (this.#forward[base + from] as number) *
      (step[from * tags + to] as number) *
      (this.#potential[base + tags + to] as number) *
      (this.#backward[base + tags + to] as number)
    )
  }
}
