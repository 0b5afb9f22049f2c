import { isCommonWord } from './common-words.ts'
import { fields, type TextFact } from './fields.ts'
import { createMatcher } from './match.ts'
import type { Bounds, Place, Query, QueryNode } from './query.ts'

/** Something that can be read but was hardly meant. */
export interface QueryWarning {
  readonly message: string
  readonly place: Place
}

/** Warnings about a query, in the order of their places. */
export function lintQuery(query: Query): QueryWarning[] {
  const warnings = lintNode(query.tree, query.source)
  if (createMatcher(query)([]))
    warnings.push({
      message: 'this is true for nearly every post, as nothing in it has to occur: add a word joined by AND',
      place: query.tree.place,
    })
  return warnings.sort((a, b) => a.place.start - b.place.start)
}

function lintNode(node: QueryNode, source: string): QueryWarning[] {
  switch (node.type) {
    case 'and':
      return [
        ...contradictions(node.parts),
        ...impossibleFields(node.parts),
        ...node.parts.flatMap((part) => lintNode(part, source)),
      ]
    case 'or':
      return node.parts.flatMap((part) => lintNode(part, source))
    case 'not':
      return lintNode(node.of, source)
    case 'near':
      return [...lintNode(node.left, source), ...lintNode(node.right, source)]
    case 'term':
    case 'phrase':
      return lintWords(node, source)
    default:
      return []
  }
}

/** `a NOT a`, `a NOT (a OR b)`. */
function contradictions(parts: readonly QueryNode[]): QueryWarning[] {
  const all = parts.flatMap((part) => flat(part, 'and'))
  const wanted = new Set(all.map(meaning))
  return all.flatMap((part) => {
    if (part.type !== 'not') return []
    return flat(part.of, 'or')
      .filter((excluded) => wanted.has(meaning(excluded)))
      .map(({ place }) => ({ message: 'this can never match: the same is asked for and excluded', place }))
  })
}

/** `lang:de lang:fr`, `followers:>100 followers:<50`: told of the part that makes it impossible. */
function impossibleFields(parts: readonly QueryNode[]): QueryWarning[] {
  const values = new Map<string, string>()
  const ranges = new Map<string, Bounds>()
  return parts
    .flatMap((part) => flat(part, 'and'))
    .flatMap((part): QueryWarning[] => {
      if (part.type === 'fact' && isSingle(part.field)) {
        const other = values.get(part.field) ?? part.value
        values.set(part.field, other)
        if (other === part.value) return []
        const message = `this can never match: a mention has one ${part.field} only; write ${part.field}:(${other} OR ${part.value})`
        return [{ message, place: part.place }]
      }
      if (part.type !== 'range') return []
      const range = narrowed(ranges.get(part.field) ?? {}, part.bounds)
      ranges.set(part.field, range)
      return isEmpty(range)
        ? [
            {
              message: 'this can never match: no number or day is in this range and in the one before it',
              place: part.place,
            },
          ]
        : []
    })
}

function isSingle(name: TextFact): boolean {
  return fields[name].single
}

const narrowed = (a: Bounds, b: Bounds): Bounds => ({
  ...most('gt', a, b, Math.max),
  ...most('gte', a, b, Math.max),
  ...most('lt', a, b, Math.min),
  ...most('lte', a, b, Math.min),
})

function most(
  side: keyof Bounds,
  { [side]: a }: Bounds,
  { [side]: b }: Bounds,
  of: (a: number, b: number) => number,
): Bounds {
  if (a === undefined || b === undefined) return a === undefined && b === undefined ? {} : { [side]: a ?? b }
  return { [side]: of(a, b) }
}

function isEmpty({ gt, gte, lt, lte }: Bounds): boolean {
  const [low, high] = [Math.max(gt ?? -Infinity, gte ?? -Infinity), Math.min(lt ?? Infinity, lte ?? Infinity)]
  return low > high || (low === high && (low === gt || high === lt))
}

function flat(node: QueryNode, type: 'and' | 'or'): readonly QueryNode[] {
  return node.type === type ? node.parts.flatMap((part) => flat(part, type)) : [node]
}

/** Equal for nodes that differ in their places only. */
const meaning = (node: QueryNode): string => JSON.stringify(node, (key, value) => (key === 'place' ? undefined : value))

function lintWords(
  { type, place, ...node }: QueryNode & { readonly type: 'term' | 'phrase' },
  source: string,
): QueryWarning[] {
  const written = source.slice(place.start, place.end)
  if (/^(?:and|or|not|near\/\d+f?)$/i.test(written))
    return [
      {
        message: `read as a word: operators are written in capitals, ${written.toUpperCase().replace('F', 'f')}`,
        place,
      },
    ]
  const words = 'words' in node ? node.words : [node.form]
  if (type === 'phrase' && words.every(isCommonWord))
    return [{ message: 'this phrase is of common words only and stands in very many posts', place }]
  if (type === 'phrase' && /^[^"\s]*[\p{L}\p{N}][|,;/\\+]+[\p{L}\p{N}]/u.test(written))
    return [
      {
        message: `read as the phrase "${words.join(' ')}"; for any one of the words write (${words.join(' OR ')})`,
        place,
      },
    ]
  const signs = /^\+(?=[\p{L}\p{N}])|[\p{L}\p{N}][*+#$%~^]+/u.test(written)
  if (signs) return [{ message: `signs are not searched: this is read as ${words.join(' ')}`, place }]
  return []
}
