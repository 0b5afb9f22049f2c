import { onlyEmoji } from './emoji.ts'
import { exactValue, factValue } from './facts.ts'
import {
  type ChoiceField,
  type DateField,
  type Field,
  fieldNamed,
  fields,
  type KeywordField,
  type NumberFact,
  type TextFact,
} from './fields.ts'
import type { Bounds, Place, QueryNode } from './query.ts'
import { QueryError } from './query-error.ts'
import { MAX_WORD } from './token.ts'
import { urlNode } from './url-node.ts'

/** What people write who come from other tools. */
const KNOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  from: 'author:',
  user: 'author:',
  by: 'author:',
  site: 'url:',
  domain: 'url:',
  link: 'url:',
  links: 'url:',
  host: 'url:',
  language: 'lang:',
  since: 'after:',
  until: 'before:',
  date: 'after: and before:',
  source: 'platform:',
  type: 'kind:',
  tone: 'sentiment:',
  filter: 'has: or is:',
  entities: 'entity:',
  misinformation: 'claim:',
  hashtag: '#',
}

const MAX_NUMBER = 1e15
const NUMBER = '\\d{1,16}(?:\\.\\d{1,9})?'
const COMPARED = new RegExp(`^(>=|<=|>|<|=)?(${NUMBER})$`)
const RANGE = new RegExp(`^(${NUMBER})?\\.\\.(${NUMBER})?$`)
const DATE = /^(\d{4}-\d\d-\d\d)(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?Z?)?$/i

/** The node of `field:value`. Throws a QueryError for a field that does not exist or a value that it cannot have. */
export function readField(written: string, value: string, place: Place): QueryNode {
  const name = written.toLowerCase()
  const field = fieldNamed(name)
  if (field === undefined) throw unknownField(written, value, place)
  if (value.trim() === '') throw new QueryError(`expected a value after ${name}:, as in ${field.examples[0]}`, place)
  switch (field.type) {
    case 'host':
      return urlNode(value, place)
    case 'keyword':
      return readKeyword(name as TextFact, field, value, place)
    case 'choice':
      return readChoice(name as TextFact, field, value, place)
    case 'number':
      return { type: 'range', field: name as NumberFact, bounds: readRange(name, field, value, place), place }
    case 'date':
      return { type: 'range', field: 'published', bounds: readDate(name, field, value, place), place }
    default:
      return field satisfies never
  }
}

function unknownField(written: string, value: string, place: Place): QueryError {
  const elsewhere = KNOWN_ELSEWHERE[written.toLowerCase()]
  const names = Object.keys(fields).map((name) => `${name}:`)
  const proposal = elsewhere === undefined ? `expected one of ${names.join(' ')}` : `write ${elsewhere}`
  return new QueryError(
    `unknown field ${written}: (${proposal}); to find these words write "${written} ${value}"`,
    place,
  )
}

function readKeyword(name: TextFact, field: KeywordField, written: string, place: Place): QueryNode {
  const sign = name === 'author' && /^@./.test(written) ? 1 : 0
  if (written.includes('*'))
    throw new QueryError(
      `expected the whole value after ${name}:, as in ${field.examples[0]}; * ends words of the text only`,
      place,
    )
  if (written.length >= MAX_WORD) throw new QueryError(`expected a value of less than ${MAX_WORD} characters`, place)
  if (name === 'emoji') {
    const [emoji, ...more] = onlyEmoji(written) ?? []
    if (emoji === undefined || more.length > 0)
      throw new QueryError('expected one emoji after emoji:, as in emoji:🔥', place)
    return { type: 'fact', field: name, value: emoji.form, place }
  }
  const value = field.exact ? exactValue(written.trim()) : factValue(written.slice(sign))
  if (field.shape !== undefined && !field.shape.pattern.test(value))
    throw new QueryError(`expected ${field.shape.expected}, after ${name}:`, place)
  return { type: 'fact', field: name, value, place }
}

function readChoice(name: TextFact, { choices }: ChoiceField, written: string, place: Place): QueryNode {
  const value = factValue(written)
  if (!choices.includes(value)) throw new QueryError(`expected one of ${choices.join(', ')} after ${name}:`, place)
  return { type: 'fact', field: name, value, place }
}

function readRange(name: string, { examples }: Field, written: string, place: Place): Bounds {
  const compared = COMPARED.exec(written)
  if (compared !== null) {
    const number = bounded(compared[2]!, place)
    switch (compared[1]) {
      case '>':
        return { gt: number }
      case '>=':
        return { gte: number }
      case '<':
        return { lt: number }
      case '<=':
        return { lte: number }
      default:
        return { gte: number, lte: number }
    }
  }
  const range = RANGE.exec(written)
  const [from, to] = [range?.[1], range?.[2]]
  if (from === undefined && to === undefined)
    throw new QueryError(
      `expected a number after ${name}:, as in ${examples.join(' or ')}; without thousands separators or k`,
      place,
    )
  const bounds = {
    ...(from === undefined ? {} : { gte: bounded(from, place) }),
    ...(to === undefined ? {} : { lte: bounded(to, place) }),
  }
  if (bounds.gte !== undefined && bounds.lte !== undefined && bounds.gte > bounds.lte)
    throw new QueryError(`no number is in this range: expected the smaller one first, ${name}:${to}..${from}`, place)
  return bounds
}

function bounded(written: string, place: Place): number {
  const number = Number(written)
  if (number > MAX_NUMBER) throw new QueryError(`expected a number up to ${MAX_NUMBER}`, place)
  return number
}

function readDate(name: string, { side, examples }: DateField, written: string, place: Place): Bounds {
  const parts = DATE.exec(written.trim())
  const time =
    parts === null ? Number.NaN : Date.parse(`${parts[1]}T${parts[2] ?? '00'}:${parts[3] ?? '00'}:${parts[4] ?? '00'}Z`)
  const isDay = parts !== null && !Number.isNaN(time) && new Date(time).toISOString().startsWith(parts[1]!)
  if (!isDay)
    throw new QueryError(
      `expected a day of the calendar after ${name}:, as in ${examples[0]} (UTC); for the last days use --since, as in --since 7d`,
      place,
    )
  return side === 'from' ? { gte: time } : { lt: time }
}
