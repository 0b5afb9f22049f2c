import { canBegin, canFollow, type EntityModel, ROW_PROBES, TAGS, WEIGHTS } from './entity-model.ts'

/** A run of units that the model takes for one name. */
export interface DecodedName {
  /** First unit, and the one after the last. */
  readonly from: number
  readonly to: number
  /** Index into `LEARNT_TYPES`. */
  readonly type: number
  /** Probability of exactly this name, by the model. */
  readonly probability: number
}

/**
 * Finds the most probable names by Viterbi's algorithm over `O`, begin and inside, and says how probable each is by the
 * forward-backward algorithm. One instance decodes one text at a time.
 */
export class EntityDecoder {
  readonly #model: EntityModel
  /** Log weights, minus infinity where impossible. */
  readonly #transitions: Float64Array
  /** exp(transition), 0 where impossible. */
  readonly #steps: Float64Array
  /** Log potentials, `TAGS` a unit. */
  #scores = new Float64Array(TAGS * 256)
  #best = new Float64Array(TAGS * 256)
  #from = new Uint8Array(TAGS * 256)
  #forward = new Float64Array(TAGS * 256)
  #backward = new Float64Array(TAGS * 256)
  /** What `#forward` was divided by at each unit. */
  #totals = new Float64Array(256)
  #tags = new Uint8Array(256)
  readonly #sum = new Int32Array(WEIGHTS)

  constructor(model: EntityModel) {
    this.#model = model
    this.#transitions = Float64Array.from(model.card.transitions, (weight, at) =>
      canFollow(Math.floor(at / TAGS), at % TAGS) ? weight : Number.NEGATIVE_INFINITY,
    )
    this.#steps = this.#transitions.map(Math.exp)
  }

  /** `hashes` holds `width` features a unit; a unit with `canName(unit)` false is part of no name. */
  decode(count: number, hashes: Uint32Array, width: number, canName: (unit: number) => boolean): DecodedName[] {
    if (count === 0) return []
    this.#reserve(count)
    for (let i = 0; i < count; i++) this.#score(i, hashes, width, canName(i))
    this.#viterbi(count)
    const names: DecodedName[] = []
    for (let i = 0; i < count; i++) {
      const tag = this.#tags[i]!
      if (tag === 0) continue
      let to = i + 1
      while (to < count && this.#tags[to] === tag + 1) to++
      if (names.length === 0) this.#forwardBackward(count)
      names.push({ from: i, to, type: (tag - 1) >> 1, probability: this.#probability(i, to, tag, count) })
      i = to - 1
    }
    return names
  }

  /** What each feature of a unit adds to a tag other than `O`, in the order of the features. */
  contributions(unit: number, tag: number, hashes: Uint32Array, width: number): Float64Array {
    const { weights, card } = this.#model
    return Float64Array.from({ length: width }, (_, k) => {
      const row = this.#rowOf(hashes[unit * width + k]!)
      return row < 0 ? 0 : weights[row * WEIGHTS + tag - 1]! * card.scale
    })
  }

  #score(unit: number, hashes: Uint32Array, width: number, canName: boolean): void {
    const scores = this.#scores
    const base = unit * TAGS
    scores[base] = this.#model.card.outsideBias
    if (!canName) {
      scores.fill(Number.NEGATIVE_INFINITY, base + 1, base + TAGS)
      return
    }
    const { weights, card } = this.#model
    const sum = this.#sum.fill(0)
    for (let k = unit * width; k < (unit + 1) * width; k++) {
      const row = this.#rowOf(hashes[k]!)
      if (row < 0) continue
      for (let w = 0, at = row * WEIGHTS; w < WEIGHTS; w++, at++) sum[w]! += weights[at]!
    }
    for (let w = 0; w < WEIGHTS; w++) scores[base + 1 + w] = sum[w]! * card.scale
  }

  /** The row of a feature, or -1 for one that was not learnt. */
  #rowOf(hash: number): number {
    const { owners } = this.#model
    const mask = owners.length - 1
    const owner = hash >>> 16 || 1
    for (let row = hash & mask, probe = 0; probe < ROW_PROBES; row = (row + 1) & mask, probe++) {
      const found = owners[row]!
      if (found === owner) return row
      if (found === 0) return -1
    }
    return -1
  }

  #viterbi(count: number): void {
    const transitions = this.#transitions
    const scores = this.#scores
    const best = this.#best
    for (let tag = 0; tag < TAGS; tag++) best[tag] = canBegin(tag) ? scores[tag]! : Number.NEGATIVE_INFINITY
    for (let i = 1; i < count; i++) {
      const base = i * TAGS
      for (let to = 0; to < TAGS; to++) {
        let top = Number.NEGATIVE_INFINITY
        let from = 0
        for (let f = 0; f < TAGS; f++) {
          const value = best[base - TAGS + f]! + transitions[f * TAGS + to]!
          if (value > top) {
            top = value
            from = f
          }
        }
        best[base + to] = top + scores[base + to]!
        this.#from[base + to] = from
      }
    }
    let tag = 0
    const last = (count - 1) * TAGS
    for (let t = 1; t < TAGS; t++) if (best[last + t]! > best[last + tag]!) tag = t
    for (let i = count - 1; i >= 0; i--) {
      this.#tags[i] = tag
      tag = this.#from[i * TAGS + tag]!
    }
  }

  /** `#scores` become potentials; both passes are scaled to 1 at each unit, so that long texts neither vanish nor overflow. */
  #forwardBackward(count: number): void {
    const [potentials, forward, backward, steps] = [this.#scores, this.#forward, this.#backward, this.#steps]
    for (let i = 0; i < count; i++) {
      const base = i * TAGS
      let top = Number.NEGATIVE_INFINITY
      for (let t = 0; t < TAGS; t++) top = Math.max(top, potentials[base + t]!)
      for (let t = 0; t < TAGS; t++) potentials[base + t] = Math.exp(potentials[base + t]! - top)
      for (let to = 0; to < TAGS; to++) {
        let sum = i === 0 ? Number(canBegin(to)) : 0
        if (i > 0) for (let f = 0; f < TAGS; f++) sum += forward[base - TAGS + f]! * steps[f * TAGS + to]!
        forward[base + to] = sum * potentials[base + to]!
      }
      this.#totals[i] = scaleToOne(forward, base)
    }
    backward.fill(1, (count - 1) * TAGS, count * TAGS)
    for (let i = count - 2; i >= 0; i--) {
      const base = i * TAGS
      for (let f = 0; f < TAGS; f++) {
        let sum = 0
        for (let to = 0; to < TAGS; to++) {
          sum += steps[f * TAGS + to]! * potentials[base + TAGS + to]! * backward[base + TAGS + to]!
        }
        backward[base + f] = sum
      }
      scaleToOne(backward, base)
    }
  }

  /** Share of all paths through the units of this name that pass exactly along it and leave it at its end. */
  #probability(from: number, to: number, tag: number, count: number): number {
    const [potentials, forward, backward, steps] = [this.#scores, this.#forward, this.#backward, this.#steps]
    let along = forward[from * TAGS + tag]!
    let current = tag
    for (let i = from + 1; i < to; i++) {
      along *= (steps[current * TAGS + tag + 1]! * potentials[i * TAGS + tag + 1]!) / this.#totals[i]!
      current = tag + 1
    }
    const last = (to - 1) * TAGS
    let mass = 0
    for (let t = 0; t < TAGS; t++) mass += forward[last + t]! * backward[last + t]!
    let leaving = backward[last + current]!
    if (to < count) {
      let onward = 0
      let leave = 0
      for (let t = 0; t < TAGS; t++) {
        const flow = steps[current * TAGS + t]! * potentials[to * TAGS + t]! * backward[to * TAGS + t]!
        onward += flow
        if (t !== tag + 1) leave += flow
      }
      leaving *= onward > 0 ? leave / onward : 0
    }
    return mass > 0 ? Math.min(1, (along * leaving) / mass) : 0
  }

  #reserve(count: number): void {
    if (this.#tags.length >= count) return
    const length = 2 * count
    this.#scores = new Float64Array(TAGS * length)
    this.#best = new Float64Array(TAGS * length)
    this.#from = new Uint8Array(TAGS * length)
    this.#forward = new Float64Array(TAGS * length)
    this.#backward = new Float64Array(TAGS * length)
    this.#totals = new Float64Array(length)
    this.#tags = new Uint8Array(length)
  }
}

/** Answers what the values of the unit added up to. */
function scaleToOne(values: Float64Array, base: number): number {
  let total = 0
  for (let t = 0; t < TAGS; t++) total += values[base + t]!
  for (let t = 0; t < TAGS; t++) values[base + t]! /= total
  return total
}
