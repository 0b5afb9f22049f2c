import type { PipelineError } from './errors.ts'
import type { NewRecord, RecordBatch } from './event-log.ts'

export type Outcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'drop'; readonly reason: string } // counted by reason, never silent
  | { readonly kind: 'dead'; readonly error: PipelineError } // kept, with its bytes, for a retry

/** One step between two topics, or between a topic and a sink. */
export interface Stage {
  /** Label of its metrics and part of its consumer group. */
  readonly name: string
  /**
   * One outcome per record, same length and order. `ok` values are what goes to the output topic (a sink gives none), durable
   * sinks have written when this resolves. A transient PipelineError is retried with the whole batch; any other throw is a bug
   * and commits nothing.
   */
  process(batch: RecordBatch): Promise<readonly Outcome<readonly NewRecord[]>[]>
}
