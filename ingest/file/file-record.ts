import type { MentionColumn } from '#schemas/mention-columns.ts'

/** What a column or key can mean: a field of the mention, or how the line is to be read. */
export type FileField =
  | MentionColumn
  | 'op'
  | 'rev'
  | 'observedAt'
  | 'reason'
  | 'canonicalId'
  | 'publishedTime'
  | 'siteOrPlatform'
  | 'author.kind'
  | 'author.reputation'
  | 'engagement.score'
  | 'engagement.measuredAt'
  | 'rating.min'
  | 'rating.max'
  | 'context'
  | 'mentions'
  | 'media'
  | 'flags.sensitive'
  | 'flags.contentWarnings'
  | 'flags.bot'
  | 'imported.tool'
  | 'ignored'

/** One row or line: its values by meaning, and what has none by its own name. Values are as they stood: text, number, list … */
export interface FileRecord {
  readonly values: ReadonlyMap<FileField, unknown>
  readonly extra: ReadonlyMap<string, unknown>
}

/** A piece of the file, where it stood and what it holds. Lines count from 1. */
export type FileRow = { readonly line: number; readonly bytes: Buffer } & (
  | { readonly kind: 'record'; readonly record: FileRecord }
  | { readonly kind: 'bad'; readonly code: string; readonly message: string }
)

/** Nothing is lost by leaving these out: they say that a value is unknown. */
export const isBlank = (value: unknown): boolean => value === null || value === undefined || value === ''
