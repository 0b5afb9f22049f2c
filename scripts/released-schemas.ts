import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { versionProblems } from '#schemas/compatibility.ts'
import { schemaId } from '#schemas/wire-codec.ts'

// Every version of a schema that records may have been written by stays in a folder, under `<record>.<version>.<id>.avsc`: the
// name holds the id that the records carry, and gives away a file that was changed afterwards.

/** The schemas of each record, oldest first, as the text that ids are made of. Throws when a file is missing or was changed. */
export function readReleased(folder: URL): ReadonlyMap<string, readonly string[]> {
  const released = new Map<string, string[]>()
  const files = readdirSync(folder).flatMap((file) => {
    const [, name, version, id] = /^(\w+)\.(\d+)\.(\d+)\.avsc$/.exec(file) ?? []
    return name === undefined ? [] : [{ file, name, version: Number(version), id: Number(id) }]
  })
  for (const { file, name, version, id } of files.sort((a, b) => a.version - b.version)) {
    const schema = JSON.stringify(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
    if (schemaId(schema) !== id)
      throw new Error(`${file} was changed after its release: restore it, and release a version`)
    const versions = released.get(name) ?? []
    if (version !== versions.length + 1) throw new Error(`there is a ${file}, but no version ${versions.length + 1}`)
    released.set(name, [...versions, schema])
  }
  return released
}

export function writeReleased(
  folder: URL,
  { name, version, schema }: { readonly name: string; readonly version: number; readonly schema: string },
): void {
  mkdirSync(folder, { recursive: true })
  const text = `${JSON.stringify(JSON.parse(schema), null, 2)}\n`
  writeFileSync(new URL(`${name}.${version}.${schemaId(schema)}.avsc`, folder), text)
}

export interface Wire {
  /** What records are written by: the last release, unless more than words has changed since. */
  readonly current: string
  readonly older: readonly string[]
  /** Not released yet. */
  readonly changed: boolean
  /** Why it cannot be released. */
  readonly problems: readonly string[]
}

/** Where the schema that stands in the folder now stands among its released versions. Documentation may change freely. */
export function wireOf(written: string, released: readonly string[]): Wire {
  const last = released.at(-1)
  if (last !== undefined && withoutWords(last) === withoutWords(written)) {
    return { current: last, older: released.slice(0, -1), changed: false, problems: [] }
  }
  return { current: written, older: released, changed: true, problems: versionProblems(written, released) }
}

const withoutWords = (schema: string): string =>
  JSON.stringify(JSON.parse(schema, (key, value) => (key === 'doc' && typeof value === 'string' ? undefined : value)))
