/** How an error is handled: retried with back-off, buried as a dead letter, or reported at start. Anything else is a bug. */
export const ErrorClass = { Transient: 'transient', Permanent: 'permanent', Config: 'config' } as const
export type ErrorClass = (typeof ErrorClass)[keyof typeof ErrorClass]

export interface ErrorDetails {
  readonly cause?: unknown
  /** The other side asked for this pause, in milliseconds. */
  readonly retryAfterMs?: number
}

/** An error that carries its handling. `message` is for people and names the remedy; `code` is stable, for metrics and machines. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError'
  readonly class: ErrorClass
  readonly code: string
  readonly retryAfterMs: number | null

  constructor(errorClass: ErrorClass, code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.class = errorClass
    this.code = code
    this.retryAfterMs = details.retryAfterMs ?? null
  }
}
