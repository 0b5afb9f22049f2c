import type { DatabaseSync } from 'node:sqlite'
import { type AggregateRequest, type Aggregates, type TermCount, TermField } from '#infra/contracts/search-index.ts'
import type { ListedField } from '#infra/runtime/mention-terms.ts'
import { MAX_COUNTED, mostFrequent, sampleError, scaledUp } from '#infra/runtime/term-counts.ts'
import { WordCounter } from '#infra/runtime/word-counter.ts'
import type { Filter } from './selection-filter.ts'
import { countStoredTerms } from './stored-terms.ts'

type Counts = Map<string, number>

/** Counts the terms of a selection's mentions. */
export class TermTally {
  readonly #database: DatabaseSync
  #listed: Partial<Record<ListedField, Counts>> = {}
  #words = new WordCounter()
  #sampled = 0
  /** Of 2^32 values of a row's hash, how many are in the sample. */
  #share = 0

  constructor(database: DatabaseSync) {
    this.#database = database
    database.function('tally_terms', (terms) => {
      countStoredTerms(terms as string, this.#listed)
      return 1
    })
    database.function('tally_words', (tokens) => {
      this.#words.add(tokens as string)
      this.#sampled++
      return 1
    })
    database.function('sampled', (row) => Number(hashOf(row as number) < this.#share))
  }

  /** `matches` is the number of mentions that the filter finds. */
  count(filter: Filter, { terms: fields, termLimit }: AggregateRequest, matches: number): CountedTerms {
    const listed = fields.filter((field) => field !== TermField.Word)
    this.#listed = Object.fromEntries(listed.map((field) => [field, new Map<string, number>()]))
    if (listed.length > 0) this.#run('tally_terms(text.terms)', filter, '')
    const terms: Partial<Record<TermField, readonly TermCount[]>> = {}
    for (const field of listed) terms[field] = mostFrequent(this.#listed[field]!, termLimit)
    if (!fields.includes(TermField.Word)) return { terms, termError: 0 }

    const words = this.#countWords(filter, matches)
    terms[TermField.Word] = mostFrequent(words, termLimit)
    return { terms, termError: this.#sampled === matches ? 0 : sampleError(matches, this.#sampled, words.size) }
  }

  #countWords(filter: Filter, matches: number): Counts {
    this.#words = new WordCounter()
    this.#sampled = 0
    this.#share = (MAX_COUNTED / matches) * 2 ** 32
    this.#run('tally_words(text.tokens)', filter, matches > MAX_COUNTED ? ' AND sampled(fts.rowid)' : '')
    const { counts } = this.#words
    if (this.#sampled === matches) return counts
    return scaledUp(counts, matches, this.#sampled)
  }

  #run(call: string, { where, parameters }: Filter, also: string): void {
    const sql = `SELECT sum(${call}) FROM fts CROSS JOIN text ON text.row = fts.rowid WHERE ${where}${also}`
    this.#database.prepare(sql).get(parameters)
  }
}

type CountedTerms = Pick<Aggregates, 'terms' | 'termError'>

/** The same rows are in the sample each time; neighbours fall apart (the finalizer of MurmurHash3). */
function hashOf(row: number): number {
  let hash = (row | 0) ^ Math.imul(Math.floor(row / 2 ** 32), 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
