import { FOLDS, UNCLEAN, UNSPACED, UPPER } from './characters.ts'
import { cleanText, type Edit } from './clean-text.ts'
import { fold, foldUnspaced } from './fold.ts'
import { CURLY, clusterEnd, STRAIGHT, scan } from './scan.ts'
import { SpanKind, Spans } from './spans.ts'
import { clip, type TextToken } from './token.ts'
import { hostOf } from './url-host.ts'

const spans = new Spans()

/**
 * The tokens of a text, by the rules of the query language, in linear time whatever the text.
 *
 * Characters are read once. Only a text with something that NFKC may change is cleaned first; offsets point into the
 * original all the same. In scripts without blanks each character makes a token with its successor, the last one of a run
 * stands alone: n characters are n positions, and a word is found as the phrase of its bigrams.
 */
export function tokenize(text: string): TextToken[] {
  if (scan(text, spans, UNCLEAN)) return tokensIn(text)
  const clean = cleanText(text)
  scan(clean.text, spans, 0)
  const tokens = tokensIn(clean.text)
  restoreOffsets(tokens, clean.edits)
  return tokens
}

function tokensIn(text: string): TextToken[] {
  const tokens: TextToken[] = []
  for (let at = 0; at < spans.length; at++) tokens.push(tokenAt(text, spans, at))
  return tokens
}

/** The token that a span of a clean text stands for. */
export function tokenAt(text: string, { units, kinds, starts, ends, seen }: Spans, at: number): TextToken {
  const [start, end] = [starts[at]!, ends[at]!]
  switch (kinds[at] as SpanKind) {
    case SpanKind.Word: {
      const cased = casedWord(text, start, end, seen[at]!)
      return { kind: 'word', form: foldedWord(cased, seen[at]!), cased, start, end }
    }
    case SpanKind.Bigram: {
      const middle = clusterEnd(units, start, end)
      const cased = clip(text, start, middle) + clip(text, middle, end)
      return { kind: 'word', form: foldUnspaced(cased), cased, start, end }
    }
    case SpanKind.Hashtag: {
      const form = foldedTag(clip(text, start + 1, end), seen[at]!)
      return { kind: 'hashtag', form, cased: form, start, end }
    }
    case SpanKind.Handle: {
      const form = clip(text, start + 1, end).toLowerCase()
      return { kind: 'handle', form, cased: form, start, end }
    }
    case SpanKind.Url: {
      const form = hostOf(text, start, end)
      return { kind: 'url', form, cased: form, start, end }
    }
  }
}

/** A word as it is written, its apostrophes straight. */
export function casedWord(text: string, start: number, end: number, seen: number): string {
  const written = clip(text, start, end)
  return (seen & CURLY) !== 0 ? written.replace(/[\u2018\u2019\u02bc]/g, "'") : written
}

function foldedWord(cased: string, seen: number): string {
  if ((seen & FOLDS) !== 0) return fold(cased)
  const lower = (seen & UPPER) !== 0 ? cased.toLowerCase() : cased
  return (seen & (STRAIGHT | CURLY)) !== 0 ? lower.replaceAll("'", '') : lower
}

function foldedTag(body: string, seen: number): string {
  if ((seen & FOLDS) !== 0) return (seen & UNSPACED) !== 0 ? foldUnspaced(body) : fold(body)
  return (seen & UPPER) !== 0 ? body.toLowerCase() : body
}

/** From offsets in the clean text to offsets in the original. Both ends only grow from token to token. */
function restoreOffsets(tokens: readonly TextToken[], edits: readonly Edit[]): void {
  if (edits.length === 0) return
  let before = 0
  let last = 0
  for (const token of tokens) {
    while (before < edits.length && edits[before]!.cleanStart <= token.start) before++
    while (last < edits.length && edits[last]!.cleanStart < token.end) last++
    const atStart = edits[before - 1]
    const atEnd = edits[last - 1]
    if (atStart !== undefined)
      token.start = token.start < atStart.cleanEnd ? atStart.start : token.start - atStart.cleanEnd + atStart.end
    if (atEnd !== undefined)
      token.end = token.end <= atEnd.cleanEnd ? atEnd.end : token.end - atEnd.cleanEnd + atEnd.end
  }
}
