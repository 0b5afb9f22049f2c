import { describe, expect, it } from 'vitest'
import { configurationJsonSchema, type JsonSchema } from '#infra/config/json-schema.ts'
import { configurationPage } from '#scripts/configuration-page.ts'

/** Every key of the schema with its path. */
function keys(schema: JsonSchema, path = ''): { path: string; schema: JsonSchema }[] {
  const parts = [schema.items, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].filter((part) => part !== undefined)
  return [
    ...parts.flatMap((part) => keys(part, path)),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
      const inner = `${path}.${key}`
      return [{ path: inner, schema: value }, ...keys(value, inner)]
    }),
  ]
}

describe('the documents made from the schema', () => {
  const schema = configurationJsonSchema()

  it('describe every key', () => {
    const all = keys(schema)
    expect(all.length).toBeGreaterThan(40)
    expect(all.filter(({ schema: { description } }) => !description).map(({ path }) => path)).toEqual([])
  })

  it('hold the default of every key that may be left out', () => {
    const optional = (part: JsonSchema, path = ''): string[] => [
      ...[part.items, ...(part.oneOf ?? []), ...(part.anyOf ?? [])].flatMap((inner) =>
        inner ? optional(inner, path) : [],
      ),
      ...Object.entries(part.properties ?? {}).flatMap(([key, value]) => [
        ...(part.required?.includes(key) || value.default !== undefined ? [] : [`${path}.${key}`]),
        ...optional(value, `${path}.${key}`),
      ]),
    ]
    expect(optional(schema)).toEqual([])
  })

  it('give each kind of connector and target a table of its own', () => {
    const page = configurationPage(schema)
    for (const type of ['file', 'feed', 'hackernews', 'bluesky', 'terminal', 'webhook']) {
      expect(page).toContain(`with \`type: ${type}\``)
    }
    expect(page).toContain('| `every` | duration | `5m` |')
  })
})
