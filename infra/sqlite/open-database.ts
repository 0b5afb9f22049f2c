import { mkdirSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ErrorClass, PipelineError } from '#infra/contracts/errors.ts'

/** Which of our files this is. It stands in the file's header (`PRAGMA application_id`), so that a foreign file is never written to. */
export const DatabaseKind = { Log: 0x45734c47, Index: 0x45734958, State: 0x45735354 } as const
export type DatabaseKind = (typeof DatabaseKind)[keyof typeof DatabaseKind]

export interface OpenDatabaseOptions {
  readonly path: string
  readonly kind: DatabaseKind
  /** SQL scripts in order; `user_version` counts those that the file has seen. Never edit one that was released: add one. */
  readonly migrations: readonly string[]
  /** Beside the process that writes. The file must exist in the newest format. */
  readonly readOnly?: boolean
  /** For a new file; larger than SQLite's 4,096 where rows are large. */
  readonly pageBytes?: number
}

/** A checkpoint shortens the WAL file to this; `truncateWal` keeps a busy one below it. */
export const WAL_LIMIT_BYTES = 64 * 1024 * 1024
/** A search that was under way has mostly ended by then, and the next one begins behind what is written back. */
const READERS_MS = 100
const BUSY_TIMEOUT_MS = 5_000
/** Fewer and larger checkpoints than SQLite's 1,000 pages: each one costs two fsyncs. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024
/** An I/O error with less free space than this is a full disk. */
const FULL_BELOW_BYTES = 4 * 1024 * 1024

/**
 * Opens, creates or migrates one of our SQLite files: WAL, and `synchronous=FULL`, so that what is committed survives a power cut.
 * Call it in a worker: every call on the answer blocks its thread. A foreign, damaged or newer file is a config error that names it.
 */
export function openDatabase(options: OpenDatabaseOptions): DatabaseSync {
  const { path, readOnly = false } = options
  let database: DatabaseSync | undefined
  try {
    if (!readOnly) mkdirSync(dirname(path), { recursive: true })
    database = new DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT_MS })
    if (readOnly) check(database, options)
    else prepare(database, options)
    return database
  } catch (error) {
    database?.close()
    throw storageError(error, path)
  }
}

function prepare(database: DatabaseSync, options: OpenDatabaseOptions): void {
  const { path, kind, migrations, pageBytes = 4_096 } = options
  const empty = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0
  if (!empty) checkKind(database, options)
  else database.exec(`PRAGMA page_size = ${pageBytes}`)
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES};
    PRAGMA wal_autocheckpoint = ${Math.floor(CHECKPOINT_BYTES / pageBytes)};
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
  `)
  database.exec('BEGIN IMMEDIATE')
  const version = versionOf(database)
  if (version > migrations.length) throw newerFile(path)
  for (const script of migrations.slice(version)) database.exec(script)
  if (version < migrations.length) {
    database.exec(`PRAGMA application_id = ${kind}; PRAGMA user_version = ${migrations.length}`)
  }
  database.exec('COMMIT')
}

function check(database: DatabaseSync, options: OpenDatabaseOptions): void {
  const { path, migrations } = options
  checkKind(database, options)
  const version = versionOf(database)
  if (version > migrations.length) throw newerFile(path)
  if (version < migrations.length) {
    throw new PipelineError(
      ErrorClass.Config,
      'DATABASE_OLDER',
      `${path} was written by an older version of Earshot; \`earshot run\` brings it up to date`,
    )
  }
}

function checkKind(database: DatabaseSync, { path, kind }: OpenDatabaseOptions): void {
  if (database.prepare('PRAGMA application_id').get()?.application_id === kind) return
  throw new PipelineError(
    ErrorClass.Config,
    'DATABASE_FOREIGN',
    `${path} is a database, but not the one that Earshot keeps there; move it away or choose another --data directory`,
  )
}

const versionOf = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.user_version)

const newerFile = (path: string): PipelineError =>
  new PipelineError(
    ErrorClass.Config,
    'DATABASE_NEWER',
    `${path} was written by a newer version of Earshot; install that version or choose another --data directory`,
  )

/**
 * Call after a commit: writes a WAL above the limit back and empties it. Waits a moment for readers, not for one that stays, and
 * never throws: what was committed is durable, and a full disk is reported by the next commit.
 */
export function truncateWal(database: DatabaseSync, path: string): void {
  const wal = statSync(`${path}-wal`, { throwIfNoEntry: false })
  if (wal === undefined || wal.size <= WAL_LIMIT_BYTES) return
  try {
    database.exec(`PRAGMA busy_timeout = ${READERS_MS}; PRAGMA wal_checkpoint(TRUNCATE)`)
  } catch {
    // The WAL stays as it is until the next commit.
  } finally {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that say something about the machine and not about our code. */
const Result = { Busy: 5, ReadOnly: 8, IoError: 10, Corrupt: 11, Full: 13, CannotOpen: 14, NotADatabase: 26 } as const

/** Gives an error of SQLite or of the file system its class, code and remedy; anything else comes back as it is: a bug. */
export function storageError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof PipelineError) return error
  const { errcode, code } = error as Error & { errcode?: number; code?: string }
  if (errcode === undefined) return code === undefined ? error : systemError(error, code, path)
  const make = (errorClass: ErrorClass, name: string, message: string) =>
    new PipelineError(errorClass, name, `${message} (${error.message})`, { cause: error })
  switch (errcode & 0xff) {
    case Result.Full:
      return diskFull(error, path)
    case Result.IoError:
      if (freeBytes(path) < FULL_BELOW_BYTES) return diskFull(error, path)
      return make(ErrorClass.Transient, 'DISK_ERROR', `${path} cannot be read or written; check the disk`)
    case Result.Busy:
      return make(ErrorClass.Transient, 'DATABASE_BUSY', `${path} is locked by another process; wait for it or end it`)
    case Result.Corrupt:
    case Result.NotADatabase:
      return make(
        ErrorClass.Config,
        'DATABASE_DAMAGED',
        `${path} is damaged or not a database; restore it from a backup or move it away`,
      )
    case Result.CannotOpen:
      return make(
        ErrorClass.Config,
        'DATABASE_UNREADABLE',
        `${path} cannot be opened; check that it exists and its rights`,
      )
    case Result.ReadOnly:
      return make(
        ErrorClass.Config,
        'DATABASE_READ_ONLY',
        `${path} was opened for reading only, or may not be written; check the rights of file and folder`,
      )
    default:
      return error
  }
}

function systemError(error: Error, code: string, path: string): unknown {
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(error, path)
  const denied = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']
  if (!denied.includes(code)) return error
  return new PipelineError(
    ErrorClass.Config,
    'PATH_UNUSABLE',
    `${path} cannot be used (${error.message}); check its rights or choose another --data directory`,
    { cause: error },
  )
}

const diskFull = (cause: Error, path: string): PipelineError =>
  new PipelineError(
    ErrorClass.Transient,
    'DISK_FULL',
    `no space left for ${path}; free some on this disk; a running pipeline then goes on by itself`,
    { cause },
  )

function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(path))
    return bavail * bsize
  } catch {
    return Number.POSITIVE_INFINITY // cannot be known: then the error is not called a full disk
  }
}
