import { firstCharacters } from '#enrich/text/first-characters.ts'
import { PostTokens, TokenFlag, TokenKind } from '#enrich/text/post-tokens.ts'
import type { EvidenceState, Mention, Misinformation, Reason } from '#schemas/generated.ts'
import { CLAIM_POINTS, claimGate } from './claim-gate.ts'
import type { Cue } from './cue.ts'
import { type CueHit, PhraseMatcher } from './phrase-matcher.ts'
import { isQuote } from './quoted.ts'
import { BASE, CLAIM, HIGH, LINK, PRIORITY, RAISED, STYLE_CAP, WEIGHTS } from './signals.ts'
import { loadSourceList, type SourceList, type SourceVerdict, sourceOf } from './source-quality.ts'
import { german } from './words/de.ts'
import { english } from './words/en.ts'
import { spanish } from './words/es.ts'
import { french } from './words/fr.ts'
import { italian } from './words/it.ts'
import { portuguese } from './words/pt.ts'

const WORDS = { en: english, de: german, es: spanish, fr: french, pt: portuguese, it: italian }
const TOPICS = ['health', 'elections', 'disaster', 'finance', 'violence'] as const satisfies readonly Cue[]
const MAX_LINKS = 10
/** Capitals in so many words, or this share of them, is shouting. */
const SHOUTED_WORDS = 4
const SHOUTED_SHARE = 0.4
const SHOUTED_MARKS = 3
const EXCLAMATION = 33

export interface MisinformationScorer {
  /** `name/version` of the rules and of the list of sources. */
  readonly model: string
  score(
    mention: Mention,
    text: string,
    language: string | null,
  ): { readonly value: Misinformation } | { readonly notScored: string }
}

/**
 * The risk that a mention needs a check, as a sum of reasons in log-odds: who is linked, whether there is a claim at all, brakes
 * (denial, satire, question, quote) and, within a narrow cap, style. Says `unknown` where nothing known speaks for or against
 * it, and never that something is false. Pure and linear in the text, of which it reads the first 10,000 characters. Throws a
 * config error when the list of sources cannot be read.
 */
export function createMisinformationScorer(list: SourceList = loadSourceList()): MisinformationScorer {
  const matchers = new Map(Object.entries(WORDS).map(([language, words]) => [language, new PhraseMatcher(words)]))
  const tokens = new PostTokens()
  const model = `misinformation-rules/1+${list.model}`

  const answer = (
    state: EvidenceState,
    risk: number | null,
    priority: number,
    reasons: readonly Reason[],
  ): { value: Misinformation } => ({ value: { state, risk, priority, reasons, model } })

  return {
    model,
    score(mention, given, language) {
      const text = firstCharacters(given)
      tokens.read(text)
      const links = linkReasons(mention, text, tokens, list)
      const matcher = matchers.get(language ?? '')
      if (matcher === undefined || tokens.count === 0) {
        if (links.length > 0) return weighed([...links, unread(language, tokens.count)], 0)
        return answer('unknown', null, 0, [unread(language, tokens.count)])
      }
      const hits = matcher.find(tokens)
      const words = wordsOf(text, tokens, hits)
      const gate = claimGate(text, tokens, hits, language === 'de')
      const isCarriedByLink = links.some(({ logOdds }) => logOdds > 0)
      if (!gate.isClaim && !isCarriedByLink) {
        return answer('nothing_to_check', null, 0, [
          note('no_claim', 'no number, source or stated fact that one could check'),
        ])
      }

      const brakes = brakeReasons(text, mention, words, gate.isQuestion)
      const style = styleReasons(tokens, words)
      const topic = topicReason(words)
      const priority = priorityOf(words, mention)
      const notes = topic === null ? [] : [topic]
      if (brakes.length + links.length + style.length === 0) {
        const evidence = `a claim (${gate.evidence.join(', ')}), and nothing we know of speaks for or against it`
        return answer('unknown', null, priority, [note('no_evidence', evidence), ...notes])
      }
      const claim = gate.isClaim
        ? [
            reason(
              'claim',
              Math.min(CLAIM.cap, (gate.points - CLAIM_POINTS) * CLAIM.point),
              CLAIM.cap,
              gate.evidence.join(', '),
            ),
          ]
        : []
      return weighed([...brakes, ...links, ...claim, ...style, ...notes], priority)
    },
  }

  function weighed(reasons: readonly Reason[], priority: number): { value: Misinformation } {
    const base = reason('base_rate', BASE, -BASE, 'before any evidence: one claim in ten')
    const logOdds = reasons.reduce((sum, { logOdds }) => sum + logOdds, BASE)
    const risk = 1 / (1 + Math.exp(-logOdds))
    const state = risk >= HIGH ? 'high' : risk >= RAISED ? 'raised' : 'low'
    return answer(state, risk, priority, [base, ...reasons])
  }
}

const reason = (signal: string, logOdds: number, cap: number, evidence: string): Reason => ({
  signal,
  logOdds: Math.round(logOdds * 1000) / 1000,
  cap,
  evidence,
})

/** Said for the reader; adds nothing to the risk. */
const note = (signal: string, evidence: string): Reason => reason(signal, 0, 0, evidence)

const brake = (signal: string, logOdds: number, evidence: string): Reason =>
  reason(signal, logOdds, Math.abs(logOdds), evidence)

function unread(language: string | null, tokens: number): Reason {
  if (tokens === 0) return note('no_text', 'there is no text to look at')
  if (language === null) return note('language', 'the language of the text is unknown, so its words were not judged')
  return note('language', `no word lists for "${language}", so the words of the text were not judged`)
}

/** The words found for each cue, in the order of the text. */
function wordsOf(text: string, tokens: PostTokens, hits: readonly CueHit[]): ReadonlyMap<Cue, readonly string[]> {
  const words = new Map<Cue, string[]>()
  for (const { cue, from, to } of hits) {
    const word = text.slice(tokens.starts[from]!, tokens.ends[to - 1]!)
    const known = words.get(cue)
    if (known === undefined) words.set(cue, [word])
    else known.push(word)
  }
  return words
}

const quoted = (words: readonly string[]): string =>
  words
    .slice(0, 3)
    .map((word) => `"${word}"`)
    .join(', ')

/** The worst rated site counts; satire and fact-checkers are brakes. */
function linkReasons(mention: Mention, text: string, tokens: PostTokens, list: SourceList): readonly Reason[] {
  const verdicts: SourceVerdict[] = []
  for (const url of urlsOf(mention, text, tokens)) {
    const verdict = sourceOf(url, list)
    if (verdict !== null) verdicts.push(verdict)
  }
  const reasons: Reason[] = []
  const satire = verdicts.find(({ kind }) => kind === 'satire')
  if (satire !== undefined)
    reasons.push(brake('satire_link', WEIGHTS.satire, `links to ${satire.domain}, which publishes satire`))
  const checker = verdicts.find(({ kind }) => kind === 'factChecker')
  if (checker !== undefined) {
    reasons.push(brake('fact_checker_link', WEIGHTS.factCheckerLink, `links to the fact-checkers of ${checker.domain}`))
  }
  const rated = verdicts.filter((verdict) => verdict.kind === 'rated')
  if (rated.length > 0) {
    const worst = rated.reduce((a, b) => (b.quality < a.quality ? b : a))
    const weight = LINK.slope * (LINK.neutral - worst.quality)
    const logOdds = Math.max(-LINK.lower, Math.min(LINK.raise, weight))
    const evidence = `${worst.domain} has quality ${worst.quality.toFixed(2)} of 1 in ${list.model}`
    reasons.push(reason('linked_domain', logOdds, weight > 0 ? LINK.raise : LINK.lower, evidence))
  }
  return reasons
}

/** What the platform says is linked, else the addresses in the text. */
function urlsOf(mention: Mention, text: string, tokens: PostTokens): readonly string[] {
  if (mention.links.length > 0) return mention.links.slice(0, MAX_LINKS).map(({ url, canonical }) => canonical ?? url)
  const urls: string[] = []
  for (let i = 0; i < tokens.count && urls.length < MAX_LINKS; i++) {
    if (tokens.kinds[i] === TokenKind.Url) urls.push(text.slice(tokens.starts[i]!, tokens.ends[i]!))
  }
  return urls
}

function brakeReasons(
  text: string,
  mention: Mention,
  words: ReadonlyMap<Cue, readonly string[]>,
  isQuestion: boolean,
): readonly Reason[] {
  const reasons: Reason[] = []
  const satire = words.get('satire')
  if (satire !== undefined) reasons.push(brake('satire', WEIGHTS.satire, `calls itself satire: ${quoted(satire)}`))
  const denial = words.get('denial')
  if (denial !== undefined) reasons.push(brake('denial', WEIGHTS.denial, `denies or checks a claim: ${quoted(denial)}`))
  if (isQuestion) reasons.push(brake('question', WEIGHTS.question, 'asks rather than states'))
  if (mention.kind === 'quote' || isQuote(text)) {
    reasons.push(brake('quote', WEIGHTS.quote, 'mostly quotes somebody else'))
  }
  return reasons
}

/** Weak signs: each has a weight, and together they are scaled down to their cap. */
function styleReasons(tokens: PostTokens, words: ReadonlyMap<Cue, readonly string[]>): readonly Reason[] {
  const signs: (readonly [string, number, string])[] = []
  const shouted = shouting(tokens)
  if (shouted !== null) signs.push(['style_shouting', WEIGHTS.shouting, shouted])
  const add = (cue: Cue, signal: string, weight: number, says: string): void => {
    const found = words.get(cue)
    if (found !== undefined) signs.push([signal, weight, `${says}: ${quoted(found)}`])
  }
  add('hearsay', 'style_hearsay', WEIGHTS.hearsay, 'hearsay')
  add('miracle', 'style_miracle', WEIGHTS.miracle, 'miracle or conspiracy words')
  add('share', 'style_call_to_share', WEIGHTS.callToShare, 'asks to spread it')
  const sum = signs.reduce((total, [, weight]) => total + weight, 0)
  const scale = Math.min(1, STYLE_CAP / sum)
  // rounded down, so that rounding never lifts the sum over the cap
  return signs.map(([signal, weight, evidence]) => ({
    signal,
    logOdds: Math.floor(weight * scale * 1000) / 1000,
    cap: STYLE_CAP,
    evidence,
  }))
}

function shouting(tokens: PostTokens): string | null {
  let words = 0
  let capitals = 0
  let marks = false
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.kinds[i] === TokenKind.Word) {
      words++
      if ((tokens.flags[i]! & TokenFlag.AllCaps) !== 0) capitals++
    } else if (tokens.kinds[i] === TokenKind.Punctuation && tokens.folded[tokens.foldedStarts[i]!] === EXCLAMATION) {
      marks ||= tokens.ends[i]! - tokens.starts[i]! >= SHOUTED_MARKS
    }
  }
  if (capitals >= SHOUTED_WORDS && capitals >= SHOUTED_SHARE * words) return `${capitals} of ${words} words in capitals`
  return marks ? 'exclamation marks in a row' : null
}

function topicReason(words: ReadonlyMap<Cue, readonly string[]>): Reason | null {
  const topics = TOPICS.filter((topic) => words.has(topic))
  if (topics.length === 0) return null
  const evidence = topics.map((topic) => `${topic} (${quoted(words.get(topic) ?? [])})`).join(', ')
  return note('harm_topic', `raises the priority, not the risk: ${evidence}`)
}

function priorityOf(words: ReadonlyMap<Cue, readonly string[]>, mention: Mention): number {
  const topics = TOPICS.filter((topic) => words.has(topic)).length
  if (topics === 0) return 0
  const isLarge = (mention.author?.followers ?? 0) >= PRIORITY.largeFollowers
  const value = PRIORITY.topic + (topics - 1) * PRIORITY.further + Number(isLarge) * PRIORITY.largeAudience
  return Math.min(1, Math.round(value * 100) / 100)
}
