import fc, { type Arbitrary } from 'fast-check'

export type Schema = string | readonly Schema[] | { readonly [key: string]: unknown }
export type SchemaPair = readonly [before: Schema, after: Schema]
interface Field {
  readonly name: string
  readonly type: Schema
  readonly default?: unknown
}

const PRIMITIVES = ['int', 'long', 'float', 'double', 'string', 'bytes', 'boolean'] as const
const DEFAULTS: Readonly<Record<string, unknown>> = {
  ...{ int: 7, long: 7, float: 0.5, double: 0.5, string: 'x', bytes: 'x', boolean: true, array: [], map: {} },
}
const primitive = fc.constantFrom(...PRIMITIVES)
const nameOf = (path: string): string => path.replaceAll('.', '_')

function recordPair(path: string, depth: number): Arbitrary<SchemaPair> {
  const fields = fc.tuple(...['a', 'b', 'c'].map((name) => fieldPair(name, `${path}.${name}`, depth)))
  return fields.map((pairs) => {
    const record = (side: 0 | 1) => ({
      ...{ type: 'record', name: nameOf(path), namespace: 'test' },
      fields: pairs.flatMap((pair) => pair[side] ?? []),
    })
    return [record(0), record(1)] as const
  })
}

type FieldPair = readonly [before: Field | null, after: Field | null]

function fieldPair(name: string, path: string, depth: number): Arbitrary<FieldPair> {
  const both = fc.tuple(typePair(path, depth), fc.boolean(), fc.boolean()).map(([types, before, after]): FieldPair => {
    return [field(name, types[0], before), field(name, types[1], after)]
  })
  // Mostly such that one can do without them.
  const one = fc
    .tuple(typePair(path, 0), fc.integer({ min: 0, max: 9 }), fc.boolean())
    .map(([[type], chance, isNew]): FieldPair => {
      const only = field(name, type, chance > 0)
      return isNew ? [null, only] : [only, null]
    })
  return fc.oneof({ arbitrary: both, weight: 4 }, { arbitrary: one, weight: 1 })
}

/** With a default where the kind has one that is always valid. */
function field(name: string, type: Schema, withDefault: boolean): Field {
  if (!withDefault) return { name, type }
  if (Array.isArray(type)) return { name, type, default: null }
  const kind = typeof type === 'string' ? type : String((type as { type: unknown }).type)
  if (kind === 'enum') return { name, type, default: (type as unknown as { symbols: string[] }).symbols[0] }
  return kind in DEFAULTS ? { name, type, default: DEFAULTS[kind] } : { name, type: ['null', type], default: null }
}

function typePair(path: string, depth: number): Arbitrary<SchemaPair> {
  const same = primitive.map((type): SchemaPair => [type, type])
  const changed = fc.tuple(primitive, primitive)
  const enums = fc.tuple(enumAt(path), enumAt(path))
  const leaves = [
    { arbitrary: same, weight: 6 },
    { arbitrary: changed, weight: 1 },
    { arbitrary: enums, weight: 2 },
  ]
  if (depth === 0) return fc.oneof(...leaves)
  const inner = typePair(path, depth - 1)
  const around = (make: (type: Schema) => Schema) => inner.map(([a, b]): SchemaPair => [make(a), make(b)])
  const nullable = inner
    .filter((pair) => pair.every((type) => !Array.isArray(type)))
    .map(
      ([a, b]): SchemaPair => [
        ['null', a],
        ['null', b],
      ],
    )
  return fc.oneof(
    ...leaves,
    { arbitrary: around((items) => ({ type: 'array', items })), weight: 1 },
    { arbitrary: around((values) => ({ type: 'map', values })), weight: 1 },
    { arbitrary: nullable, weight: 3 },
    { arbitrary: recordPair(path, depth - 1), weight: 2 },
  )
}

const enumAt = (path: string): Arbitrary<Schema> =>
  fc.tuple(fc.subarray(['red', 'green']), fc.integer({ min: 0, max: 4 })).map(([more, chance]) => ({
    ...{ type: 'enum', name: `${nameOf(path)}_enum`, symbols: ['unknown', ...more] },
    ...(chance > 0 && { default: 'unknown' }),
  }))

/** A value of the schema, as avsc takes it. */
export function valuesOf(schema: Schema): Arbitrary<unknown> {
  if (Array.isArray(schema)) return fc.oneof(...schema.map(valuesOf))
  if (typeof schema === 'string') return PRIMITIVE_VALUES[schema] as Arbitrary<unknown>
  const { type, fields, symbols, items, values } = schema as {
    readonly type: string
    readonly fields: readonly Field[]
    readonly symbols: readonly string[]
    readonly items: Schema
    readonly values: Schema
  }
  switch (type) {
    case 'record':
      return fc.record(Object.fromEntries(fields.map((f) => [f.name, valuesOf(f.type)])))
    case 'enum':
      return fc.constantFrom(...symbols)
    case 'array':
      return fc.array(valuesOf(items), { maxLength: 3 })
    case 'map':
      return fc.dictionary(fc.string({ maxLength: 3 }), valuesOf(values), { maxKeys: 3 })
    default:
      throw new Error(`no value of ${type}`)
  }
}

const PRIMITIVE_VALUES: Readonly<Record<string, Arbitrary<unknown>>> = {
  null: fc.constant(null),
  int: fc.integer(),
  // What avsc takes for safe.
  long: fc.maxSafeInteger().map((n) => (Math.abs(n) === Number.MAX_SAFE_INTEGER ? 0 : n)),
  float: fc.float({ noNaN: true }),
  double: fc.double({ noNaN: true }),
  string: fc.string({ maxLength: 5 }),
  bytes: fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes)),
  boolean: fc.boolean(),
}

/** A record before and after a change that may be harmless or not: fields come, go and change, at any depth. */
export const schemaPairs: Arbitrary<SchemaPair> = recordPair('R', 2)
