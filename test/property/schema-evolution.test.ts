import avro from 'avsc'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readProblems, versionProblems } from '#schemas/compatibility.ts'
import { schemaId, WireCodec } from '#schemas/wire-codec.ts'
import { type Schema, schemaPairs, valuesOf } from '../support/schema-pairs.ts'

const typeOf = (schema: Schema) => avro.Type.forSchema(schema as avro.Schema)

function resolves(reader: Schema, writer: Schema): boolean {
  try {
    typeOf(reader).createResolver(typeOf(writer))
    return true
  } catch {
    return false
  }
}

/** Pairs that may follow one another, and a value of either. */
const compatible = schemaPairs
  .filter(([before, after]) => versionProblems(JSON.stringify(after), [JSON.stringify(before)]).length === 0)
  .chain(([before, after]) => fc.tuple(fc.constant([before, after] as const), valuesOf(before), valuesOf(after)))

describe('a schema that follows another', () => {
  it('is refused exactly when Avro resolves one of the two directions to nothing', () => {
    let refused = 0
    fc.assert(
      fc.property(schemaPairs, ([before, after]) => {
        const problems = readProblems(typeOf(after), typeOf(before))
        refused += problems.length === 0 ? 0 : 1
        expect(problems.length === 0, problems.join('\n')).toBe(resolves(after, before))
      }),
      { numRuns: 1_000 },
    )
    // Both answers must have been asked for.
    expect(refused).toBeGreaterThan(100)
    expect(refused).toBeLessThan(900)
  })

  it('reads what the older wrote, and is read by it', () => {
    fc.assert(
      fc.property(compatible, ([[before, after], old, young]) => {
        const [a, b] = [JSON.stringify(before), JSON.stringify(after)]
        const [older, newer] = [new WireCodec({ R: [a] }), new WireCodec({ R: a === b ? [b] : [a, b] })]

        const oldBytes = older.encode('R', old)
        const read = newer.decode(oldBytes)
        expect(read.name).toBe('R')
        const value = 'value' in read ? read.value : null
        expect(typeOf(after).isValid(value)).toBe(true)
        const current = newer.toCurrent('R', oldBytes) as Uint8Array
        expect(current).toEqual(newer.encode('R', value))
        expect(new WireCodec({ R: [b] }).decode(current)).toEqual({ name: 'R', value })

        const youngBytes = newer.encode('R', young)
        if (a !== b) expect(older.decode(youngBytes)).toMatchObject({ name: 'foreign', code: 'SCHEMA_UNKNOWN' })
        const back = older.reader(b)?.read(youngBytes)
        expect(typeOf(before).isValid(back !== undefined && 'value' in back ? back.value : null)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('never mistakes damaged bytes of an older one for whole ones of another length, nor throws', () => {
    fc.assert(
      fc.property(
        compatible,
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(),
        ([[before, after], old], at, byte, cut) => {
          const [a, b] = [JSON.stringify(before), JSON.stringify(after)]
          const bytes = new WireCodec({ R: [a] }).encode('R', old)
          if (bytes.length > 5) bytes[5 + (at % (bytes.length - 5))] = byte
          const codec = new WireCodec({ R: a === b ? [b] : [a, b] })
          const given = bytes.subarray(0, 5 + (cut % (bytes.length - 4)))
          const found = codec.decode(given)
          expect(codec.toCurrent('R', given) !== null).toBe(found.name === 'R')
          if (found.name === 'R') expect(typeOf(after).isValid((found as { value: unknown }).value)).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a schema that came from elsewhere', () => {
  const record = (name: string, type: string) =>
    JSON.stringify({ type: 'record', name, namespace: 'test', fields: [{ name: 'a', type }] })
  const codec = new WireCodec({ R: [record('R', 'string')] })

  it.each([
    ['of another name', record('S', 'string')],
    ['of the same name and another meaning', record('R', 'int')],
    ['that is no schema', '{"type":"record"}'],
    ['that is no JSON', 'syntax = "proto3";'],
    ['of a text alone', '"string"'],
    [
      'that holds itself',
      JSON.stringify({
        type: 'record',
        name: 'R',
        namespace: 'test',
        fields: [
          { name: 'a', type: 'string' },
          { name: 'b', type: ['null', 'R'] },
        ],
      }),
    ],
  ])('%s is not read', (_, schema) => {
    expect(codec.reader(schema)).toBe(null)
  })

  it('has an id of its own', () => {
    expect(schemaId(record('R', 'string'))).not.toBe(schemaId(record('R', 'bytes')))
  })
})
