import { isApostrophe, propertiesOf, UNSPACED } from './characters.ts'
import { cleanText } from './clean-text.ts'
import { type Emoji, emojiIn, onlyEmoji } from './emoji.ts'
import { fieldNamed } from './fields.ts'
import { fold, foldUnspaced } from './fold.ts'
import type { Lexeme } from './lexemes.ts'
import type { Place, QueryNode } from './query.ts'
import { QueryError } from './query-error.ts'
import { readField } from './read-field.ts'
import { MAX_WORD, type TextToken } from './token.ts'
import { tokenize } from './tokenize.ts'
import { urlProposal } from './url-node.ts'

const MIN_PREFIX = 3
const MAX_PHRASE = 200
const COMMENTS = '; a comment is written /* like this */'

/** The node that a word or a quoted phrase of a query stands for, its words read by the tokenizer that reads posts. */
export function readAtom({ kind, text, place }: Lexeme): QueryNode {
  if (kind === 'quoted') return readWords(text, place, true)
  if (isRegularExpression(text))
    throw new QueryError(
      'regular expressions are not part of the query language: write the words joined by OR, or a beginning as in compl*',
      place,
    )
  switch (text[0]) {
    case '@':
      return readHandle(text, place)
    case '#':
      return readHashtag(text, place)
    case '=':
      return readCased(text, place)
    case '~':
      throw new QueryError('expected a word; words near each other are written A NEAR/5 B', place)
    case '-':
    case '!':
      if (text.length > 1) throw new QueryError(`to exclude words write NOT ${text.slice(1)}`, place)
  }
  if (/^https?:\/\//i.test(text)) throw new QueryError(`to find links to a site write ${urlProposal(text)}`, place)
  const field = /^[a-z_.]+(?=:)/i.exec(text)?.[0]
  if (field !== undefined && (field.length + 1 < text.length || fieldNamed(field.toLowerCase()) !== undefined))
    return readField(field, text.slice(field.length + 1), place)
  const emoji = onlyEmoji(text)
  if (emoji !== null) return readEmoji(emoji, place)
  if (text.includes('*')) return readPrefix(text, place)
  return readWords(text, place, false)
}

function readWords(text: string, place: Place, quoted: boolean): QueryNode {
  const [emoji] = emojiIn(text)
  if (emoji !== undefined)
    throw new QueryError(
      `an emoji has no place among words: expected it as a part of its own, ${text.slice(emoji.start, emoji.end)}${quoted ? ' outside the quotes' : ', with blanks around it'}`,
      place,
    )
  const tokens = tokenize(text)
  const other = tokens.find((token) => token.kind !== 'word')
  if (other !== undefined)
    throw new QueryError(
      `a ${other.kind} breaks a phrase: expected words only; write ${text.slice(other.start, other.end)} as a part of its own, joined by AND`,
      place,
    )
  if (tokens.length === 0)
    throw new QueryError(
      quoted && text.trim() === ''
        ? 'this phrase is empty: expected words between the quotes'
        : 'expected a word: signs are not searched' +
            (/^[&|]+$/.test(text) ? '; the operators are AND, OR, NOT and NEAR/5' : '') +
            (/^(?:\/\/|--)/.test(text) ? COMMENTS : ''),
      place,
    )
  const words = tokens.map((token) => bounded(token.form, place))
  const [first] = words
  if (words.length === 1 && isUnspaced(first!)) return { type: 'prefix', form: first!, place }
  if (endsInBigram(tokens)) words.pop()
  if (words.length > MAX_PHRASE)
    throw new QueryError(
      `expected at most ${MAX_PHRASE} words in a phrase; a part of it is as rare as the whole`,
      place,
    )
  const phrase: QueryNode = { type: 'phrase', words, place }
  if (quoted) return phrase
  if (words.length === 1) return { type: 'term', form: first!, place }
  // A hashtag is one token also in a script without blanks, and like any word this one is to be found as a hashtag.
  if (tokens.every((token, i) => isUnspaced(token.form) && token.start < (tokens[i - 1]?.end ?? Infinity)))
    return { type: 'or', parts: [phrase, { type: 'term', form: foldUnspaced(cleanText(text).text), place }], place }
  return phrase
}

/** The last character of a run was already read with the one before it; in a post the run may go on. */
function endsInBigram(tokens: readonly TextToken[]): boolean {
  const [before, last] = tokens.slice(-2)
  return last !== undefined && before!.end === last.end && isUnspaced(last.form)
}

const isUnspaced = (form: string): boolean => (propertiesOf(form.codePointAt(0)!) & UNSPACED) !== 0

function readHandle(text: string, place: Place): QueryNode {
  const name = text.slice(1)
  if (!/^\w+$/.test(name))
    throw new QueryError(
      'expected a handle of letters, digits and _, as in @nike; only the part before the first dot counts',
      place,
    )
  return { type: 'handle', form: bounded(name.toLowerCase(), place), place }
}

function readHashtag(text: string, place: Place): QueryNode {
  const [token, ...rest] = tokenize(text)
  if (token?.kind !== 'hashtag' || rest.length > 0 || token.end !== text.length) {
    const proposal =
      text.endsWith('*') && text.length > 2
        ? `; ${text.slice(1)} also finds the beginning of hashtags`
        : /^#+$/.test(text)
          ? COMMENTS
          : ''
    throw new QueryError(`expected a hashtag of letters, digits and _, as in #justdoit${proposal}`, place)
  }
  return { type: 'hashtag', form: bounded(token.form, place), place }
}

function readCased(text: string, place: Place): QueryNode {
  const [token, ...rest] = tokenize(text.slice(1))
  if (token?.kind !== 'word' || rest.length > 0 || text.includes('*'))
    throw new QueryError('expected one word after =, as in =Gap; it is found only when written exactly so', place)
  return { type: 'cased', form: bounded(token.form, place), cased: token.cased, place }
}

/** Several in a row are all asked for, in any order. */
function readEmoji(emoji: readonly Emoji[], place: Place): QueryNode {
  const parts = emoji.map(
    ({ form }): QueryNode => ({ type: 'fact', field: 'emoji', value: bounded(form, place), place }),
  )
  return parts.length === 1 ? parts[0]! : { type: 'and', parts, place }
}

function readPrefix(text: string, place: Place): QueryNode {
  const stem = text.slice(0, -1)
  if (stem === '' || stem.includes('*') || !text.endsWith('*'))
    throw new QueryError('expected * once, at the end of a word, as in compl*', place)
  const [token, ...rest] = tokenize(stem)
  if (token !== undefined && isUnspaced(token.form)) return readWords(stem, place, false)
  if (token?.kind !== 'word' || rest.length > 0)
    throw new QueryError(
      `expected one word before *; for several write "air max" or ${rest.length > 0 ? `${token!.cased} NEAR/1f ${rest.at(-1)!.cased}*` : 'air NEAR/1f max*'}`,
      place,
    )
  const form = bounded(fold(straight(cleanText(stem).text)), place)
  if ([...form.normalize('NFD')].length < MIN_PREFIX)
    throw new QueryError(
      `expected at least ${MIN_PREFIX} letters before *: shorter beginnings match nearly every post; write the words that are meant, joined by OR`,
      place,
    )
  return { type: 'prefix', form, place }
}

const straight = (text: string): string => text.replace(/./gu, (c) => (isApostrophe(c.codePointAt(0)!) ? "'" : c))

function bounded(form: string, place: Place): string {
  if (form.length >= MAX_WORD) throw new QueryError(`expected a word of less than ${MAX_WORD} characters`, place)
  return form
}

const isRegularExpression = (text: string): boolean =>
  /^\/.+\/[dgimsuy]*$/.test(text) || /\\[a-z.]|\.[*+]|\[[^\]]{1,50}\]|^\^/i.test(text)
