import type { TimeRange } from '#infra/contracts/search-index.ts'
import type { QueryNode } from '#query/query.ts'

/** The same selection with the days that bound the whole query as part of its range of time: rows are in order of it. */
export function withoutDates(
  tree: QueryNode,
  range: TimeRange,
): { readonly tree: QueryNode | null; readonly range: TimeRange } {
  const parts = tree.type === 'and' ? tree.parts : [tree]
  const rest = parts.filter((part) => !isDate(part))
  const dates = parts.filter(isDate)
  const narrowed = dates.reduce(narrow, range)
  if (rest.length === 0) return { tree: null, range: narrowed }
  return { tree: tree.type === 'and' ? { ...tree, parts: rest } : tree, range: narrowed }
}

type Range = QueryNode & { readonly type: 'range' }

const isDate = (node: QueryNode): node is Range =>
  node.type === 'range' && node.field === 'published' && node.bounds.gt === undefined && node.bounds.lte === undefined

function narrow({ since, until }: TimeRange, { bounds: { gte, lt } }: Range): TimeRange {
  return {
    since: gte === undefined ? since : Math.max(since ?? gte, gte),
    until: lt === undefined ? until : Math.min(until ?? lt, lt),
  }
}
