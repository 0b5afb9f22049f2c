import { randomUUID } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { type FileHandle, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import type { ObjectStore, StoredObject } from '#infra/contracts/object-store.ts'
import { decodePart, encodeKey } from './object-path.ts'
import { storageError } from './storage-error.ts'

/** Where puts are prepared. No key leads here: a leading dot is always encoded. */
const TEMPORARY = '.tmp'

/**
 * Objects as files below `root`, one folder per part of the key. `put` writes beside and renames, so a crash leaves the old
 * object or the new one; what it left half written is removed here, at the next start. One key cannot be the folder of another. Rejects with a config error when `root` cannot be used.
 */
export async function openFileObjectStore(root: string): Promise<ObjectStore> {
  const temporary = join(root, TEMPORARY)
  try {
    await mkdir(temporary, { recursive: true })
    for (const name of await readdir(temporary))
      if (!belongsToOther(name)) await rm(join(temporary, name), { force: true })
  } catch (error) {
    throw storageError(error, root)
  }
  return new FileObjectStore(root)
}

/** A file that another living process is writing. */
function belongsToOther(name: string): boolean {
  const pid = Number.parseInt(name, 10)
  if (Number.isNaN(pid) || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

class FileObjectStore implements ObjectStore {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async put(
    key: string,
    bytes: Uint8Array,
    options: { readonly ifAbsent?: boolean } = {},
  ): Promise<'stored' | 'exists'> {
    const path = join(this.#root, encodeKey(key))
    const temporary = join(this.#root, TEMPORARY, `${process.pid}-${randomUUID()}`)
    try {
      if (options.ifAbsent && (await exists(path))) return 'exists'
      await writeDurably(temporary, bytes)
      await this.#makeFolder(dirname(path))
      if (!options.ifAbsent) await rename(temporary, path)
      // Unlike a rename, a link never replaces: of two writers one is told.
      else if (!(await linked(temporary, path))) return 'exists'
      await syncFolder(dirname(path))
      return 'stored'
    } catch (error) {
      throw objectError(error, path)
    } finally {
      await rm(temporary, { force: true })
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true })
    if (first === undefined) return
    // A new folder is durable when the one above it is.
    for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
  }

  async get(key: string): Promise<Uint8Array | null> {
    const path = join(this.#root, encodeKey(key))
    try {
      return await readFile(path)
    } catch (error) {
      if (isMissing(error)) return null
      throw objectError(error, path)
    }
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    yield* this.#walk(this.#root, '', prefix)
  }

  /** One folder is in memory at a time for each level. `below` is the key of `folder`, with its last slash. */
  async *#walk(folder: string, below: string, prefix: string): AsyncIterable<StoredObject> {
    for (const { name, key, isFolder } of await this.#entries(folder, below)) {
      const path = join(folder, name)
      if (isFolder) {
        if (key.startsWith(prefix) || prefix.startsWith(key)) yield* this.#walk(path, key, prefix)
      } else if (key.startsWith(prefix)) {
        const size = await sizeOf(path)
        if (size !== null) yield { key, size }
      }
    }
  }

  async #entries(folder: string, below: string): Promise<{ name: string; key: string; isFolder: boolean }[]> {
    let found: Dirent[]
    try {
      found = await readdir(folder, { withFileTypes: true })
    } catch (error) {
      if (isMissing(error)) return []
      throw objectError(error, folder)
    }
    const entries = found.flatMap((entry) => {
      const part = decodePart(entry.name)
      if (part === null) return [] // not ours: the temporary folder, or what somebody has put here
      const isFolder = entry.isDirectory()
      // A folder stands where its keys stand: `a-b` < `a/b` < `a0`.
      const key = `${below}${part}${isFolder ? '/' : ''}`
      return [{ name: entry.name, key, isFolder, order: Buffer.from(key) }]
    })
    return entries.sort((a, b) => Buffer.compare(a.order, b.order))
  }

  async delete(key: string): Promise<void> {
    const path = join(this.#root, encodeKey(key))
    try {
      await rm(path)
      await syncFolder(dirname(path))
    } catch (error) {
      if (!isMissing(error)) throw objectError(error, path)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'wx')
  await file.writeFile(bytes)
  await file.sync()
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return // folders cannot be opened there; NTFS journals names by itself
  await using handle: FileHandle = await open(folder, 'r')
  await handle.sync()
}

/** False when something stands at `path` already. */
async function linked(from: string, path: string): Promise<boolean> {
  try {
    await link(from, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await exists(path))) return false
    throw error
  }
}

/** null when there is no object. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : null
  } catch (error) {
    if (isMissing(error)) return null
    throw objectError(error, path)
  }
}

const exists = async (path: string): Promise<boolean> => (await sizeOf(path)) !== null

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? ''

/** ENOTDIR: a part of the key is an object; EISDIR: the key is the beginning of others. No object stands there either way. */
const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'EISDIR', 'ERR_FS_EISDIR'].includes(codeOf(error))

function objectError(error: unknown, path: string): unknown {
  const make = (errorClass: ErrorClass, name: string, message: string) =>
    new PipelineError(errorClass, name, `${path}: ${message}`, { cause: error })
  switch (codeOf(error)) {
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return make(ErrorClass.Permanent, 'KEY_TAKEN', 'one key is the folder of another here; use a different key')
    case 'ENAMETOOLONG':
      return make(ErrorClass.Permanent, 'KEY_INVALID', 'the key is too long for this file system; use a shorter one')
    case 'ENOTSUP':
    case 'ENOSYS':
      return make(
        ErrorClass.Config,
        'NO_HARD_LINKS',
        'its file system has no hard links; choose another --data directory',
      )
    case 'EMFILE':
    case 'ENFILE':
      return make(ErrorClass.Transient, 'TOO_MANY_FILES', 'too many open files; raise the limit (`ulimit -n`)')
    default:
      return storageError(error, path)
  }
}
