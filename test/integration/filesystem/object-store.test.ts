import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFileObjectStore } from '#infra/filesystem/file-object-store.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const bytes = new Uint8Array([1, 2, 3])

describe('objects as files', () => {
  it('removes what a crash left half written, but not what another process is writing', async () => {
    const root = await temporaryFolder('objects')
    await openFileObjectStore(root)
    const unused = 4_000_000 // beyond what Linux gives out as a process id
    for (const name of [`${unused}-half`, `${process.pid}-half`, `${process.ppid}-busy`])
      await writeFile(join(root, '.tmp', name), bytes)
    const store = await openFileObjectStore(root)
    expect(await readdir(join(root, '.tmp'))).toEqual([`${process.ppid}-busy`])
    expect(await Array.fromAsync(store.list(''))).toEqual([])
  })

  it('leaves nothing temporary behind, whatever the answer was', async () => {
    const root = await temporaryFolder('objects')
    const store = await openFileObjectStore(root)
    await store.put('a/b', bytes)
    await store.put('a/b', bytes, { ifAbsent: true })
    await Promise.all(Array.from({ length: 10 }, () => store.put('c', bytes, { ifAbsent: true })))
    await expect(store.put('a/b/c', bytes)).rejects.toMatchObject({ code: 'KEY_TAKEN' })
    expect(await readdir(join(root, '.tmp'))).toEqual([])
  })

  it('says so when one key would be the folder of another', async () => {
    const store = await openFileObjectStore(await temporaryFolder('objects'))
    await store.put('a/b', bytes)
    const refusal = { class: 'permanent', code: 'KEY_TAKEN' }
    for (const ifAbsent of [true, false]) {
      await expect(store.put('a', bytes, { ifAbsent })).rejects.toMatchObject(refusal)
      await expect(store.put('a/b/c', bytes, { ifAbsent })).rejects.toMatchObject(refusal)
    }
    await store.delete('a')
    expect(await store.get('a/b')).not.toBeNull()
  })

  it('refuses a name that a file cannot have', async () => {
    const store = await openFileObjectStore(await temporaryFolder('objects'))
    await expect(store.put('A'.repeat(100), bytes)).rejects.toMatchObject({ class: 'permanent', code: 'KEY_INVALID' })
  })

  it('does not take files of somebody else for objects', async () => {
    const root = await temporaryFolder('objects')
    const store = await openFileObjectStore(root)
    await store.put('a', bytes)
    await writeFile(join(root, '.DS_Store'), 'x')
    await writeFile(join(root, 'Thumbs.db'), 'x')
    await mkdir(join(root, 'Folder'))
    expect(await Array.fromAsync(store.list(''))).toEqual([{ key: 'a', size: 3 }])
  })

  it('keeps the names that people look for readable', async () => {
    const root = await temporaryFolder('objects')
    const store = await openFileObjectStore(root)
    await store.put('earshot/mentions.raw.v1/e1/dt=2024-05-01/0000+00000000000000000012.avro', bytes)
    expect(await readdir(join(root, 'earshot', 'mentions.raw.v1', 'e1', 'dt=2024-05-01'))).toEqual([
      '0000+00000000000000000012.avro',
    ])
  })

  it('is a config error when the folder cannot be used', async () => {
    const file = join(await temporaryFolder('objects'), 'file')
    await writeFile(file, 'x')
    await expect(openFileObjectStore(join(file, 'objects'))).rejects.toMatchObject({ class: 'config' })
  })
})
