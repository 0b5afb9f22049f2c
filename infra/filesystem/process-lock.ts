import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** Primary result codes: https://sqlite.org/rescode.html */
const Result = { Busy: 5, ReadOnly: 8, CannotOpen: 14 } as const

export interface LockOwner {
  readonly pid: number
  readonly host: string
  /** ISO 8601. */
  readonly since: string
}

/** A lock that is not collected with its handle: a process that holds one keeps it until it lets go or ends. */
const held = new Set<DatabaseSync>()

/**
 * Takes the lock `path`, or throws the config error `DATA_IN_USE` that names its owner. The lock is one of the operating system
 * on the file's bytes, taken through SQLite because Node has no other way to it: it ends with its process however that
 * ends, so a dead owner never has to be recognised and two takers can never both have it. Who holds it stands in
 * `path`.json, only to be read by people: opening `path` itself would release the lock (POSIX drops all locks of a process with any close).
 */
export async function takeProcessLock(path: string, now: number): Promise<Disposable> {
  const database = lockedDatabase(path)
  held.add(database)
  const release = (): void => {
    if (held.delete(database)) database.close()
  }
  try {
    const owner: LockOwner = { pid: process.pid, host: hostname(), since: new Date(now).toISOString() }
    await writeFile(ownerPath(path), `${JSON.stringify(owner)}\n`)
  } catch (error) {
    release()
    throw error
  }
  return { [Symbol.dispose]: release }
}

/** Who holds the lock `path` now; null when nobody does. Never call it in the process that may hold it. */
export function lockOwner(path: string): LockOwner | null {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 0 })
    database.exec('SELECT count(*) FROM sqlite_schema')
    return null
  } catch (error) {
    return resultCode(error) === Result.Busy ? readOwner(ownerPath(path)) : null
  } finally {
    database?.close()
  }
}

const resultCode = (error: unknown): number | null =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null

function lockedDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    // Somebody who only asks for the owner holds it for a moment.
    database = new DatabaseSync(path, { timeout: 100 })
    // Nothing is ever written to it, so a crash must leave no journal behind.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    const code = resultCode(error)
    if (code === Result.Busy) throw inUse(path)
    if (code === Result.ReadOnly || code === Result.CannotOpen) throw notWritable(path, error)
    throw error
  }
}

const notWritable = (path: string, cause: unknown): PipelineError =>
  new PipelineError(
    ErrorClass.Config,
    'DATA_NOT_WRITABLE',
    `${path} cannot be written: check the rights of its directory, or choose another --data directory`,
    { cause },
  )

const ownerPath = (path: string): string => `${path}.json`

function inUse(path: string): PipelineError {
  const owner = readOwner(ownerPath(path))
  const who = owner ? `process ${owner.pid} on ${owner.host} since ${owner.since}` : 'another process'
  const stop =
    owner && owner.host === hostname() ? `Ctrl-C in its terminal, or "kill ${owner.pid}"` : 'Ctrl-C in its terminal'
  return new PipelineError(
    ErrorClass.Config,
    'DATA_IN_USE',
    `the data directory is in use by ${who}. End it (${stop}), or choose another --data directory; "search", "report" and "status" work beside it`,
  )
}

/** null while the owner is just writing it. */
function readOwner(path: string): LockOwner | null {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(path, 'utf8')) as Partial<LockOwner>
    return typeof pid === 'number' && typeof host === 'string' && typeof since === 'string'
      ? { pid, host, since }
      : null
  } catch {
    return null
  }
}
