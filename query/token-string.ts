import type { Token } from './token.ts'

const GAP = '\u00b6'

/**
 * Tokens as one blank-separated string, one token one position, the form in which every index stores them: a word is its
 * folded form, `folded|Cased` where the two differ; `#tag`, `@name`; a URL its host turned round, `u:com.nike.www`, so that
 * a domain with all below it is a prefix; `\u00b6` between two fields.
 */
export function tokenString(tokens: readonly Token[]): string {
  let joined = ''
  for (const token of tokens) {
    if (joined !== '') joined += ' '
    joined += encodeToken(token)
  }
  return joined
}

/** The tokens that `tokenString` was given, without their places in the text. */
export function tokensOf(joined: string): Token[] {
  return joined === '' ? [] : joined.split(' ').map(decodeToken)
}

function encodeToken({ kind, form, cased }: Token): string {
  switch (kind) {
    case 'word':
      return form === cased ? form : `${form}|${cased}`
    case 'hashtag':
      return `#${form}`
    case 'handle':
      return `@${form}`
    case 'url':
      return `u:${turnRound(form)}`
    case 'gap':
      return GAP
  }
}

function decodeToken(encoded: string): Token {
  const first = encoded[0]
  if (first === '#') return plain('hashtag', encoded.slice(1))
  if (first === '@') return plain('handle', encoded.slice(1))
  if (first === 'u' && encoded[1] === ':') return plain('url', turnRound(encoded.slice(2)))
  if (encoded === GAP) return plain('gap', '')
  const bar = encoded.indexOf('|')
  if (bar < 0) return plain('word', encoded)
  return { kind: 'word', form: encoded.slice(0, bar), cased: encoded.slice(bar + 1) }
}

const plain = (kind: Token['kind'], form: string): Token => ({ kind, form, cased: form })

const turnRound = (host: string): string => host.split('.').reverse().join('.')
