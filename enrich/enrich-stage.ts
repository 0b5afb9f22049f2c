import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { LogRecord, NewRecord, RecordBatch } from '#infra/contracts/event-log.ts'
import type { Outcome, Stage } from '#infra/contracts/stage.ts'
import { pack, unpack } from '#infra/runtime/pack.ts'
import { workerUrl } from '#infra/runtime/start-worker.ts'
import { WorkerLostError, WorkerPool } from '#infra/runtime/worker-pool.ts'
import { Header } from '#schemas/topics.ts'
import type { EnrichAnswer, EnrichRequest, EnrichWorkerData } from './enrich-protocol.ts'

/** Records a worker gets at once: enough to hide the hand-over, few enough that a slow one is found quickly. */
const SLICE_RECORDS = 100

type Result = Outcome<readonly NewRecord[]>

export interface EnrichStageOptions extends EnrichWorkerData {
  readonly workers: number
  /** A slice that takes longer is cut in halves until the record to blame stands alone. */
  readonly deadlineMs: number
  /** Another worker file, for tests. */
  readonly worker?: URL
}

/** Annotates mentions in worker threads; hands heartbeats and author operations on as they are, in the same partition. */
export class EnrichStage implements Stage, AsyncDisposable {
  readonly name = 'enrich'
  readonly #pool: WorkerPool<EnrichRequest, EnrichAnswer>

  constructor({ workers, deadlineMs, worker, ...workerData }: EnrichStageOptions) {
    this.#pool = new WorkerPool({
      url: worker ?? workerUrl(import.meta.url, 'enrich-worker'),
      size: workers,
      workerData: workerData satisfies EnrichWorkerData,
      deadlineMs,
    })
  }

  async process({ records, partition }: RecordBatch): Promise<readonly Result[]> {
    const outcomes = new Array<Result>(records.length)
    const mentions: number[] = []
    for (const [i, record] of records.entries()) {
      if (record.headers[Header.Type]?.startsWith('mention.')) mentions.push(i)
      else outcomes[i] = { kind: 'ok', value: [passedOn(record, record.value, partition)] }
    }
    const slices: number[][] = []
    for (let at = 0; at < mentions.length; at += SLICE_RECORDS) slices.push(mentions.slice(at, at + SLICE_RECORDS))
    await Promise.all(slices.map((slice) => this.#enrich(slice, records, partition, outcomes)))
    return outcomes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]()
  }

  async #enrich(slice: number[], records: readonly LogRecord[], partition: number, outcomes: Result[]): Promise<void> {
    const part = slice.map((i) => records[i] as LogRecord)
    let answer: EnrichAnswer
    try {
      answer = await this.#pool.run({
        partition,
        offsets: part.map((record) => record.offset),
        values: pack(part.map((record) => record.value)),
      })
    } catch (error) {
      if (!(error instanceof WorkerLostError)) throw error
      if (slice.length === 1) {
        outcomes[slice[0] as number] = { kind: 'dead', error: lostTo(error) }
        return
      }
      const half = slice.length >> 1
      await this.#enrich(slice.slice(0, half), records, partition, outcomes)
      await this.#enrich(slice.slice(half), records, partition, outcomes)
      return
    }
    for (const [k, bytes] of unpack(answer.values).entries()) {
      outcomes[slice[k] as number] = { kind: 'ok', value: [passedOn(part[k] as LogRecord, bytes, partition)] }
    }
    for (const { index, code, message } of answer.failures) {
      const error = new PipelineError(ErrorClass.Permanent, code, message)
      outcomes[slice[index] as number] = { kind: 'dead', error }
    }
  }
}

const passedOn = ({ key, headers }: LogRecord, value: Uint8Array, partition: number): NewRecord => ({
  key,
  value,
  headers,
  partition,
})

function lostTo({ reason }: WorkerLostError): PipelineError {
  const [code, message] =
    reason === 'deadline'
      ? [
          'TOO_SLOW',
          'the scores of this mention took too long: look at it with "earshot dead-letters show", then retry it',
        ]
      : ['WORKER_DIED', 'scoring this mention took the worker down, most likely for want of memory']
  return new PipelineError(ErrorClass.Permanent, code as string, message as string)
}
