import { describe, expect, it } from 'vitest'
import { wireNames } from '#schemas/codec.ts'
import { versionProblems } from '#schemas/compatibility.ts'
import { olderSchemas, wireSchemas } from '#schemas/generated.ts'

type Field = { readonly name: string; readonly type: unknown; readonly default?: unknown }
const tone = { type: 'enum', name: 'Tone', symbols: ['unknown', 'good'], default: 'unknown' }
const place = { type: 'record', name: 'Place', fields: [{ name: 'city', type: 'string' }] }
const FIELDS: readonly Field[] = [
  { name: 'id', type: 'string' },
  { name: 'count', type: 'int' },
  { name: 'note', type: ['null', 'string'], default: null },
  { name: 'tone', type: tone },
  { name: 'place', type: ['null', place], default: null },
  { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
]
const schema = (fields: readonly Field[]) => JSON.stringify({ type: 'record', name: 'Post', namespace: 'test', fields })
const released = [schema(FIELDS)]
const changed = (name: string, ...to: readonly Field[]) =>
  schema(FIELDS.flatMap((field) => (field.name === name ? to : [field])))
const added = (field: Field) => schema([...FIELDS, field])

describe('a new version', () => {
  it.each([
    ['the same', schema(FIELDS)],
    ['a nullable field', added({ name: 'mood', type: ['null', 'string'], default: null })],
    ['a field with a default', added({ name: 'mood', type: 'string', default: 'none' })],
    ['without a nullable field', changed('note')],
    ['a symbol more', changed('tone', { name: 'tone', type: { ...tone, symbols: ['unknown', 'good', 'bad'] } })],
    ['its fields in another order', schema(FIELDS.toReversed())],
    ['other words', changed('id', { name: 'id', type: 'string', doc: 'of the post' } as Field)],
  ])('may be %s', (_, next) => {
    expect(versionProblems(next, released)).toEqual([])
  })

  const deep = { ...place, fields: [...place.fields, { name: 'street', type: 'string' }] }
  it.each([
    [
      'a field that must be there',
      added({ name: 'mood', type: 'string' }),
      'the new one cannot read version 1: mood: has no default, and is not always written',
    ],
    [
      'without one that must be there',
      changed('id'),
      'version 1 cannot read the new one: id: has no default, and is not always written',
    ],
    [
      'a wider number',
      changed('count', { name: 'count', type: 'long' }),
      'version 1 cannot read the new one: count: a long cannot be read as int',
    ],
    [
      'a field that may no longer be null',
      changed('note', { name: 'note', type: 'string', default: '' }),
      'the new one cannot read version 1: note: a null cannot be read as string',
    ],
    [
      'a field of another kind deep inside',
      changed('place', { name: 'place', type: ['null', deep], default: null }),
      'the new one cannot read version 1: place.street: has no default, and is not always written',
    ],
    [
      'lists of something else',
      changed('tags', { name: 'tags', type: { type: 'array', items: 'int' }, default: [] }),
      'the new one cannot read version 1: tags[]: a string cannot be read as int',
    ],
    [
      'a record of another name',
      changed('place', { name: 'place', type: ['null', { ...place, name: 'Spot' }], default: null }),
      'the new one cannot read version 1: place: test.Place is none of null, test.Spot',
    ],
    [
      'an enum that cannot grow',
      added({ name: 'mood', type: { type: 'enum', name: 'Mood', symbols: ['glad'] }, default: 'glad' }),
      'mood: enum test.Mood must have the symbol unknown as its default',
    ],
    ['not Avro', '{"type":"record","name":"Post","fields":[{"name":"a b","type":"int"}]}', 'not an Avro schema: '],
  ])('may not be %s', (_, next, problem) => {
    expect(versionProblems(next, released)).toContainEqual(expect.stringContaining(problem))
  })

  it('must suit every version, not only the last', () => {
    const second = changed('note')
    const third = changed('note', { name: 'note', type: 'int', default: 0 })
    expect(versionProblems(second, released)).toEqual([])
    expect(versionProblems(third, [second])).toEqual([])
    expect(versionProblems(third, [...released, second])).toEqual([
      'the new one cannot read version 1: note: a null cannot be read as int',
      'the new one cannot read version 1: note: a string cannot be read as int',
      'version 1 cannot read the new one: note: int is none of null, string',
    ])
  })

  it.each(['MentionEvent', 'EnrichedEvent'] as const)(
    'of %s keeps the id in front, where it is read without the others',
    (name) => {
      const first = [...olderSchemas[name], wireSchemas[name]].map((text) => JSON.parse(text).fields[0])
      expect(first).toEqual(first.map(() => expect.objectContaining({ name: 'id', type: 'string' })))
    },
  )

  it.each(wireNames)('of %s can follow its own', (name) => {
    expect(versionProblems(wireSchemas[name], [wireSchemas[name]])).toEqual([])
  })
})
