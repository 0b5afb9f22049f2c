import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Clock } from '#infra/contracts/clock.ts'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'
import { takeProcessLock } from './process-lock.ts'
import { replaceFile } from './replace-file.ts'
import { storageError } from './storage-error.ts'

/** Brings a directory from one format to the next. A crash in the middle runs it again: it must not mind. */
export type Migration = (path: string) => Promise<void>

/** `migrations[n]` leads from format n to n + 1. Format 0 is an empty directory. Never edit one that was released: add one. */
const migrations: readonly Migration[] = [
  async (path) => {
    await mkdir(join(path, 'objects'), { recursive: true })
  },
]

/** What a crash before the first `format.json` can leave. */
const BEGUN = new Set(['lock', 'lock.json', 'objects', 'format.json.next'])

/** Where everything embedded lives. */
export interface DataDirectory extends Disposable {
  /** Absolute. */
  readonly path: string
  readonly log: string
  readonly index: string
  readonly state: string
  readonly objects: string
  /** Bytes that this process may still write to the disk. */
  freeBytes(): Promise<number>
}

export interface OpenOptions {
  /** Creates, migrates and locks: one such process at a time. Without it the directory is only looked at, also beside its owner. */
  readonly write: boolean
  readonly clock: Clock
  readonly migrations?: readonly Migration[]
}

/**
 * Opens a data directory. Config errors with the remedy: `DATA_IN_USE`, `DATA_MISSING` (read-only), `DATA_NEWER`, `DATA_OLDER`
 * (read-only), `DATA_FOREIGN`, `DATA_DAMAGED`, and those of a path that cannot be a directory; `DISK_FULL` is transient.
 */
export async function openDataDirectory(path: string, options: OpenOptions): Promise<DataDirectory> {
  const root = resolve(path)
  const steps = options.migrations ?? migrations
  try {
    const lock = options.write ? await create(root, options.clock) : null
    try {
      const format = await readFormat(root)
      if (format > steps.length) throw newer(root, format, steps.length)
      if (options.write) await migrate(root, format, steps)
      else if (format < steps.length) throw format === 0 ? missing(root) : older(root)
    } catch (error) {
      lock?.[Symbol.dispose]()
      throw error
    }
    return {
      path: root,
      log: join(root, 'log.db'),
      index: join(root, 'index.db'),
      state: join(root, 'state.db'),
      objects: join(root, 'objects'),
      freeBytes: () => freeBytes(root),
      [Symbol.dispose]: () => lock?.[Symbol.dispose](),
    }
  } catch (error) {
    throw storageError(error, root)
  }
}

/** Bytes that an ordinary user may still write to the disk that holds `path`. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path)
  return bavail * bsize
}

async function create(root: string, clock: Clock): Promise<Disposable> {
  await mkdir(root, { recursive: true })
  // Before anything is written: somebody's home directory may have been named by mistake.
  if (await isForeign(root)) throw foreign(root)
  return takeProcessLock(join(root, 'lock'), clock.now())
}

async function migrate(root: string, from: number, steps: readonly Migration[]): Promise<void> {
  for (let format = from; format < steps.length; format++) {
    await steps[format]!(root)
    await replaceFile(join(root, 'format.json'), `${JSON.stringify({ format: format + 1 })}\n`)
  }
}

/** 0 for a directory that has just been made. */
async function readFormat(root: string): Promise<number> {
  let text: string
  try {
    text = await readFile(join(root, 'format.json'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    if (!existsSync(root)) throw missing(root)
    if (await isForeign(root)) throw foreign(root)
    return 0
  }
  const format = parseFormat(text)
  if (format === null) throw damaged(root)
  return format
}

/** Holds files and no format. Looked at in this order, so that a directory being made by another process is not taken for one. */
async function isForeign(root: string): Promise<boolean> {
  const names = await readdir(root)
  return !names.every((name) => BEGUN.has(name)) && !existsSync(join(root, 'format.json'))
}

function parseFormat(text: string): number | null {
  try {
    const { format } = JSON.parse(text) as { format?: unknown }
    return Number.isSafeInteger(format) && (format as number) >= 0 ? (format as number) : null
  } catch {
    return null
  }
}

const configError = (code: string, message: string): PipelineError =>
  new PipelineError(ErrorClass.Config, code, message)

const missing = (root: string): PipelineError =>
  configError(
    'DATA_MISSING',
    `there is no data at ${root} yet: "earshot demo" or "earshot run" makes some; --data DIR names another place`,
  )

const foreign = (root: string): PipelineError =>
  configError(
    'DATA_FOREIGN',
    `${root} holds other files and no format.json: choose an empty or new directory with --data`,
  )

const damaged = (root: string): PipelineError =>
  configError(
    'DATA_DAMAGED',
    `${join(root, 'format.json')} is damaged: restore it from a backup, or choose another --data directory`,
  )

const newer = (root: string, format: number, known: number): PipelineError =>
  configError(
    'DATA_NEWER',
    `${root} was written by a newer version of Earshot (format ${format}, this version knows ${known}): install that version, or choose another --data directory`,
  )

const older = (root: string): PipelineError =>
  configError('DATA_OLDER', `${root} was written by an older version of Earshot: "earshot run" brings it up to date`)
