import type { AuthorEvent, MentionEvent } from '#schemas/generated.ts'

export type ReadItem =
  | { readonly kind: 'mention'; readonly event: MentionEvent }
  | { readonly kind: 'author'; readonly event: AuthorEvent }
  /** One item that could not be read; it is buried with its bytes and the stream goes on. */
  | {
      readonly kind: 'dead'
      readonly code: string
      readonly message: string
      readonly bytes: Uint8Array
      readonly contentType: string
    }
  /** Read and left alone on purpose (a like, a pinned story): counted by reason. */
  | { readonly kind: 'ignored'; readonly reason: string; readonly count: number }
  /** Everything yielded before this may be forgotten once it is in the log. Opaque to the runner. */
  | { readonly kind: 'checkpoint'; readonly cursor: string; readonly observedAt: number; readonly progress?: Progress }

/** For a progress bar; `total` is null when the source does not say. */
export interface Progress {
  readonly done: number
  readonly total: number | null
  readonly unit: 'bytes' | 'items'
}

export interface Connector {
  readonly id: string
  readonly platform: string
  /**
   * Finite: a file ends.
   * Polled: the last checkpoint of each full round over the source has `progress.done === progress.total`.
   * Streamed: never ends by itself; a checkpoint with `progress.done === progress.total` says that it has caught up.
   */
  readonly supply: 'finite' | 'polled' | 'streamed'
  /** Declared lateness of this source: a mention that we see later than this after publication raises no alert. */
  readonly latenessMs: number
  /** Keep what no brand query matches (for later discovery) when false. */
  readonly prefilter: boolean
  /** One cheap request that fails the way `read` would: with a PipelineError that names the remedy. */
  check(signal: AbortSignal): Promise<void>
  /**
   * Reads from `cursor` (null: from the source's beginning or, for streams, from now). A checkpoint covers everything before
   * it; from any cursor it gave, no post is lost; repeats are allowed. Waits out 429 and short failures by itself
   * as the source asks; throws a PipelineError otherwise. Ends within a second of the abort, without throwing for it.
   */
  read(cursor: string | null, signal: AbortSignal): AsyncIterable<ReadItem>
}
