// The query language once more, straight from its definition: slow, and sharing nothing with query/ but the tests that compare them.

import type { Mention } from '#schemas/generated.ts'

export interface SimpleToken {
  readonly kind: 'word' | 'hashtag' | 'handle' | 'url'
  readonly form: string
  readonly cased: string
}

const INVISIBLE = /[\u200b-\u200f\u2060\ufeff]/g
const TOKEN =
  /(?<url>(?:http:\/\/|https:\/\/|www\.)\S+)|@(?<handle>[a-z0-9_]+)|#(?<hashtag>[\p{L}\p{N}_](?:[\p{L}\p{N}_]|(?![\ufe00-\ufe0f\u20e3])\p{M})*)|(?<unit>[\p{L}\p{N}\p{M}](?:['&.-]?[\p{L}\p{N}\p{M}])*)/giu
const UNSPACED_RUN = /((?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}ー]\p{M}*)+)/u
const CLUSTER = /\P{M}\p{M}*|\p{M}/gu

const simpleFold = (word: string): string => {
  const lower = word.toLowerCase()
  const folded = lower.normalize('NFD').replace(/\p{M}/gu, '').replaceAll("'", '').normalize('NFC')
  return folded === '' ? lower : folded
}

const ownPossessive = (word: string): string => (/.'s$/iu.test(word) ? word.slice(0, -2) : word)

export const simpleClean = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(/[\u2018\u2019\u02bc]/g, "'")

export function simpleTokens(text: string): SimpleToken[] {
  return [...simpleClean(text).matchAll(TOKEN)].flatMap(({ groups }): SimpleToken[] => {
    const { url, handle, hashtag, unit } = groups!
    if (url !== undefined) return [same('url', simpleHost(url))]
    if (handle !== undefined) return [same('handle', handle.toLowerCase())]
    if (hashtag !== undefined)
      return [same('hashtag', UNSPACED_RUN.test(hashtag) ? hashtag.toLowerCase() : simpleFold(hashtag))]
    return ownPossessive(unit!).split(/[-.]/).map(ownPossessive).flatMap(simpleWords)
  })
}

const same = (kind: SimpleToken['kind'], form: string): SimpleToken => ({ kind, form, cased: form })

function simpleHost(url: string): string {
  const authority = url.replace(/^https?:\/\//i, '').split(/[/?#\\]/)[0]!
  const host = /^(?:[\p{L}\p{N}\p{M}_-]+\.?)*/u.exec(authority.slice(authority.lastIndexOf('@') + 1))![0]
  return host.replace(/\.$/, '').toLowerCase()
}

function simpleWords(piece: string): SimpleToken[] {
  return piece.split(UNSPACED_RUN).flatMap((run, i) => {
    if (i % 2 === 0) {
      const word = piece === run ? run : ownPossessive(run.replace(/^['&]+|['&]+$/g, ''))
      return word === '' ? [] : [{ kind: 'word', form: simpleFold(word), cased: word }]
    }
    const clusters = run.match(CLUSTER) ?? []
    return clusters.map((cluster, k) => {
      const cased = cluster + (clusters[k + 1] ?? '')
      return { kind: 'word', form: cased.replace(/[\ufe00-\ufe0f]/g, '').toLowerCase(), cased } as const
    })
  })
}

export type SimpleQuery =
  | { readonly is: 'word' | 'cased' | 'prefix' | 'hashtag' | 'handle' | 'url'; readonly text: string }
  /** The text is how it is written, the test what it means of a mention. */
  | { readonly is: 'field'; readonly text: string; readonly test: (mention: Mention) => boolean }
  | { readonly is: 'phrase'; readonly words: readonly string[] }
  | { readonly is: 'and' | 'or'; readonly parts: readonly SimpleQuery[] }
  | { readonly is: 'not'; readonly of: SimpleQuery }
  | {
      readonly is: 'near'
      readonly left: SimpleQuery
      readonly right: SimpleQuery
      readonly distance: number
      readonly ordered: boolean
    }

const STRENGTH = { or: 0, and: 1, near: 2, not: 3 } as const

/** As a person writes it: brackets only where the order of the operators asks for them. */
export function written(query: SimpleQuery, inside = 0): string {
  switch (query.is) {
    case 'word':
      return query.text
    case 'cased':
      return `=${query.text}`
    case 'prefix':
      return `${query.text}*`
    case 'hashtag':
      return `#${query.text}`
    case 'handle':
      return `@${query.text}`
    case 'url':
      return `url:${query.text}`
    case 'field':
      return query.text
    case 'phrase':
      return `"${query.words.join(' ')}"`
    default: {
      const strength = STRENGTH[query.is]
      const text = writtenJoined(query, strength)
      return strength < inside ? `(${text})` : text
    }
  }
}

function writtenJoined(query: Extract<SimpleQuery, { is: 'and' | 'or' | 'not' | 'near' }>, strength: number): string {
  switch (query.is) {
    case 'or':
      return query.parts.map((part) => written(part, strength + 1)).join(' OR ')
    case 'and':
      return query.parts.map((part, i) => (i % 2 === 1 ? 'AND ' : '') + written(part, strength + 1)).join(' ')
    case 'not':
      return `NOT ${written(query.of, strength)}`
    case 'near': {
      const operator = `NEAR/${query.distance}${query.ordered ? 'f' : ''}`
      return `${written(query.left, strength + 1)} ${operator} ${written(query.right, strength + 1)}`
    }
  }
}

/** Is the query true for fields of tokens, with positions that never cross from one field to the next? */
export function simplyTrue(query: SimpleQuery, fields: readonly (readonly SimpleToken[])[], mention: Mention): boolean {
  switch (query.is) {
    case 'and':
      return query.parts.every((part) => simplyTrue(part, fields, mention))
    case 'or':
      return query.parts.some((part) => simplyTrue(part, fields, mention))
    case 'not':
      return !simplyTrue(query.of, fields, mention)
    case 'field':
      return query.test(mention)
    case 'near':
      return fields.some((tokens) => simplyNear(query, tokens))
    default:
      return fields.some((tokens) => simplePlaces(query, tokens).length > 0)
  }
}

function simplyNear(query: Extract<SimpleQuery, { is: 'near' }>, tokens: readonly SimpleToken[]): boolean {
  return simplePlaces(query.left, tokens).some(([leftStart, leftEnd]) =>
    simplePlaces(query.right, tokens).some(([rightStart, rightEnd]) => {
      const forward = rightStart - leftEnd
      const backward = leftStart - rightEnd
      return (
        (forward > 0 && forward <= query.distance) || (!query.ordered && backward > 0 && backward <= query.distance)
      )
    }),
  )
}

/** First and last token of each place where the query stands. */
function simplePlaces(query: SimpleQuery, tokens: readonly SimpleToken[]): [number, number][] {
  const where = (test: (token: SimpleToken) => boolean): [number, number][] =>
    tokens.flatMap((token, i): [number, number][] => (test(token) ? [[i, i]] : []))
  const named = ({ kind }: SimpleToken): boolean => kind === 'word' || kind === 'hashtag'
  switch (query.is) {
    case 'word':
      return where((token) => named(token) && token.form === simpleFold(query.text))
    case 'prefix':
      return where((token) => named(token) && token.form.startsWith(simpleFold(query.text)))
    case 'cased':
      return where(({ kind, cased }) => kind === 'word' && cased === query.text)
    case 'hashtag':
      return where(({ kind, form }) => kind === 'hashtag' && form === simpleFold(query.text))
    case 'handle':
      return where(({ kind, form }) => kind === 'handle' && form === query.text.toLowerCase())
    case 'url':
      return where(({ kind, form }) => kind === 'url' && `.${form}`.endsWith(`.${query.text.toLowerCase()}`))
    case 'phrase': {
      const ends = query.words.length - 1
      const stands = (start: number): boolean =>
        query.words.every((word, k) => {
          const token = tokens[start + k]
          return token?.kind === 'word' && token.form === simpleFold(word)
        })
      return tokens.flatMap((_, start): [number, number][] => (stands(start) ? [[start, start + ends]] : []))
    }
    case 'or':
      return query.parts.flatMap((part) => simplePlaces(part, tokens))
    default:
      throw new Error(`${query.is} has no places`)
  }
}
