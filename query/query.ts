import type { NumberFact, TextFact } from './fields.ts'

/** Half-open range of UTF-16 offsets in the query as it was written. */
export interface Place {
  readonly start: number
  readonly end: number
}

/** A term that stands at positions: what NEAR can join. */
export type PositionalNode =
  | { readonly type: 'term'; readonly form: string; readonly place: Place }
  /** A word written exactly so; `form` is its folded form. */
  | { readonly type: 'cased'; readonly form: string; readonly cased: string; readonly place: Place }
  | { readonly type: 'prefix'; readonly form: string; readonly place: Place }
  | { readonly type: 'phrase'; readonly words: readonly string[]; readonly place: Place }

/** A NEAR operand: positional nodes, or an OR of them. */
export type NearOperand =
  | PositionalNode
  | { readonly type: 'or'; readonly parts: readonly NearOperand[]; readonly place: Place }

/** A number is within them when each that is given holds. */
export interface Bounds {
  readonly gt?: number
  readonly gte?: number
  readonly lt?: number
  readonly lte?: number
}

export type QueryNode =
  | PositionalNode
  | { readonly type: 'handle'; readonly form: string; readonly place: Place }
  | { readonly type: 'hashtag'; readonly form: string; readonly place: Place }
  /** A host or a parent domain of it. */
  | { readonly type: 'url'; readonly form: string; readonly place: Place }
  /** A field has this value, in the form of `factValue`. */
  | { readonly type: 'fact'; readonly field: TextFact; readonly value: string; readonly place: Place }
  /** A number is known and within bounds. */
  | { readonly type: 'range'; readonly field: NumberFact; readonly bounds: Bounds; readonly place: Place }
  | {
      readonly type: 'near'
      readonly left: NearOperand
      readonly right: NearOperand
      readonly distance: number
      readonly ordered: boolean
      readonly place: Place
    }
  | { readonly type: 'and' | 'or'; readonly parts: readonly QueryNode[]; readonly place: Place }
  | { readonly type: 'not'; readonly of: QueryNode; readonly place: Place }

/** A parsed query: one tree for the live stream, both indexes and explanations. */
export interface Query {
  readonly source: string
  readonly tree: QueryNode
}
