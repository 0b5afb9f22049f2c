import type { Type } from 'avsc'

/** Where the value that begins at `at` ends; -1 when the bytes cannot be one. Linear in what it walks over, whatever they claim. */
export type Walk = (bytes: Uint8Array, at: number) => number

const DAMAGED = -1
const MAX_VARINT_BYTES = 10

/** What avsc's types tell of themselves, by kind. */
interface Shape {
  readonly typeName: string
  readonly fields: readonly { readonly type: Type }[]
  readonly types: readonly Type[]
  readonly itemsType: Type
  readonly valuesType: Type
  readonly symbols: readonly string[]
  readonly size: number
}

/**
 * Checks Avro binary (specification 1.12, "Binary Encoding") without decoding it. avsc believes every count: four damaged bytes
 * make it read a list of 2^40 items that are not there.
 */
export function compileWalk(type: Type): Walk {
  const shape = type as unknown as Shape
  switch (shape.typeName) {
    case 'null':
      return (_, at) => at
    case 'boolean':
      return fixed(1)
    case 'int':
      return intEnd
    case 'long':
      return varintEnd
    case 'float':
      return fixed(4)
    case 'double':
      return fixed(8)
    case 'fixed':
      return fixed(shape.size)
    case 'bytes':
    case 'string':
      return run
    case 'enum':
      return choice(shape.symbols.map(() => (_, at) => at))
    case 'union:wrapped':
    case 'union:unwrapped':
      return choice(shape.types.map(compileWalk))
    case 'array':
      return blocks(compileWalk(shape.itemsType))
    case 'map':
      return blocks(sequence([run, compileWalk(shape.valuesType)]))
    case 'record':
      return sequence(shape.fields.map((field) => compileWalk(field.type)))
    default:
      throw new Error(`no walk over ${shape.typeName}`)
  }
}

const fixed = (size: number): Walk => {
  return (bytes, at) => (at + size <= bytes.length ? at + size : DAMAGED)
}

function varintEnd(bytes: Uint8Array, at: number): number {
  for (let end = at; end < at + MAX_VARINT_BYTES; end++) {
    const byte = bytes[end]
    if (byte === undefined) return DAMAGED
    if (byte < 0x80) return end + 1
  }
  return DAMAGED
}

/** Wider numbers are damage: avsc reads them, and then cannot write them. */
function intEnd(bytes: Uint8Array, at: number): number {
  const end = varintEnd(bytes, at)
  const length = end - at
  return length < 5 || (length === 5 && bytes[end - 1]! < 0x10) ? end : DAMAGED
}

/** The zigzag number in front of `end`; beyond 2^53 only its size matters. */
function varint(bytes: Uint8Array, at: number, end: number): number {
  let value = 0
  for (let i = end - 1; i >= at; i--) value = value * 128 + (bytes[i]! & 0x7f)
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

/** A length, and as many bytes. */
const run: Walk = (bytes, at) => {
  const start = varintEnd(bytes, at)
  if (start < 0) return DAMAGED
  const length = varint(bytes, at, start)
  return length >= 0 && length <= bytes.length - start ? start + length : DAMAGED
}

const choice = (branches: readonly Walk[]): Walk => {
  return (bytes, at) => {
    const start = varintEnd(bytes, at)
    if (start < 0) return DAMAGED
    return branches[varint(bytes, at, start)]?.(bytes, start) ?? DAMAGED
  }
}

const sequence = (walks: readonly Walk[]): Walk => {
  return (bytes, at) => {
    let end = at
    for (const walk of walks) {
      end = walk(bytes, end)
      if (end < 0) return DAMAGED
    }
    return end
  }
}

/** Items in blocks, each with its count, until an empty one; a negative count is followed by the size of its block. */
const blocks = (walkItem: Walk): Walk => {
  return (bytes, at) => {
    let end = at
    for (;;) {
      const start = varintEnd(bytes, end)
      if (start < 0) return DAMAGED
      const count = varint(bytes, end, start)
      end = count < 0 ? varintEnd(bytes, start) : start
      if (count === 0) return end
      // None of our items takes less than a byte.
      if (end < 0 || Math.abs(count) > bytes.length - end) return DAMAGED
      for (let left = Math.abs(count); left > 0; left--) {
        end = walkItem(bytes, end)
        if (end < 0) return DAMAGED
      }
    }
  }
}
