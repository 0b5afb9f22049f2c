import type { KafkaMessage } from 'kafkajs'
import type { LogRecord } from '#infra/contracts/event-log.ts'
import type { Fetched } from './group-member.ts'
import { toLogRecord } from './to-log-record.ts'

/** Fetching stops above the first and goes on below the second: what is left lasts longer than the poll that wakes it. */
const PAUSE_BYTES = 4 << 20
const RESUME_BYTES = 2 << 20

export interface FeedControl {
  pause(): void
  resume(): void
  seek(offset: number): void
  /**
   * What was asked for was not there, and kafkajs went elsewhere: `to` may be where compaction goes on, or the start of a topic that
   * has lost what stood before it, or was made anew.
   */
  jumped(from: number, to: number): void
}

/** What has been fetched of a partition and not been handled yet: bounded, and without a hole from its start on. */
export class PartitionFeed {
  readonly #control: FeedControl
  /** What came before the start was known. */
  #early: Fetched[] = []
  #started = false
  #placed = false
  #messages: readonly KafkaMessage[] = []
  #taken = 0
  readonly #waiting: (readonly KafkaMessage[])[] = []
  #bytes = 0
  #next = 0
  #end = 0
  #paused = false
  #wake: (() => void) | null = null

  constructor(control: FeedControl) {
    this.#control = control
  }

  /** First offset that did not exist at the last fetch. */
  get end(): number {
    return this.#end
  }

  get isEmpty(): boolean {
    return this.#taken >= this.#messages.length && this.#waiting.length === 0
  }

  /** The group has committed up to `start`. */
  begin(start: number, end: number): void {
    this.#started = true
    this.#next = start
    this.#end = Math.max(this.#end, end)
    this.#control.resume() // a pause outlives a change of the group
    const early = this.#early
    this.#early = []
    if (early.length > 0 && early[0]?.from !== start) this.#seek()
    else for (const fetched of early) this.push(fetched)
  }

  push(fetched: Fetched): void {
    if (!this.#started) {
      this.#early.push(fetched)
      if (this.#early.length === 1) this.#control.pause()
      return
    }
    // A fetch of the time before a change of the group can still arrive; taken for ours, it would skip what lies between.
    // Once it was sought, or something came from the right place, a step is the doing of kafkajs.
    if (fetched.from !== this.#next && this.#placed) this.#control.jumped(this.#next, fetched.from)
    if (fetched.from < this.#next || (fetched.from > this.#next && !this.#placed)) {
      this.#seek()
      return
    }
    this.#placed = true
    this.#next = fetched.next
    this.#end = Math.max(this.#end, fetched.end)
    if (fetched.messages.length === 0) return
    this.#waiting.push(fetched.messages)
    for (const { value, key } of fetched.messages) this.#bytes += sizeOf(value, key)
    if (this.#bytes > PAUSE_BYTES && !this.#paused) {
      this.#paused = true
      this.#control.pause()
    }
    this.#wake?.()
  }

  #seek(): void {
    this.#placed = true
    this.#control.seek(this.#next)
  }

  /** At most `maxRecords`, and values of `maxBytes` unless the first is larger. */
  take(maxRecords: number, maxBytes: number): LogRecord[] {
    const records: LogRecord[] = []
    let bytes = 0
    while (records.length < maxRecords) {
      const message = this.#messages[this.#taken]
      if (message === undefined) {
        const more = this.#waiting.shift()
        this.#messages = more ?? []
        this.#taken = 0
        if (more === undefined) break
        continue
      }
      bytes += message.value?.length ?? 0
      if (records.length > 0 && bytes > maxBytes) break
      records.push(toLogRecord(message))
      this.#bytes -= sizeOf(message.value, message.key)
      this.#taken++
    }
    if (this.#paused && this.#bytes < RESUME_BYTES) {
      this.#paused = false
      this.#control.resume()
    }
    return records
  }

  /** Resolves when there is something to take, or the signal aborts. */
  async arrival(signal: AbortSignal): Promise<void> {
    if (!this.isEmpty || signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const onAbort = () => resolve()
    this.#wake = resolve
    signal.addEventListener('abort', onAbort)
    await promise
    signal.removeEventListener('abort', onAbort)
    this.#wake = null
  }
}

const RECORD_BYTES = 200
const sizeOf = (value: Buffer | null, key: Buffer | null): number =>
  RECORD_BYTES + (value?.length ?? 0) + (key?.length ?? 0)
