import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { schemaId } from '#schemas/wire-codec.ts'
import { readReleased, wireOf, writeReleased } from '../../../scripts/released-schemas.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const schema = (...fields: readonly object[]) => JSON.stringify({ type: 'record', name: 'Post', fields })
const id = { name: 'id', type: 'string' }
const note = { name: 'note', type: ['null', 'string'], default: null }
const [first, second] = [schema(id), schema(id, note)] as const

async function releases() {
  const path = await temporaryFolder('released')
  const folder = pathToFileURL(`${path}/`)
  writeReleased(folder, { name: 'Post', version: 1, schema: first })
  writeReleased(folder, { name: 'Post', version: 2, schema: second })
  return {
    path,
    folder,
    fileOf: (version: number) => join(path, `Post.${version}.${schemaId(version === 1 ? first : second)}.avsc`),
  }
}

describe('released schemas', () => {
  it('are read as they were written, under the id that records carry', async () => {
    const { path, folder } = await releases()
    expect(readReleased(folder)).toEqual(new Map([['Post', [first, second]]]))
    expect(await readdir(path)).toHaveLength(2)
  })

  it('cannot be changed, nor go missing', async () => {
    const { folder, fileOf } = await releases()
    const text = await readFile(fileOf(1), 'utf8')
    await writeFile(fileOf(1), text.replace('"string"', '"bytes"'))
    expect(() => readReleased(folder)).toThrow(/Post\.1\.\d+\.avsc was changed after its release: restore it/)
    await writeFile(fileOf(1), text)
    writeReleased(folder, { name: 'Post', version: 4, schema: schema(id, { ...note, name: 'more' }) })
    expect(() => readReleased(folder)).toThrow('but no version 3')
  })

  it('stand for the schema as long as only its words change', () => {
    const worded = schema({ ...id, doc: 'Of the post' }, note)
    expect(wireOf(worded, [first, second])).toEqual({ current: second, older: [first], changed: false, problems: [] })
  })

  it('stay readable beside a changed one, or it is refused', () => {
    const third = schema(id, note, { ...note, name: 'more' })
    expect(wireOf(third, [first, second])).toEqual({
      current: third,
      older: [first, second],
      changed: true,
      problems: [],
    })
    const { problems } = wireOf(schema(id, { name: 'note', type: 'string' }), [first, second])
    expect(problems).toEqual([
      'the new one cannot read version 1: note: has no default, and is not always written',
      'the new one cannot read version 2: note: a null cannot be read as string',
    ])
  })
})
