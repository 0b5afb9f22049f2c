import type { Member } from './query-set.ts'

/** What queries ask of words, hashtags and handles by their folded form; a term is a word or a hashtag. */
export type FormSlot = 'term' | 'word' | 'hashtag' | 'handle' | 'prefix'

/** Something that queries ask of a single token, and where the text that was read last has it. */
export class Leaf {
  /** Never given twice. */
  readonly id: number
  readonly slot: FormSlot | 'cased' | 'host'
  /** The folded form that is asked for; of a host the host. */
  readonly form: string
  readonly cased: string
  /** Of texts, roughly, that have it: a guess, for as long as nothing is learnt. */
  readonly guess: number
  /** Places in compiled queries that ask for it. */
  uses = 0
  /** Texts that had it, and that the vocabulary had been read from when it was made. */
  texts = 0
  readonly since: number
  /** Queries that are to be tried when a text has it. */
  readonly wakes: Member[] = []

  /** Number of the reading that found it last, and of the places in `positions` that are of that reading. */
  reading = 0
  count = 0
  positions: number[] = []

  constructor(id: number, slot: Leaf['slot'], form: string, cased: string, guess: number, since: number) {
    this.id = id
    this.slot = slot
    this.form = form
    this.cased = cased
    this.guess = guess
    this.since = since
  }
}
