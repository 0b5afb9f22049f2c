import { parentPort, workerData } from 'node:worker_threads'
import { type ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { storageError } from './open-database.ts'

/** What a worker offers: each method takes one structured-cloneable request and answers one. */
export type WorkerMethods<M> = { readonly [K in keyof M]: (request: never) => unknown }

export interface WorkerRequest {
  readonly id: number
  /** Empty: answered as soon as the service stands, or with the reason why it does not. */
  readonly method: string
  readonly request: unknown
}

export interface WorkerAnswer {
  readonly id: number
  readonly answer?: unknown
  readonly error?:
    | { readonly pipeline: { class: ErrorClass; code: string; message: string; retryAfterMs: number | null } }
    | { readonly bug: Error }
}

/** What a message gives away: large answers and requests cross threads without a copy. */
export const buffersOf = (message: unknown): ArrayBuffer[] =>
  (message as { readonly buffers?: ArrayBuffer[] } | undefined)?.buffers ?? []

/** Runs the service of a worker thread for `WorkerClient`. `close` is called last and must leave the file closed. */
export function serveWorker<O extends { readonly path: string }, M extends WorkerMethods<M>>(
  create: (options: O) => M & { close(): void },
): void {
  const port = parentPort
  if (port === null) throw new Error('serveWorker runs in a worker thread only')
  const options = workerData as O
  let service: (M & { close(): void }) | undefined
  port.on('message', ({ id, method, request }: WorkerRequest) => {
    try {
      service ??= create(options)
      const answer = method === '' ? undefined : service[method as keyof M & string](request as never)
      port.postMessage({ id, answer } satisfies WorkerAnswer, buffersOf(answer))
    } catch (error) {
      port.postMessage({ id, error: portable(storageError(error, options.path)) } satisfies WorkerAnswer)
    }
  })
}

/** A structured clone keeps no class: what the caller must know about an error travels as plain fields. */
function portable(error: unknown): NonNullable<WorkerAnswer['error']> {
  if (!(error instanceof PipelineError)) return { bug: error instanceof Error ? error : new Error(String(error)) }
  const { class: errorClass, code, message, retryAfterMs } = error
  return { pipeline: { class: errorClass, code, message, retryAfterMs } }
}
