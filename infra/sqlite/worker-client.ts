import type { Worker } from 'node:worker_threads'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { startWorker, workerUrl } from '#infra/runtime/start-worker.ts'
import { buffersOf, type WorkerAnswer, type WorkerMethods, type WorkerRequest } from './serve-worker.ts'

interface Waiting {
  readonly resolve: (answer: never) => void
  readonly reject: (error: unknown) => void
}

/** The caller's side of `serveWorker`: SQLite blocks its thread, so each file lives in a thread of its own. */
export class WorkerClient<M extends WorkerMethods<M>> implements AsyncDisposable {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  /** Rejects when the thread dies, with its error; pending otherwise. */
  readonly failed: Promise<never>
  #nextId = 1
  #failure: unknown

  private constructor(worker: Worker) {
    this.#worker = worker
    const { promise, reject } = Promise.withResolvers<never>()
    this.failed = promise
    promise.catch((error: unknown) => this.#fail(error))
    worker.on('message', (answer: WorkerAnswer) => this.#settle(answer))
    worker.on('error', reject)
    worker.on('exit', () => reject(storeClosed()))
  }

  /** `name` is the worker's file beside the caller's, without extension: sources run as .ts, the package as .js. Rejects as `create` of the worker throws. */
  static async start<M extends WorkerMethods<M>>(
    callerUrl: string,
    name: string,
    options: unknown,
  ): Promise<WorkerClient<M>> {
    const client = new WorkerClient<M>(startWorker(workerUrl(callerUrl, name), options))
    try {
      await client.#send('', undefined)
    } catch (error) {
      await client.#worker.terminate()
      throw error
    }
    return client
  }

  /** Calls are served one after the other in their order. `buffers` of request and answer are transferred, not copied. */
  call<K extends keyof M & string>(method: K, request: Parameters<M[K]>[0]): Promise<ReturnType<M[K]>> {
    return this.#send(method, request)
  }

  #send<T>(method: string, request: unknown): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const id = this.#nextId++
    const message: WorkerRequest = { id, method, request }
    this.#worker.postMessage(message, buffersOf(request))
    return new Promise<T>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  #settle({ id, answer, error }: WorkerAnswer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(answer as never)
    else waiting?.reject('pipeline' in error ? revive(error.pipeline) : error.bug)
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }

  /** Waits for the calls made so far, closes the file and ends the thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#failure !== undefined) return
    const last = this.#send('close', undefined)
    this.#failure = storeClosed()
    await last
    await this.#worker.terminate()
  }
}

type Plain = Extract<NonNullable<WorkerAnswer['error']>, { pipeline: unknown }>['pipeline']

const revive = ({ class: errorClass, code, message, retryAfterMs }: Plain): PipelineError =>
  new PipelineError(errorClass, code, message, retryAfterMs === null ? {} : { retryAfterMs })

/** What a call on a closed store rejects with. */
export const storeClosed = (): PipelineError =>
  new PipelineError(ErrorClass.Transient, 'STORE_CLOSED', 'the data file was closed; start again with `earshot run`')
