import avro, { type Type } from 'avsc'

// What Avro demands of two schemas so that one reads what the other wrote (specification 1.12, "Schema Resolution"), said field
// by field.

/** What avsc's types tell of themselves, by kind. */
interface Shape {
  readonly typeName: string
  readonly name?: string
  readonly fields: readonly { readonly name: string; readonly type: Type; defaultValue(): unknown }[]
  readonly types: readonly Type[]
  readonly itemsType: Type
  readonly valuesType: Type
  readonly symbols: readonly string[]
  readonly default?: string
  readonly size: number
}

/** Numbers widen; texts and bytes are the same on the wire. */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  string: ['bytes'],
  bytes: ['string'],
}

/**
 * Why a new version of a record cannot stand beside the released ones; empty when it can. Full transitive compatibility: each
 * reads what each other wrote. Besides, an enum must have the symbol `unknown` as its default, so that it can grow.
 */
export function versionProblems(next: string, released: readonly string[]): readonly string[] {
  let type: Type
  try {
    type = parse(next)
  } catch (error) {
    return [`not an Avro schema: ${(error as Error).message}`]
  }
  const pairs = released.flatMap((schema, i) => {
    const old = parse(schema)
    return [
      ...readProblems(type, old).map((problem) => `the new one cannot read version ${i + 1}: ${problem}`),
      ...readProblems(old, type).map((problem) => `version ${i + 1} cannot read the new one: ${problem}`),
    ]
  })
  return [...pairs, ...closedEnums(type)]
}

const parse = (schema: string): Type => avro.Type.forSchema(JSON.parse(schema))
const shapeOf = (type: Type): Shape => type as unknown as Shape
const isUnion = ({ typeName }: Shape): boolean => typeName.startsWith('union:')
const title = ({ name, typeName }: Shape): string => name ?? typeName
const fieldAt = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`)

/** Why `reader` cannot read what `writer` wrote, each with its place; `open` are the pairs that are being compared around this one. */
export function readProblems(
  reader: Type,
  writer: Type,
  at = '',
  open: ReadonlySet<string> = new Set(),
): readonly string[] {
  const [into, from] = [shapeOf(reader), shapeOf(writer)]
  if (isUnion(from)) return from.types.flatMap((branch) => readProblems(reader, branch, at, open))
  if (isUnion(into)) {
    const answers = into.types.map((branch) => readProblems(branch, writer, at, open))
    if (answers.some((problems) => problems.length === 0)) return []
    const alike = into.types.findIndex((branch) => title(shapeOf(branch)) === title(from))
    return answers[alike] ?? [`${at}: ${title(from)} is none of ${into.types.map((t) => title(shapeOf(t))).join(', ')}`]
  }
  if (into.typeName !== from.typeName) {
    const widens = PROMOTIONS[into.typeName]?.includes(from.typeName)
    return widens ? [] : [`${at}: a ${title(from)} cannot be read as ${title(into)}`]
  }
  if (into.name !== from.name) return [`${at}: ${from.name} was renamed to ${into.name}`]
  switch (into.typeName) {
    case 'record': {
      const pair = `${into.name} ${from.name}`
      return open.has(pair) ? [] : fieldProblems(into, from, at, new Set(open).add(pair))
    }
    case 'enum': {
      const missing = from.symbols.filter((symbol) => !into.symbols.includes(symbol))
      if (missing.length === 0 || into.default !== undefined) return []
      return [`${at}: ${into.name} has no default for ${missing.join(', ')}`]
    }
    case 'array':
      return readProblems(into.itemsType, from.itemsType, `${at}[]`, open)
    case 'map':
      return readProblems(into.valuesType, from.valuesType, `${at}{}`, open)
    case 'fixed':
      return into.size === from.size ? [] : [`${at}: ${into.name} has another size`]
    default:
      return []
  }
}

function fieldProblems(into: Shape, from: Shape, at: string, open: ReadonlySet<string>): readonly string[] {
  return into.fields.flatMap((field) => {
    const place = fieldAt(at, field.name)
    const written = from.fields.find(({ name }) => name === field.name)
    if (written !== undefined) return readProblems(field.type, written.type, place, open)
    return field.defaultValue() === undefined ? [`${place}: has no default, and is not always written`] : []
  })
}

function closedEnums(type: Type, at = '', seen = new Set<Type>()): readonly string[] {
  const shape = shapeOf(type)
  if (seen.has(type)) return []
  seen.add(type)
  switch (shape.typeName) {
    case 'record':
      return shape.fields.flatMap((field) => closedEnums(field.type, fieldAt(at, field.name), seen))
    case 'union:wrapped':
    case 'union:unwrapped':
      return shape.types.flatMap((branch) => closedEnums(branch, at, seen))
    case 'array':
      return closedEnums(shape.itemsType, `${at}[]`, seen)
    case 'map':
      return closedEnums(shape.valuesType, `${at}{}`, seen)
    case 'enum':
      return shape.default === 'unknown'
        ? []
        : [`${at}: enum ${shape.name} must have the symbol unknown as its default`]
    default:
      return []
  }
}
