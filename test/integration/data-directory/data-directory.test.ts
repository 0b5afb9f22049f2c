import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { PipelineError } from '#infra/contracts/errors.ts'
import { type Migration, openDataDirectory } from '#infra/filesystem/data-directory.ts'
import { storageError } from '#infra/filesystem/storage-error.ts'
import { systemClock as clock } from '#infra/runtime/system-clock.ts'

let parent: string
let path: string

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'earshot-data-'))
  path = join(parent, 'new', 'data')
  return () => rm(parent, { recursive: true, force: true })
})

async function refusal(opening: Promise<unknown>): Promise<PipelineError> {
  try {
    await opening
  } catch (error) {
    if (error instanceof PipelineError) return error
    throw error
  }
  throw new Error('it was opened')
}

const format = async (): Promise<unknown> => JSON.parse(await readFile(join(path, 'format.json'), 'utf8'))

describe('the data directory', () => {
  it('is made with its format, and opens again', async () => {
    for (let round = 0; round < 2; round++) {
      using directory = await openDataDirectory(path, { write: true, clock })
      expect(directory).toMatchObject({ path, log: join(path, 'log.db'), objects: join(path, 'objects') })
      expect(await format()).toEqual({ format: 1 })
      expect(await readdir(path)).toContain('objects')
      expect(await directory.freeBytes()).toBeGreaterThan(0)
    }
  })

  it('has one owner, and says who that is and how to end it', async () => {
    using _owner = await openDataDirectory(path, { write: true, clock })
    const error = await refusal(openDataDirectory(path, { write: true, clock }))
    expect(error).toMatchObject({ class: 'config', code: 'DATA_IN_USE' })
    expect(error.message).toContain(`process ${process.pid} on `)
    expect(error.message).toContain(`"kill ${process.pid}"`)
  })

  it('is free again when its owner lets go', async () => {
    const first = await openDataDirectory(path, { write: true, clock })
    first[Symbol.dispose]()
    first[Symbol.dispose]()
    using _second = await openDataDirectory(path, { write: true, clock })
  })

  it('can be looked at beside its owner, who stays the owner', async () => {
    using _owner = await openDataDirectory(path, { write: true, clock })
    const before = await readdir(path)
    const reader = await openDataDirectory(path, { write: false, clock })
    reader[Symbol.dispose]()
    expect(await readdir(path)).toEqual(before)
    expect(await refusal(openDataDirectory(path, { write: true, clock }))).toMatchObject({ code: 'DATA_IN_USE' })
  })

  it('never has two owners, however often an owner is killed while others wait', async () => {
    const racer = fileURLToPath(new URL('racer.ts', import.meta.url))
    const racers = Array.from({ length: 5 }, () => {
      const child = spawn(process.execPath, [racer, path, parent], { stdio: ['ignore', 'ignore', 'pipe'] })
      let errors = ''
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        errors += chunk
      })
      return once(child, 'close').then(([, signal]) => ({ errors, signal: signal as string | null, pid: child.pid }))
    })
    const ends = await Promise.all(racers)
    expect(ends.map(({ errors, signal }) => ({ errors, signal }))).toEqual(
      ends.map(() => ({ errors: '', signal: 'SIGKILL' })),
    )
    const owners = (await readFile(join(parent, 'owners'), 'utf8')).trim().split('\n').map(Number)
    expect(owners.toSorted()).toEqual(ends.map(({ pid }) => pid).toSorted())
    using _next = await openDataDirectory(path, { write: true, clock })
  })
})

describe('formats', () => {
  const ran: string[] = []
  const step =
    (name: string): Migration =>
    async (root) => {
      ran.push(name)
      await writeFile(join(root, name), '')
    }

  beforeEach(async () => {
    ran.length = 0
    const fixture = new URL('../../fixtures/data-directory/format-1/', import.meta.url)
    await cp(fileURLToPath(fixture), path, { recursive: true })
  })

  it('opens a directory of format 1 as it was written', async () => {
    using _directory = await openDataDirectory(path, { write: true, clock })
    expect(await format()).toEqual({ format: 1 })
  })

  it('runs the steps that a directory has not seen, in order and once', async () => {
    const migrations = [step('one'), step('two'), step('three')]
    for (let round = 0; round < 2; round++) {
      using _directory = await openDataDirectory(path, { write: true, clock, migrations })
    }
    expect(ran).toEqual(['two', 'three'])
    expect(await format()).toEqual({ format: 3 })
  })

  it('goes on after the last finished step when one fails, and lets go of the directory', async () => {
    const fails: Migration = async () => {
      throw new Error('power cut')
    }
    await expect(
      openDataDirectory(path, { write: true, clock, migrations: [step('one'), step('two'), fails] }),
    ).rejects.toThrow('power cut')
    expect(await format()).toEqual({ format: 2 })
    using _directory = await openDataDirectory(path, {
      write: true,
      clock,
      migrations: [step('one'), step('two'), step('three')],
    })
    expect(ran).toEqual(['two', 'three'])
  })

  it('is not migrated by a reader', async () => {
    const migrations = [step('one'), step('two')]
    const error = await refusal(openDataDirectory(path, { write: false, clock, migrations }))
    expect(error).toMatchObject({ class: 'config', code: 'DATA_OLDER' })
    expect(ran).toEqual([])
  })

  it.each([true, false])('refuses a newer one (write: %s)', async (write) => {
    await writeFile(join(path, 'format.json'), '{"format":7}')
    const error = await refusal(openDataDirectory(path, { write, clock }))
    expect(error).toMatchObject({ class: 'config', code: 'DATA_NEWER' })
    expect(error.message).toContain('format 7')
  })

  it.each(['', '{"format":-1}', '{"format":"1"}', '[]'])('refuses the damaged format %j', async (text) => {
    await writeFile(join(path, 'format.json'), text)
    expect(await refusal(openDataDirectory(path, { write: true, clock }))).toMatchObject({ code: 'DATA_DAMAGED' })
  })
})

describe('a path that cannot be a data directory', () => {
  it('is refused when it holds other files, and nothing is written there', async () => {
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'thesis.doc'), '')
    expect(await refusal(openDataDirectory(path, { write: true, clock }))).toMatchObject({ code: 'DATA_FOREIGN' })
    expect(await refusal(openDataDirectory(path, { write: false, clock }))).toMatchObject({ code: 'DATA_FOREIGN' })
    expect(await readdir(path)).toEqual(['thesis.doc'])
  })

  it('is used when a crash left it half made', async () => {
    await mkdir(join(path, 'objects'), { recursive: true })
    await writeFile(join(path, 'format.json.next'), '{"for')
    using _directory = await openDataDirectory(path, { write: true, clock })
    expect(await format()).toEqual({ format: 1 })
  })

  it('is refused when a reader finds nothing', async () => {
    expect(await refusal(openDataDirectory(path, { write: false, clock }))).toMatchObject({ code: 'DATA_MISSING' })
    expect(await readdir(parent)).toEqual([])
    await mkdir(path, { recursive: true })
    expect(await refusal(openDataDirectory(path, { write: false, clock }))).toMatchObject({ code: 'DATA_MISSING' })
  })

  it('is refused when it is a file or below one', async () => {
    const file = join(parent, 'file')
    await writeFile(file, '')
    for (const place of [file, join(file, 'below')]) {
      expect(await refusal(openDataDirectory(place, { write: true, clock }))).toMatchObject({
        code: 'DATA_NOT_A_DIRECTORY',
      })
    }
  })

  it.skipIf(process.platform === 'win32')('is refused when it may not be written', async () => {
    await mkdir(path, { recursive: true, mode: 0o755 })
    const restore = withoutRights(path)
    try {
      expect(await refusal(openDataDirectory(path, { write: true, clock }))).toMatchObject({
        code: 'DATA_NOT_WRITABLE',
      })
      const below = join(path, 'below')
      expect(await refusal(openDataDirectory(below, { write: true, clock }))).toMatchObject({
        code: 'DATA_NOT_WRITABLE',
      })
    } finally {
      restore()
    }
  })

  it.skipIf(process.platform !== 'linux')('is told from a full disk, which may get room again', async () => {
    const full: unknown = await writeFile('/dev/full', 'x').catch((error: unknown) => error)
    expect(storageError(full, '/data')).toMatchObject({ class: 'transient', code: 'DISK_FULL' })
  })
})

/** Rights mean nothing to root, who therefore becomes nobody for a while. */
function withoutRights(folder: string): () => void {
  const { seteuid, getuid } = process
  if (getuid?.() === 0 && seteuid) {
    chmodSync(parent, 0o755)
    seteuid(65_534)
    return () => seteuid(0)
  }
  chmodSync(folder, 0o555)
  return () => chmodSync(folder, 0o755)
}
