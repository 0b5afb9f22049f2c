import { describe, expect, it } from 'vitest'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { LogRecord } from '#infra/contracts/event-log.ts'
import { WireTranslation } from '#infra/registry/wire-translation.ts'
import { currentId, decode, encode, type WireName } from '#schemas/codec.ts'
import { type MentionEvent, wireSchemas } from '#schemas/generated.ts'
import { idOf, schemaId, WireCodec, withId } from '#schemas/wire-codec.ts'

const RECORDS = { raw: ['MentionEvent', 'Heartbeat'], dead: ['DeadLetter'] } as const
const source = { connector: 'c', platform: 'test', instance: null, latenessMs: 0 }
const event: MentionEvent = {
  ...{ id: 'test:1', op: 'delete', rev: 1, observedAt: 1, ingestedAt: null, source, reason: null },
  ...{ mention: null, payload: null },
}
const mention = encode('MentionEvent', event)
const heartbeat = encode('Heartbeat', { source, observedAt: 1, exhausted: false })

/** A later version of our schema: a field more, and an operation more. */
const grown = JSON.parse(wireSchemas.MentionEvent)
grown.fields.push({ name: 'weather', type: ['null', 'string'], default: null })
grown.fields[1].type.symbols.push('bless')
const newer = new WireCodec({ MentionEvent: [JSON.stringify(grown)] })

/** What a registry holds, and what it was asked. */
class Registry {
  readonly schemas: string[] = []
  readonly asked: number[] = []
  away = false

  async find(_: string, schema: string): Promise<number | null> {
    const at = this.schemas.indexOf(schema)
    return at < 0 ? null : at + 1
  }

  async register(subject: string, schema: string): Promise<number> {
    const found = await this.find(subject, schema)
    return found ?? this.schemas.push(schema)
  }

  async schema(id: number): Promise<string | null> {
    if (this.away) throw new PipelineError(ErrorClass.Transient, 'REGISTRY_UNAVAILABLE', 'away')
    this.asked.push(id)
    return this.schemas[id - 1] ?? null
  }
}

function open(registry: Registry, records: Readonly<Record<string, readonly WireName[]>> = RECORDS) {
  const time = { now: 0 }
  const clock = { now: () => time.now } as Clock
  return { time, translation: new WireTranslation(registry, clock, records) }
}

async function prepared() {
  const registry = new Registry()
  const { time, translation } = open(registry)
  await translation.prepare(true)
  return { registry, time, translation }
}

const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes)
const record = (value: Uint8Array): LogRecord => ({ offset: 0, key: 'k', value, headers: {}, timestamp: 0 })
const incoming = async (translation: WireTranslation, value: Uint8Array): Promise<Uint8Array> =>
  (await translation.incoming([record(value)]))[0]?.value as Uint8Array

describe('a translation between the ids of a registry and our own', () => {
  it('is exact in both directions, and changes no bytes that it was given', async () => {
    const { registry, translation } = await prepared()
    const before = new Uint8Array(mention)
    const there = translation.outgoing('raw', mention)
    expect(registry.schemas[(idOf(there) as number) - 1]).toBe(wireSchemas.MentionEvent)
    expect(plain(there.subarray(5))).toEqual(mention.subarray(5))
    const onTopic = new Uint8Array(there)
    const back = await incoming(translation, there)
    expect([back, mention, there].map(plain)).toEqual([before, before, onTopic])
    expect(registry.asked).toEqual([])
  })

  it('names every schema that was not registered, and what registers it', async () => {
    const registry = new Registry()
    registry.schemas.push(wireSchemas.MentionEvent)
    await expect(open(registry).translation.prepare(false)).rejects.toMatchObject({
      class: ErrorClass.Config,
      code: 'SCHEMA_UNREGISTERED',
      message: expect.stringMatching(/ dead-earshot\.DeadLetter, raw-earshot\.Heartbeat: `earshot setup`/),
    })
  })

  it('leaves alone what is not ours, and topics that it does not know', async () => {
    const { registry, translation } = await prepared()
    registry.schemas.push('"string"')
    const foreign = [
      Buffer.from('of somebody else'),
      new Uint8Array(0),
      withId(mention, 999),
      withId(mention, registry.schemas.length),
      withId(mention, 0xffff_ffff),
    ]
    for (const value of foreign) {
      expect(await incoming(translation, value)).toBe(value)
      expect(translation.outgoing('raw', value)).toBe(value)
    }
    expect(translation.outgoing('cursors', mention)).toBe(mention)
    expect(registry.asked).toEqual([999, registry.schemas.length])
  })

  it('asks once for a schema of another, and from time to time for one that is not there', async () => {
    const { registry, time, translation } = await prepared()
    registry.schemas.push('"string"')
    const [other, absent] = [registry.schemas.length, registry.schemas.length + 1]
    for (let n = 0; n < 3; n++) {
      await incoming(translation, withId(mention, other))
      await incoming(translation, withId(mention, absent))
    }
    expect(registry.asked).toEqual([other, absent])
    registry.schemas.push(wireSchemas.MentionEvent)
    time.now += 60_000
    expect(decode(await incoming(translation, withId(mention, absent)))).toMatchObject({ name: 'MentionEvent' })
    expect(registry.asked).toEqual([other, absent, absent])
  })

  it('reads ours under another id, and with other words, without decoding', async () => {
    const { registry, translation } = await prepared()
    const worded = JSON.parse(wireSchemas.Heartbeat)
    registry.schemas.push(JSON.stringify({ ...worded, doc: 'Said otherwise' }))
    expect(plain(await incoming(translation, withId(heartbeat, registry.schemas.length)))).toEqual(heartbeat)
    const reader = open(registry).translation // of one who never writes
    const id = registry.schemas.indexOf(wireSchemas.MentionEvent) + 1
    expect(plain(await incoming(reader, withId(mention, id)))).toEqual(mention)
  })

  it('makes the current version of a newer one, and leaves what this one could not do', async () => {
    const { registry, translation } = await prepared()
    registry.schemas.push(JSON.stringify(grown))
    const id = registry.schemas.length
    const bytes = withId(newer.encode('MentionEvent', { ...event, weather: 'rain' }), id)
    expect(plain(await incoming(translation, bytes))).toEqual(mention)
    const unheardOf = withId(newer.encode('MentionEvent', { ...event, op: 'bless', weather: null }), id)
    expect(await incoming(translation, unheardOf)).toBe(unheardOf)
    const damaged = bytes.subarray(0, bytes.length - 2)
    expect(await incoming(translation, damaged)).toBe(damaged)
  })

  it('keeps what was written before there was a registry', async () => {
    const { registry, translation } = await prepared()
    expect(await incoming(translation, mention)).toBe(mention)
    expect([registry.asked, idOf(mention)]).toEqual([[], currentId('MentionEvent')])
    expect(schemaId(wireSchemas.MentionEvent)).toBe(currentId('MentionEvent'))
  })

  it('says that it must wait while the registry is away, and only for what it does not know', async () => {
    const { registry, translation } = await prepared()
    registry.away = true
    expect(plain(await incoming(translation, translation.outgoing('raw', heartbeat)))).toEqual(heartbeat)
    await expect(incoming(translation, withId(mention, 77))).rejects.toMatchObject({ class: ErrorClass.Transient })
    registry.away = false
    const unknown = withId(mention, 77)
    expect(await incoming(translation, unknown)).toBe(unknown)
  })
})
