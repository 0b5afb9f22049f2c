import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mentionFields } from '#infra/elasticsearch/mention-fields.ts'
import { indexNames } from '#infra/elasticsearch/names.ts'

interface SavedObject {
  readonly type: string
  readonly id: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly references: readonly { readonly name: string; readonly type: string; readonly id: string }[]
}

interface Attributes {
  readonly timeFieldName?: string
  readonly sourceFilters?: readonly unknown[]
  readonly columns?: readonly string[]
  readonly sort?: readonly (readonly string[])[]
}

const path = join(import.meta.dirname, '../../../infra/kibana/mentions.ndjson')
const objects = (await readFile(path, 'utf8'))
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as SavedObject)

/** Every `…JSON` inside, parsed, however deep. */
function unfolded(value: unknown, key = ''): unknown {
  if (typeof value === 'string' && (key.endsWith('JSON') || key === 'sourceFilters')) return unfolded(JSON.parse(value))
  if (Array.isArray(value)) return value.map((item) => unfolded(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unfolded(part, name)]))
}

const found = (value: unknown, wanted: string): unknown[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, part]) => (key === wanted ? [part] : found(part, wanted)))

describe('the objects for Kibana', () => {
  it('are whole: type, id, attributes that parse, references', () => {
    expect(objects.map(({ type }) => type)).toEqual(['index-pattern', 'search', 'dashboard'])
    for (const { type, id, attributes, references } of objects) {
      expect([typeof type, typeof id, Array.isArray(references)]).toEqual(['string', 'string', true])
      expect(unfolded(attributes)).toHaveProperty('title')
    }
  })

  it('refer to each other, and all that is referred to is there', () => {
    const ids = new Set(objects.map(({ type, id }) => `${type} ${id}`))
    for (const { references } of objects) for (const { type, id } of references) expect(ids).toContain(`${type} ${id}`)
    for (const { attributes, references } of objects) {
      const names = new Set(references.map(({ name }) => name))
      for (const name of found(unfolded(attributes), 'indexRefName')) expect(names).toContain(name)
      for (const name of found(unfolded(attributes), 'panelRefName')) {
        expect([...names].some((known) => known.endsWith(`:${name}`))).toBe(true)
      }
    }
  })

  it('look through the alias, where what is gone or hidden is not seen', () => {
    expect(objects[0]?.attributes.title).toBe(indexNames('earshot').shown)
  })

  it('name fields that the index has', () => {
    const [view, search, dashboard] = objects.map(({ attributes }) => unfolded(attributes) as Attributes)
    const fields = [
      view?.timeFieldName,
      ...found(view?.sourceFilters, 'value'),
      ...search!.columns!,
      ...search!.sort!.map(([field]) => field),
      ...found(dashboard, 'fieldName'),
    ]
    expect(fields.length).toBeGreaterThan(10)
    for (const field of fields) expect(Object.keys(mentionFields)).toContain(field)
  })

  it('filter by brand, sentiment and language, which are listed whole', () => {
    const filters = found(unfolded(objects[2]?.attributes), 'fieldName') as (keyof typeof mentionFields)[]
    expect(filters).toEqual(['brands', 'tone', 'language'])
    for (const field of filters) expect(mentionFields[field].type).toBe('keyword')
  })
})
