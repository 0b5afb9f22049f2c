import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { NewRecord } from '#infra/contracts/event-log.ts'
import type { LogPartition } from './log-partition.ts'
import { partitionOf } from './record-chunk.ts'

/** SQLite holds rows of up to 1 GB and a chunk is one row. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024

/** What a record costs in the file beside its value, roughly: only used against a limit that is a round figure anyway. */
const RECORD_OVERHEAD_BYTES = 100

interface Waiting {
  readonly bytes: number
  readonly admit: () => void
  readonly refuse: (error: unknown) => void
}

/** A topic as the process that writes it sees it: its partitions, and the limit that makes producers wait for consumers. */
export class LogTopic {
  readonly name: string
  readonly partitions: readonly LogPartition[]
  readonly #limitBytes: number
  readonly #waiting: Waiting[] = []
  #pendingBytes = 0
  #nextWithoutKey = 0

  constructor(name: string, partitions: readonly LogPartition[], limitBytes: number) {
    this.name = name
    this.partitions = partitions
    this.#limitBytes = limitBytes
  }

  /** The partition of each record; records without a key of one call stay together. Rejects what cannot be stored. */
  place(records: readonly NewRecord[]): LogPartition[] {
    const count = this.partitions.length
    const withoutKey = this.#nextWithoutKey++ % count
    return records.map(({ key, value, partition }) => {
      if (value.length > MAX_RECORD_BYTES) {
        const message = `a record of ${value.length} bytes does not fit in ${this.name}; the limit is ${MAX_RECORD_BYTES} bytes`
        throw new PipelineError(ErrorClass.Permanent, 'RECORD_TOO_LARGE', message)
      }
      return this.partition(partition ?? (key === null ? withoutKey : partitionOf(key, count)))
    })
  }

  partition(number: number): LogPartition {
    const partition = this.partitions[number]
    if (partition !== undefined) return partition
    const message = `${this.name} has ${this.partitions.length} partitions and no partition ${number}; count from 0`
    throw new PipelineError(ErrorClass.Config, 'PARTITION_UNKNOWN', message)
  }

  /** Runs `append` at once, or when the topic's bytes are below the limit again; callers keep their order. */
  admit<T>(records: readonly NewRecord[], append: () => Promise<T>): Promise<T> {
    if (this.#limitBytes === Number.POSITIVE_INFINITY) return append()
    const bytes = records.reduce((sum, { value }) => sum + value.length + RECORD_OVERHEAD_BYTES, 0)
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const admit = () => {
      this.#pendingBytes += bytes
      const leave = () => {
        this.#pendingBytes -= bytes
      }
      const appended = append()
      appended.then(leave, leave)
      appended.then(resolve, reject)
    }
    this.#waiting.push({ bytes, admit, refuse: reject })
    this.release()
    return promise
  }

  /** Lets in those for whom there is room. A topic that holds nothing takes a call of any size. */
  release(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const held = this.partitions.reduce((sum, { stored }) => sum + stored, this.#pendingBytes)
      if (held > 0 && held + first.bytes > this.#limitBytes) return
      this.#waiting.shift()
      first.admit()
    }
  }

  refuse(error: unknown): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(error)
  }
}
