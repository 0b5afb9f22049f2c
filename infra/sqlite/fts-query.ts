import { fold, foldUnspaced } from '#query/fold.ts'
import type { NearOperand, PositionalNode, QueryNode } from '#query/query.ts'
import { brandMark, casedMark, EVERY_MENTION, factMark } from './fts-document.ts'
import { rangeMarks } from './number-marks.ts'

/** An FTS5 expression that finds every match; when not `exact` it may find more, and `query/` has the last word. */
export interface FtsQuery {
  readonly expression: string
  readonly exact: boolean
}

/** More combinations than this are searched without their distance. */
const MAX_NEAR_PAIRS = 64
/** FTS5's parser has a stack of 100, of which a level takes up to four. What lies deeper is left to the verification. */
const MAX_DEPTH = 20

/** What finds the mentions of a query (null: all) that have one of these brands (empty: whatever brand). */
export function ftsQuery(tree: QueryNode | null, brands: readonly string[]): FtsQuery {
  const marks = anyOf(brands.map((brand) => quoted(brandMark(brand))))
  if (tree === null) return { expression: brands.length === 0 ? quoted(EVERY_MENTION) : marks, exact: true }
  const { expression, exact } = compile(tree, 0)
  return { expression: brands.length === 0 ? expression : `${expression} AND ${marks}`, exact }
}

function compile(node: QueryNode, depth: number): FtsQuery {
  if (depth > MAX_DEPTH) return { expression: quoted(EVERY_MENTION), exact: false }
  switch (node.type) {
    case 'term':
    case 'prefix':
    case 'phrase':
      return { expression: anyOf(foldedForms(node)), exact: true }
    case 'cased':
      return compileCased(node.cased)
    case 'handle':
      return { expression: quoted(`@${node.form}`), exact: true }
    case 'hashtag':
      return { expression: quoted(`#${node.form}`), exact: true }
    case 'url': {
      const host = `u:${node.form.split('.').reverse().join('.')}`
      return { expression: anyOf([quoted(host), `${quoted(`${host}.`)} *`]), exact: true }
    }
    case 'fact':
      return { expression: quoted(factMark(`${node.field}=${node.value}`)), exact: true }
    case 'range':
      return compileRange(node)
    case 'near':
      return { expression: compileNear(node.left, node.right, node.distance), exact: false }
    case 'or': {
      const parts = node.parts.map((part) => compile(part, depth + 1))
      return { expression: anyOf(parts.map(({ expression }) => expression)), exact: parts.every(({ exact }) => exact) }
    }
    case 'and':
      return compileAnd(node.parts, depth + 1)
    case 'not':
      return compileAnd([node], depth + 1)
    default:
      return node satisfies never
  }
}

/** Times are left to the verification; those that bound the whole query are its range of rows. */
function compileRange({ field, bounds }: QueryNode & { readonly type: 'range' }): FtsQuery {
  if (field === 'published') return { expression: quoted(EVERY_MENTION), exact: false }
  const { marks, exact } = rangeMarks(field, bounds)
  return { expression: anyOf(marks.map(quoted)), exact }
}

/** FTS5's NOT has a left side; an exclusion that it cannot say exactly is left to the verification. */
function compileAnd(parts: readonly QueryNode[], depth: number): FtsQuery {
  const wanted = parts.filter(({ type }) => type !== 'not').map((part) => compile(part, depth))
  const unwanted = parts.flatMap((part) => (part.type === 'not' ? [compile(part.of, depth)] : []))
  const excluded = unwanted.filter(({ exact }) => exact)
  let expression = wanted.length === 0 ? quoted(EVERY_MENTION) : allOf(wanted.map((part) => part.expression))
  if (excluded.length > 0) expression = `(${expression} NOT ${anyOf(excluded.map((part) => part.expression))})`
  return { expression, exact: excluded.length === unwanted.length && wanted.every(({ exact }) => exact) }
}

/** Only words that differ from their folded form are indexed as they are written. */
function compileCased(cased: string): FtsQuery {
  if (!foldings(cased).includes(cased)) return { expression: quoted(casedMark(cased)), exact: true }
  return { expression: anyOf([quoted(casedMark(cased)), quoted(cased)]), exact: false }
}

/** FTS5 counts the tokens between two phrases, so what is at most n apart is always among its matches. */
function compileNear(left: NearOperand, right: NearOperand, distance: number): string {
  const [lefts, rights] = [alternatives(left), alternatives(right)]
  if (lefts.length * rights.length > MAX_NEAR_PAIRS) return allOf([anyOf(lefts), anyOf(rights)])
  return anyOf(lefts.flatMap((a) => rights.map((b) => `NEAR(${a} ${b}, ${distance})`)))
}

const alternatives = (operand: NearOperand): readonly string[] =>
  operand.type === 'or' ? operand.parts.flatMap(alternatives) : foldedForms(operand)

/** FTS5 phrases one of which stands wherever the node matches. */
function foldedForms(node: PositionalNode): readonly string[] {
  switch (node.type) {
    case 'term':
      return [quoted(node.form), quoted(`#${node.form}`)]
    case 'prefix':
      return [`${quoted(node.form)} *`, `${quoted(`#${node.form}`)} *`]
    case 'phrase':
      return [quoted(node.words.join(' '))]
    case 'cased':
      return foldings(node.cased).map(quoted)
    default:
      return node satisfies never
  }
}

/** The tokenizer folds by script; a word may be of either. */
const foldings = (cased: string): readonly string[] => [...new Set([fold(cased), foldUnspaced(cased)])]

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
const anyOf = (expressions: readonly string[]): string => joined(expressions, ' OR ')
const allOf = (expressions: readonly string[]): string => joined(expressions, ' AND ')
const joined = (expressions: readonly string[], operator: string): string =>
  expressions.length === 1 ? expressions[0]! : `(${expressions.join(operator)})`
