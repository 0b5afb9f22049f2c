/**
 * Makes `schemas/generated.ts` from the `.avsc` files and their released versions; `--check` fails when it is not what they say,
 * `--release` makes a changed schema the next version. A change that the released versions cannot live with is refused.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readReleased, type Wire, wireOf, writeReleased } from './released-schemas.ts'

type Schema =
  | string
  | readonly Schema[]
  | NamedSchema
  | { readonly type: Schema; readonly items?: Schema; readonly values?: Schema }
interface NamedSchema {
  readonly type: 'record' | 'enum'
  readonly name: string
  readonly doc?: string
  readonly fields?: readonly { readonly name: string; readonly type: Schema; readonly doc?: string }[]
  readonly symbols?: readonly string[]
}

const folder = new URL('../schemas/', import.meta.url)
const releases = new URL('released/', folder)
const target = new URL('generated.ts', folder)
const WIRE_RECORDS = ['MentionEvent', 'AuthorEvent', 'Heartbeat', 'EnrichedEvent', 'DeadLetter', 'Alert']
const PRIMITIVES: Record<string, string> = {
  null: 'null',
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  bytes: 'Uint8Array',
}

const named = new Map<string, NamedSchema>()

const shortName = (name: string): string => name.replace(/^earshot\./, '')
const isNamed = (schema: Schema): schema is NamedSchema =>
  typeof schema === 'object' && 'type' in schema && (schema.type === 'record' || schema.type === 'enum')

function collect(schema: Schema): void {
  if (typeof schema === 'string') return
  if (Array.isArray(schema)) {
    for (const part of schema) collect(part)
  } else if (isNamed(schema)) {
    named.set(schema.name, schema)
    for (const field of schema.fields ?? []) collect(field.type)
  } else if ('type' in schema) {
    collect(schema.items ?? schema.values ?? schema.type)
  }
}

function typeScript(schema: Schema): string {
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? shortName(schema)
  if (Array.isArray(schema))
    return schema
      .map(typeScript)
      .sort((a, b) => Number(a === 'null') - Number(b === 'null'))
      .join(' | ')
  if (isNamed(schema)) return schema.name
  const compound = schema as { readonly type: Schema; readonly items?: Schema; readonly values?: Schema }
  if (compound.items) return `readonly (${typeScript(compound.items)})[]`.replace(/\((\w+)\)/, '$1')
  if (compound.values) return `Readonly<Record<string, ${typeScript(compound.values)}>>`
  return typeScript(compound.type)
}

function declaration(schema: NamedSchema): string {
  const doc = schema.doc ? `/** ${schema.doc} */\n` : ''
  if (schema.symbols) return `${doc}export type ${schema.name} = ${schema.symbols.map((s) => `'${s}'`).join(' | ')}\n`
  const fields = (schema.fields ?? []).map((field) => {
    const comment = field.doc ? `  /** ${field.doc} */\n` : ''
    return `${comment}  readonly ${field.name}: ${typeScript(field.type)}\n`
  })
  return `${doc}export interface ${schema.name} {\n${fields.join('')}}\n`
}

/** The schema with every named type written out where it is first used: readable by any Avro tool on its own. */
function closed(name: string): unknown {
  const seen = new Set<string>()
  const expand = (schema: Schema): unknown => {
    if (typeof schema === 'string') {
      const found = named.get(shortName(schema))
      return found ? expand(found) : schema
    }
    if (Array.isArray(schema)) return schema.map(expand)
    if (isNamed(schema)) {
      const full = `earshot.${schema.name}`
      if (seen.has(full)) return full
      seen.add(full)
      const { fields, ...rest } = schema
      return {
        ...rest,
        name: schema.name,
        namespace: 'earshot',
        ...(fields && { fields: fields.map((f) => ({ ...f, type: expand(f.type) })) }),
      }
    }
    const { items, values, type, ...rest } = schema as { type: Schema; items?: Schema; values?: Schema }
    if (items) return { ...rest, type, items: expand(items) }
    if (values) return { ...rest, type, values: expand(values) }
    return expand(type)
  }
  return expand(named.get(name) as NamedSchema)
}

for (const file of readdirSync(folder)
  .filter((f) => f.endsWith('.avsc'))
  .sort()) {
  collect(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
}

const released = releasedOrEnd()
const [asked] = process.argv.slice(2)
const problems: string[] = []
const unreleased: { readonly name: string; readonly version: number; readonly schema: string }[] = []

function releasedOrEnd(): ReadonlyMap<string, readonly string[]> {
  try {
    return existsSync(releases) ? readReleased(releases) : new Map()
  } catch (error) {
    console.error((error as Error).message)
    return process.exit(1)
  }
}

function wire(name: string): Wire {
  const before = released.get(name) ?? []
  const found = wireOf(JSON.stringify(closed(name)), before)
  const version = before.length + 1
  for (const problem of found.problems) problems.push(`${name}, version ${version}: ${problem}`)
  if (found.changed) unreleased.push({ name, version, schema: found.current })
  return found
}

function changes(): string {
  const lines = unreleased.map(
    ({ name, version }) => `${name} has changed: \`npm run schemas -- --release\` makes it version ${version}`,
  )
  return lines.join('\n')
}

const wires = new Map(WIRE_RECORDS.map((name) => [name, wire(name)]))
const entries = (text: (wire: Wire) => string): string =>
  [...wires].map(([name, found]) => `  ${name}: ${text(found)},\n`).join('')
const output = [
  '// Made from the .avsc files by `npm run schemas`; edit those.\n',
  ...[...named.values()].map(declaration),
  `/** What may stand on a topic, by record name. */\nexport interface WireRecords {\n${WIRE_RECORDS.map((n) => `  readonly ${n}: ${n}\n`).join('')}}\n`,
  `/** Closed Avro schemas (JSON) of the records that stand on topics. */\nexport const wireSchemas: Readonly<Record<keyof WireRecords, string>> = {\n${entries(({ current }) => JSON.stringify(current))}}\n`,
  `/** Those that came before, oldest first. */\nexport const olderSchemas: Readonly<Record<keyof WireRecords, readonly string[]>> = {\n${entries(({ older }) => JSON.stringify(older))}}\n`,
].join('\n')

if (problems.length > 0) {
  console.error(problems.join('\n'))
  console.error(
    'Records of every released version must stay readable, and each version must read the others: a new field is nullable with the ' +
      'default null, an enum grows behind `unknown`, nothing is renamed or made another type.',
  )
  process.exitCode = 1
} else if (asked === '--check' && unreleased.length > 0) {
  console.error(changes())
  process.exitCode = 1
} else if (asked === '--check') {
  if (readFileSync(target, 'utf8') !== output) {
    console.error('schemas/generated.ts is not what the .avsc files say: run `npm run schemas` and commit the result')
    process.exitCode = 1
  }
} else {
  writeFileSync(target, output)
  if (asked === '--release') for (const version of unreleased) writeReleased(releases, version)
  else if (unreleased.length > 0) console.log(changes())
}
