import type { Leaf } from './leaf.ts'
import type { Compiled } from './match.ts'

/** Leaves of which a text must have at least one, and the share of texts that is expected to. */
export interface Triggers {
  readonly leaves: readonly Leaf[]
  readonly share: number
}

/** The rarest tokens that a query cannot do without; null when a text without any of its tokens may make it true. */
export function triggersOf(node: Compiled, shareOf: (leaf: Leaf) => number): Triggers | null {
  const each = (parts: readonly Compiled[]) => parts.map((part) => triggersOf(part, shareOf))
  switch (node.type) {
    case 'leaf':
      return { leaves: [node.leaf], share: shareOf(node.leaf) }
    case 'phrase':
      return rarest(node.leaves.map((leaf) => ({ leaves: [leaf], share: shareOf(leaf) })))
    case 'near':
      return rarest([any(each(node.left)), any(each(node.right))])
    case 'and':
      return rarest(each(node.parts))
    case 'or':
      return any(each(node.parts))
    case 'not':
    case 'fact':
    case 'range':
      return null
  }
}

function rarest(each: readonly (Triggers | null)[]): Triggers | null {
  return each.reduce((best, next) => (best === null || (next !== null && next.share < best.share) ? next : best), null)
}

function any(each: readonly (Triggers | null)[]): Triggers | null {
  const known = each.filter((triggers) => triggers !== null)
  if (known.length < each.length) return null
  const leaves = new Set(known.flatMap((triggers) => triggers.leaves))
  return { leaves: [...leaves], share: known.reduce((sum, { share }) => sum + share, 0) }
}
