import kafkajs, { type IHeaders, type Kafka, type Message, type Producer, type TopicMessages } from 'kafkajs'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { NewRecord, Position } from '#infra/contracts/event-log.ts'
import { closeWithin } from './close-within.ts'
import { RETRY } from './kafka-client.ts'
import { kafkaError, logClosed } from './kafka-error.ts'

/** A record with its place, ready to be sent. */
export interface PlacedRecord {
  readonly record: NewRecord
  readonly partition: number
  readonly key: Buffer | null
  readonly bytes: number
}

interface Job {
  readonly topic: string
  readonly records: readonly PlacedRecord[]
  readonly positions: Position[]
  sent: number
  readonly done: PromiseWithResolvers<readonly Position[]>
}

/** What goes to one partition in one request; Kafka answers the offset of its first record. */
interface Part {
  readonly topic: string
  readonly partition: number
  readonly slots: { readonly job: Job; readonly index: number }[]
  readonly messages: Message[]
  bytes: number
}

export interface WriterParts {
  readonly kafka: Kafka
  readonly clock: Clock
  /** Of what goes to one partition in one request. */
  readonly maxPartBytes: number
  /** Where records of one request stand. What it throws rejects the calls that they came from. */
  readonly onWritten: (topic: string, partition: number, first: number, next: number) => void
}

const MAX_REQUEST_BYTES = 8 << 20
/** kafkajs copies what it has of a partition for each record that it adds. */
const MAX_PART_RECORDS = 1_000

/**
 * Sends one request at a time and puts into it what has been asked for meanwhile: calls keep their order, and many small ones
 * cost few requests.
 */
export class RecordWriter {
  readonly #kafka: Kafka
  readonly #clock: Clock
  readonly #maxPartBytes: number
  readonly #onWritten: WriterParts['onWritten']
  #jobs: Job[] = []
  /** The request in flight: its topics, and how to give it up. */
  #flight: { readonly topics: ReadonlySet<string>; readonly giveUp: (error: unknown) => void } | null = null
  #producer: Promise<Producer> | null = null
  #pumping: Promise<void> | null = null
  #closed = false

  constructor({ kafka, clock, maxPartBytes, onWritten }: WriterParts) {
    this.#kafka = kafka
    this.#clock = clock
    this.#maxPartBytes = maxPartBytes
    this.#onWritten = onWritten
  }

  /** Rejects what waits for this topic and what is sent beside it: kafkajs would try for minutes. */
  refuse(topic: string, error: unknown): void {
    if (this.#flight?.topics.has(topic)) this.#flight.giveUp(error)
    const refused = this.#jobs.filter((job) => job.topic === topic && job.sent === 0)
    this.#jobs = this.#jobs.filter((job) => !refused.includes(job))
    for (const { done } of refused) done.reject(error)
  }

  /** Resolves when all in-sync replicas have the records; rejects when some of them may be missing. */
  append(topic: string, records: readonly PlacedRecord[]): Promise<readonly Position[]> {
    const tooLarge = records.find(({ bytes }) => bytes > this.#maxPartBytes)
    if (tooLarge !== undefined) {
      const message = `a record for ${topic} has ${tooLarge.bytes} bytes, the limit is ${this.#maxPartBytes}; raise kafka.maxMessageBytes and max.message.bytes of the topic`
      throw new PipelineError(ErrorClass.Permanent, 'RECORD_TOO_LARGE', message)
    }
    if (this.#closed) throw logClosed()
    const job: Job = { topic, records, positions: [], sent: 0, done: Promise.withResolvers() }
    this.#jobs.push(job)
    this.#pumping ??= this.#pump()
    return job.done.promise
  }

  async #pump(): Promise<void> {
    while (this.#jobs.length > 0) {
      await new Promise(setImmediate) // what is asked for at the same time goes together
      const parts = this.#nextRequest()
      const jobs = new Set(parts.flatMap(({ slots }) => slots.map(({ job }) => job)))
      const givenUp = Promise.withResolvers<never>()
      this.#flight = { topics: new Set(parts.map(({ topic }) => topic)), giveUp: givenUp.reject }
      try {
        await Promise.race([this.#send(parts), givenUp.promise])
      } catch (error) {
        await this.#dropProducer()
        const topics = [...new Set(parts.map(({ topic }) => topic))].join(', ')
        for (const job of jobs) {
          job.sent = job.records.length
          job.done.reject(kafkaError(error, `writing to ${topics}`))
        }
      } finally {
        this.#flight = null
      }
      while (this.#jobs[0]?.sent === this.#jobs[0]?.records.length && this.#jobs.length > 0) {
        const job = this.#jobs.shift() as Job
        job.done.resolve(job.positions)
      }
    }
    this.#pumping = null
  }

  /** Takes records in the order of the calls until the next one finds no room. */
  #nextRequest(): readonly Part[] {
    const parts = new Map<string, Part>()
    let room = MAX_REQUEST_BYTES
    for (const job of this.#jobs) {
      const { topic } = job
      for (; job.sent < job.records.length; job.sent++) {
        const { record, partition, key, bytes } = job.records[job.sent] as PlacedRecord
        const name = `${partition} ${topic}`
        let part = parts.get(name)
        if (part === undefined) {
          part = { topic, partition, slots: [], messages: [], bytes: 0 }
          parts.set(name, part)
        }
        const full = part.bytes + bytes > this.#maxPartBytes || part.slots.length >= MAX_PART_RECORDS || bytes > room
        if (full && part.slots.length + parts.size > 1)
          return [...parts.values()].filter(({ slots }) => slots.length > 0)
        part.slots.push({ job, index: job.sent })
        part.messages.push({ key, value: asBuffer(record.value), headers: record.headers as IHeaders, partition })
        part.bytes += bytes
        room -= bytes
      }
    }
    return [...parts.values()]
  }

  async #send(parts: readonly Part[]): Promise<void> {
    const topicMessages = new Map<string, Required<TopicMessages>>()
    for (const { topic, messages } of parts) {
      const entry = topicMessages.get(topic)
      if (entry === undefined) topicMessages.set(topic, { topic, messages: messages.slice() })
      else entry.messages.push(...messages)
    }
    this.#producer ??= this.#openProducer()
    const producer = await this.#producer
    const request = { acks: -1, compression: kafkajs.CompressionTypes.ZSTD, topicMessages: [...topicMessages.values()] }
    const answers = await producer.sendBatch(request)
    const firsts = new Map(
      answers.map(({ partition, topicName, baseOffset }) => [`${partition} ${topicName}`, baseOffset]),
    )
    for (const { topic, partition, slots } of parts) {
      // When a leader moves between two attempts, kafkajs can resolve without having sent a partition again.
      const first = Number(firsts.get(`${partition} ${topic}`) ?? -1)
      if (!(first >= 0)) {
        const message = `the broker has not answered for ${topic}, partition ${partition}; it will be sent again`
        throw new PipelineError(ErrorClass.Transient, 'KAFKA_UNAVAILABLE', message)
      }
      this.#onWritten(topic, partition, first, first + slots.length)
      for (const [i, { job, index }] of slots.entries()) job.positions[index] = { partition, offset: first + i }
    }
  }

  async #openProducer(): Promise<Producer> {
    const producer = this.#kafka.producer({ idempotent: true, allowAutoTopicCreation: false, retry: RETRY })
    await producer.connect()
    return producer
  }

  /**
   * After a failure kafkajs counts back the sequence numbers of every partition in the request, also of those that took their
   * records: the broker would take the next ones for repeats and acknowledge without keeping them. A new producer counts anew.
   */
  async #dropProducer(): Promise<void> {
    const old = this.#producer
    this.#producer = null
    await old?.then((producer) => producer.disconnect()).catch(() => {}) // it has failed already, and that was told
  }

  /** What was accepted is sent before; it is refused when no broker takes it in time. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    if (this.#pumping !== null) await closeWithin(this.#clock, this.#pumping)
    for (const job of this.#jobs.splice(0)) job.done.reject(logClosed())
    await closeWithin(this.#clock, this.#dropProducer())
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
