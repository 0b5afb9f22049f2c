import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { LogRecord } from '#infra/contracts/event-log.ts'
import { currentId, type Decoded, encode, isOurSchema, readerOf, toCurrent, type WireName } from '#schemas/codec.ts'
import { wireSchemas } from '#schemas/generated.ts'
import { idOf, withId } from '#schemas/wire-codec.ts'
import type { RegistryClient } from './registry-client.ts'

/** What records stand on which topic, by its full name. */
export type TopicRecords = Readonly<Record<string, readonly WireName[]>>

/** What is known of an id of the registry. */
type Known =
  /** Its records are as we write them, under this id of ours. */
  | { readonly kind: 'current'; readonly id: number }
  /** Another version, read as the current type. */
  | { readonly kind: 'version'; readonly read: NonNullable<ReturnType<typeof readerOf>>['read'] }
  | { readonly kind: 'foreign'; readonly until: number }

/** An id that is not there may come from a copy of the registry that lags behind. */
const ASK_AGAIN_MS = 60_000
/** Schemas of others are forgotten above this, and asked for again. */
const MAX_KNOWN = 10_000
/** Registries count from 1, with 31 bits. */
const MAX_REGISTRY_ID = 0x7fff_ffff

/** Where a registry keeps the schemas of a record that stands on a topic: Confluent's TopicRecordNameStrategy. */
export const subjectOf = (topic: string, name: WireName): string => `${topic}-earshot.${name}`

/**
 * Between the ids of a schema registry, which stand on topics, and our own, which everything else works with. A record of another
 * version, older or newer, becomes one of the current version; what cannot be read is left as it is, and buried by who gets it.
 */
export class WireTranslation {
  readonly #client: Pick<RegistryClient, 'find' | 'register' | 'schema'>
  readonly #clock: Clock
  readonly #records: TopicRecords
  /** By topic and our id. */
  readonly #outgoing = new Map<string, Map<number, number>>()
  readonly #incoming = new Map<number, Known>()

  constructor(client: Pick<RegistryClient, 'find' | 'register' | 'schema'>, clock: Clock, records: TopicRecords) {
    this.#client = client
    this.#clock = clock
    this.#records = records
  }

  /** For those who write. Finds the ids of our schemas, or with `register` registers them; rejects when one is not there. */
  async prepare(register: boolean): Promise<void> {
    const wanted = Object.entries(this.#records).flatMap(([topic, names]) => names.map((name) => ({ topic, name })))
    const missing: string[] = []
    const prepareOne = async ({ topic, name }: { readonly topic: string; readonly name: WireName }) => {
      const subject = subjectOf(topic, name)
      const schema = wireSchemas[name]
      const id = await (register ? this.#client.register(subject, schema) : this.#client.find(subject, schema))
      if (id === null) {
        missing.push(subject)
        return
      }
      const ids = this.#outgoing.get(topic) ?? new Map<number, number>()
      this.#outgoing.set(topic, ids.set(currentId(name), id))
      this.#incoming.set(id, { kind: 'current', id: currentId(name) })
    }
    await Promise.all(wanted.map(prepareOne))
    if (missing.length === 0) return
    const message = `the schema registry does not hold our schemas of ${missing.toSorted().join(', ')}: \`earshot setup\` registers them`
    throw new PipelineError(ErrorClass.Config, 'SCHEMA_UNREGISTERED', message)
  }

  /** The bytes for the topic. What is not ours stays as it is: a dead letter of somebody else's record that is put back. */
  outgoing(topic: string, value: Uint8Array): Uint8Array {
    const ids = this.#outgoing.get(topic)
    const id = idOf(value)
    if (ids === undefined || id === null) return value
    const registered = ids.get(id)
    if (registered !== undefined) return withId(value, registered)
    for (const name of this.#records[topic] ?? []) {
      const current = toCurrent(name, value)
      if (current !== null) return withId(current, ids.get(currentId(name)) as number)
    }
    return value
  }

  /** Records as the process knows them. Rejects with a transient error while the registry must be asked and does not answer. */
  async incoming(records: readonly LogRecord[]): Promise<readonly LogRecord[]> {
    const now = this.#clock.now()
    const translated: LogRecord[] = []
    for (const record of records) {
      const id = idOf(record.value)
      if (id === null) {
        translated.push(record)
        continue
      }
      let known = this.#incoming.get(id)
      if (known === undefined || (known.kind === 'foreign' && known.until <= now)) known = await this.#learn(id, now)
      translated.push(translate(record, known))
    }
    return translated
  }

  async #learn(id: number, now: number): Promise<Known> {
    // Written before there was a registry.
    if (isOurSchema(id)) return FOREIGN
    const schema = id <= MAX_REGISTRY_ID ? await this.#client.schema(id) : null
    const reader = schema === null ? null : readerOf(schema)
    let known: Known = schema === null ? { kind: 'foreign', until: now + ASK_AGAIN_MS } : FOREIGN
    if (reader !== null) {
      known = reader.isCurrent
        ? { kind: 'current', id: currentId(reader.name) }
        : { kind: 'version', read: reader.read }
    }
    if (this.#incoming.size >= MAX_KNOWN) {
      for (const [other, { kind }] of this.#incoming) if (kind === 'foreign') this.#incoming.delete(other)
    }
    this.#incoming.set(id, known)
    return known
  }
}

const FOREIGN: Known = { kind: 'foreign', until: Number.POSITIVE_INFINITY }

function translate(record: LogRecord, known: Known): LogRecord {
  switch (known.kind) {
    case 'current':
      return { ...record, value: withId(record.value, known.id) }
    case 'version': {
      const found = known.read(record.value)
      // What a newer version wants done and this one does not know stays as it is, bytes and all, until an update.
      if (found.name === 'foreign' || operationOf(found) === 'unknown') return record
      return { ...record, value: encode(found.name, found.value) }
    }
    case 'foreign':
      return record
    default:
      return known satisfies never
  }
}

const operationOf = ({ value }: Decoded): string | null => ('op' in value ? value.op : null)
