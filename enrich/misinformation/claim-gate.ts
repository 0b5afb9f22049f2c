import { type PostTokens, TokenFlag, TokenKind } from '#enrich/text/post-tokens.ts'
import type { Cue } from './cue.ts'
import type { CueHit } from './phrase-matcher.ts'

/** From this many points on a text holds something that could be checked. */
export const CLAIM_POINTS = 2

/** A rule: points a hit, and the most that all its hits may give or take. */
interface Rule {
  readonly points: number
  readonly most: number
  readonly says: string
}

/** Our own rules, readable on purpose; nothing in them was learnt. */
const CUE_RULES: Partial<Readonly<Record<Cue, Rule>>> = {
  attribution: { points: 0.75, most: 1.5, says: 'says who' },
  assertion: { points: 0.5, most: 1, says: 'states something as a fact' },
  quantity: { points: 0.5, most: 1, says: 'an amount or a comparison' },
  time: { points: 0.5, most: 0.5, says: 'a date' },
  opinion: { points: -0.5, most: 1.5, says: 'an opinion or a wish' },
  chat: { points: -0.75, most: 1.5, says: 'talk between people' },
}
const NUMBER: Rule = { points: 0.75, most: 1.5, says: 'numbers' }
const NAME: Rule = { points: 0.25, most: 0.75, says: 'names' }
const ASKED: Rule = { points: -0.5, most: 0.5, says: 'a question' }
const SHORT: Rule = { points: -1.5, most: 1.5, says: 'too short' }
const LONG: Rule = { points: 0.5, most: 0.5, says: 'whole sentences' }

const SHORT_WORDS = 5
const LONG_WORDS = 10
const QUESTION = 63
const STOP = 46
const EXCLAMATION = 33

export interface ClaimGate {
  readonly points: number
  readonly isClaim: boolean
  /** Ends by asking, or asks whether something is so. */
  readonly isQuestion: boolean
  /** What spoke for a claim, in words. */
  readonly evidence: readonly string[]
}

/** Is there anything in this text that somebody could check? `nouns` tells that the language writes all nouns with a capital. */
export function claimGate(text: string, tokens: PostTokens, hits: readonly CueHit[], nouns: boolean): ClaimGate {
  const evidence: string[] = []
  let points = 0
  const apply = ({ points: each, most, says }: Rule, count: number): void => {
    if (count === 0) return
    points += Math.sign(each) * Math.min(most, Math.abs(each) * count)
    if (each > 0) evidence.push(says)
  }
  const { words, numbers, names, asked } = shape(text, tokens)
  for (const [cue, rule] of Object.entries(CUE_RULES)) apply(rule, hits.filter((hit) => hit.cue === cue).length)
  apply(NUMBER, numbers)
  if (!nouns) apply(NAME, names)
  apply(ASKED, Number(asked))
  apply(SHORT, Number(words < SHORT_WORDS))
  apply(LONG, Number(words >= LONG_WORDS))
  const wonders = hits.some(({ cue, from, to }) => cue === 'question' && to - from > 1)
  return { points, isClaim: points >= CLAIM_POINTS, isQuestion: asked || wonders, evidence }
}

/** Words, numbers, capitals that open no sentence, and whether the text ends by asking. */
function shape(text: string, tokens: PostTokens): { words: number; numbers: number; names: number; asked: boolean } {
  let words = 0
  let numbers = 0
  let names = 0
  let asked = false
  let opensSentence = true
  for (let i = 0; i < tokens.count; i++) {
    const kind = tokens.kinds[i]!
    const mark = text.charCodeAt(tokens.starts[i]!)
    if (kind === TokenKind.Word) {
      words++
      if (!opensSentence && (tokens.flags[i]! & TokenFlag.Capital) !== 0) names++
      opensSentence = false
      asked = false
    } else if (kind === TokenKind.Number) {
      numbers++
      opensSentence = false
      asked = false
    } else if (kind === TokenKind.Punctuation) {
      if (mark === QUESTION) asked = true
      opensSentence = mark === STOP || mark === QUESTION || mark === EXCLAMATION || opensSentence
    }
  }
  return { words, numbers, names, asked }
}
