import { z } from 'zod'
import { isObject } from '#schemas/is-object.ts'
import { configurationSchema } from './configuration.ts'
import { didYouMean } from './did-you-mean.ts'
import { isReference } from './environment.ts'
import type { KeyPath } from './yaml-places.ts'

export interface Problem {
  readonly path: KeyPath
  readonly message: string
  /** The key itself is wrong, not its value. */
  readonly atKey?: boolean
}

type Issue = z.core.$ZodIssue

/** What the schema finds wrong with `value`, in words for people. Values are never repeated: they may be secrets. */
export function schemaProblems(value: unknown, issues: readonly Issue[]): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = issue.path as KeyPath
    const found = valueAt(value, path)
    switch (issue.code) {
      case 'unrecognized_keys': {
        const known = knownKeys(configurationSchema, value, path)
        return issue.keys.map((key) => ({ path: [...path, key], atKey: true, message: unknownKey(key, known) }))
      }
      case 'invalid_type': {
        const custom = issue.message.startsWith('Invalid input') ? `expected ${inWords(issue.expected)}` : issue.message
        if (found === undefined) return [{ path, message: `missing; ${custom}` }]
        return [{ path, message: `${custom}, found ${kindOf(found)}${quoteHint(issue.expected, found)}` }]
      }
      case 'invalid_union':
      case 'invalid_value': {
        const allowed = (
          'options' in issue ? issue.options : 'values' in issue ? issue.values : []
        ) as readonly string[]
        const own = !issue.message.startsWith('Invalid')
        const message = own ? issue.message : `expected ${oneOf(allowed)}`
        if (found === undefined) return [{ path, message: `missing; ${message}` }]
        return [{ path, message: message + suggestion(found, allowed) }]
      }
      default:
        return [{ path, message: issue.message }]
    }
  })
}

export const SECRET_IN_THE_OPEN =
  'a secret does not belong in this file: write ${NAME} and set that environment variable'

/** What the schema cannot see: names that must be unique or must exist, secrets in the open, connectors that keep nothing. */
export function consistencyProblems(written: unknown): Problem[] {
  const brands = entries(written, 'brands')
  const connectors = entries(written, 'connectors')
  const alerts = entries(written, 'alerts')
  const brandIds = brands.flatMap(({ item }) => (typeof item.id === 'string' ? [item.id] : []))
  const problems = [brands, connectors, alerts].flatMap(repeatedIds)

  for (const { item, path } of alerts) {
    if (typeof item.brand === 'string' && !brandIds.includes(item.brand)) {
      const known = brandIds.length === 0 ? 'no brand is configured' : `known: ${brandIds.join(', ')}`
      problems.push({
        path: [...path, 'brand'],
        message: `no brand has this id${suggestion(item.brand, brandIds)} (${known})`,
      })
    }
    for (const target of entries(item, 'deliver')) {
      const { secret } = target.item
      if (typeof secret === 'string' && !isReference(secret)) {
        problems.push({
          path: [...path, ...target.path, 'secret'],
          message: SECRET_IN_THE_OPEN,
        })
      }
    }
  }
  if (brands.length === 0) {
    for (const { item, path } of connectors) {
      if (item.prefilter === false) continue
      problems.push({
        path,
        message: 'keeps nothing, because no brand is configured: add a brand, or prefilter: false',
      })
    }
  }
  return problems
}

export interface Entry {
  readonly item: Readonly<Record<string, unknown>>
  readonly path: KeyPath
}

/** The objects in the list `key`; what is not one is the schema's business. */
export function entries(holder: unknown, key: string): Entry[] {
  const list = isObject(holder) ? holder[key] : undefined
  if (!Array.isArray(list)) return []
  return list.flatMap((item: unknown, index) => (isObject(item) ? [{ item, path: [key, index] }] : []))
}

function repeatedIds(list: readonly Entry[]): Problem[] {
  const seen = new Set<unknown>()
  return list.flatMap(({ item, path }) => {
    if (typeof item.id !== 'string') return []
    if (seen.has(item.id)) return [{ path: [...path, 'id'], message: 'another entry of this list has the same id' }]
    seen.add(item.id)
    return []
  })
}

export function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((part, step) => {
    if (Array.isArray(part)) return part[Number(step)]
    return isObject(part) && Object.hasOwn(part, step) ? part[step] : undefined
  }, value)
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = didYouMean(key, known)
  if (near !== null) return `unknown key; did you mean ${near}?`
  return known.length > 0 ? `unknown key; known here: ${known.join(', ')}` : 'unknown key'
}

function suggestion(found: unknown, allowed: readonly string[]): string {
  const near = typeof found === 'string' ? didYouMean(found, allowed) : null
  return near === null ? '' : `; did you mean ${near}?`
}

function oneOf(allowed: readonly string[]): string {
  if (allowed.length < 2) return String(allowed[0])
  return `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`
}

function inWords(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    object: 'keys with values',
    record: 'keys with values',
    array: 'a list',
    string: 'text',
    boolean: 'true or false',
  }
  return words[expected] ?? expected
}

function kindOf(found: unknown): string {
  if (found === null) return 'nothing'
  if (Array.isArray(found)) return 'a list'
  if (typeof found === 'object') return 'keys with values'
  if (typeof found === 'boolean') return 'true or false'
  return typeof found === 'string' ? 'text' : `a ${typeof found}`
}

const quoteHint = (expected: string, found: unknown): string =>
  expected === 'string' && (typeof found === 'number' || typeof found === 'boolean') ? ': put it in quotes' : ''

/** The keys that the schema allows in the object at `path`. */
function knownKeys(schema: z.core.$ZodType, value: unknown, path: KeyPath): readonly string[] {
  const def = (schema as z.ZodType).def as unknown as SchemaParts
  if (def.innerType) return knownKeys(def.innerType, value, path)
  if (def.in) return knownKeys(def.in, value, path)
  if (def.options) return knownKeys(chosenOption(def.options, def.discriminator, value), value, path)
  const [step, ...rest] = path
  if (step === undefined) return Object.keys(def.shape ?? def.keyType?.def.entries ?? {})
  const next = def.element ?? def.shape?.[String(step)] ?? def.valueType
  return next ? knownKeys(next, valueAt(value, [step]), rest) : []
}

/** The parts of a zod definition that hold other schemas. */
interface SchemaParts {
  readonly innerType?: z.core.$ZodType
  readonly in?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
  readonly discriminator?: string
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly element?: z.core.$ZodType
  readonly valueType?: z.core.$ZodType
  readonly keyType?: { readonly def: { readonly entries?: Readonly<Record<string, string>> } }
}

function chosenOption(options: readonly z.core.$ZodType[], key: string | undefined, value: unknown): z.core.$ZodType {
  const type = key === undefined ? undefined : valueAt(value, [key])
  const fits = (option: z.core.$ZodType): boolean => {
    const { shape } = (option as z.ZodType).def as unknown as SchemaParts
    const literal = shape?.[key ?? '']
    return literal !== undefined && z.safeParse(literal, type).success
  }
  return options.find(fits) ?? options[0]!
}
